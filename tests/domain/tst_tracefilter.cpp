// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/tracefilter.h>

#include <support/tracetext.h>

#include <QElapsedTimer>
#include <QTest>

using namespace bw;
using namespace tracetext;

namespace {

const char *const kDrawing =
    "web GET 0..100 server error http.status_code=500 resource.k8s.pod=web-7\n" // 0
    "  db SELECT 10..80 client db.system=postgresql db.rows=12\n" // 1
    "    disk read 20..60 internal\n" // 2
    "  cache get 81..82 client error event.exception.type=Timeout event.note=Later\n" // 3
    "  web log 90..91 producer http.status_code=200 resource.k8s.pod=web-7\n" // 4
    "mail send 200..3000 consumer\n"; // 5

std::vector<int> matched(const FilterMatches &matches)
{
    std::vector<int> out;
    for (size_t row = 0; row < matches.rows.size(); ++row) {
        if (matches.rows[row] == RowMatch::Match)
            out.push_back(int(row));
    }
    return out;
}

FilterMatches apply(const Trace &trace, const QString &text)
{
    const Result<TraceFilter> filter = TraceFilter::parse(text);
    return filter ? matchesOf(trace, *filter).value_or(FilterMatches{{}, -1}) : FilterMatches{{}, -2};
}

} // namespace

class TestTraceFilter : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void terms_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QList<int>>("expected");
        const auto add = [](const char *text, const QList<int> &rows) {
            QTest::newRow(*text ? text : "empty") << QString::fromUtf8(text) << rows;
        };
        add("", {0, 1, 2, 3, 4, 5});
        add("   ", {0, 1, 2, 3, 4, 5});
        add("web", {0, 4});
        add("WEB get", {0});
        add("get", {0, 3});
        add("-web", {1, 2, 3, 5});
        add("service:we", {0, 4});
        add("service:get", {});
        add("service=web", {0, 4});
        add("service=we", {}); // not part of a name
        add("-service=web", {1, 2, 3, 5});
        add("Operation:GET", {0, 3});
        add("-operation:get", {1, 2, 4, 5});
        add("error", {0, 3});
        add("ERROR", {0, 3});
        add("-error", {1, 2, 4, 5});
        add("\"error\"", {}); // the word
        add("kind:client", {1, 3});
        add("kind:Internal", {2});
        add("-kind:client error", {0});
        add(">70ms", {0, 5});
        add(">=70ms", {0, 1, 5});
        add("<1ms", {});
        add("<=1ms", {3, 4});
        add(">0.0395s <=0.1s", {0, 1, 2});
        add(">2s", {5});
        add(">2800000us", {});
        add(">=2800000µs", {5});
        add(">0.04m", {5});
        add("-<2s", {5});
        add("self>29ms", {1, 2, 5});
        add("self>=28ms", {0, 1, 2, 5});
        add("self<30ms", {0, 3, 4});
        add("http.status_code=500", {0});
        add("http.status_code~0", {0, 4});
        add("http.status_code!=500", {1, 2, 3, 4, 5});
        add("-http.status_code!=500", {0});
        add("k8s.pod=web-7", {0, 4});
        add("k8s.pod=WEB-7", {}); // exact
        add("k8s.pod~WEB", {0, 4});
        add("K8S.pod=web-7", {}); // keys too
        add("exception.type=Timeout", {3});
        add("note~lat", {3});
        add("-note~lat", {0, 1, 2, 4, 5});
        add("db.system=postgresql db.rows=12", {1});
        add("db.system=postgresql db.rows=13", {});
        add("web error k8s.pod~web >50ms -cache", {0});
        add("operation:\"log\"", {4});
        add("http://x", {});
        add("\"a b\"", {});
    }
    void terms()
    {
        QFETCH(QString, text);
        QFETCH(QList<int>, expected);
        const FilterMatches matches = apply(tracetext::trace(kDrawing), text);
        QCOMPARE(matches.count, int(expected.size()));
        QCOMPARE(matched(matches), std::vector<int>(expected.begin(), expected.end()));
    }

    void quotes()
    {
        const Trace trace = tracetext::trace("web GET /a b 0..10 q=x");
        for (const char *text :
            {"\"/a b\"", "operation:\"/a b\"", "operation:/a\" \"b", "\"GET /a\" web", "q=\"x\""})
            QCOMPARE(apply(trace, QString::fromUtf8(text)).count, 1);
        QCOMPARE(apply(trace, u"\"b /a\""_s).count, 0);
        // What is quoted is no operator.
        const Result<TraceFilter> filter =
            TraceFilter::parse(u"\"a=b\" k=\"=~\\\"\\\\\" \"-x\" -\"y\" \">1s\"");
        QVERIFY(filter);
        using Field = TraceFilter::Field;
        using Compare = TraceFilter::Compare;
        const std::vector<TraceFilter::Term> expected{{Field::Word, Compare::Contains, false, {}, u"a=b"_s},
            {Field::Attribute, Compare::Equal, false, u"k"_s, u"=~\"\\"_s},
            {Field::Word, Compare::Contains, false, {}, u"-x"_s},
            {Field::Word, Compare::Contains, true, {}, u"y"_s},
            {Field::Word, Compare::Contains, false, {}, u">1s"_s}};
        QVERIFY(filter->terms() == expected);
    }

    void errors_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("token"); ///< which the message names
        const auto add = [](const char *text, const char *token) {
            QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(token);
        };
        add("web kind:king error", "kind:king");
        add("kind:", "kind:");
        add("service:", "service:");
        add("operation=", "operation=");
        add("ok -operation:", "-operation:");
        add(">", ">");
        add(">100", ">100");
        add("<ms", "<ms");
        add(">1.2.3s", ">1.2.3s");
        add(">-1s", ">-1s");
        add(">9999999999h", ">9999999999h");
        add(">1 s", ">1");
        add("self>x", "self>x");
        add("self<", "self<");
        add("=x", "=x");
        add("~x", "~x");
        add("!=x", "!=x");
        add("a~", "a~");
        add("code>=500", "code>=500");
        add("-", "-");
        add("a \"b c", "\"b c");
        add("\"\"", "\"\"");
        add("-\"\"", "-\"\"");
    }
    void errors()
    {
        QFETCH(QString, text);
        QFETCH(QString, token);
        const Result<TraceFilter> filter = TraceFilter::parse(text);
        QVERIFY(!filter);
        QCOMPARE(filter.error().kind, Error::Kind::Invalid);
        QVERIFY2(filter.error().message.contains(u"“%1”"_s.arg(token)), qPrintable(filter.error().message));
    }

    void ancestors()
    {
        const Trace trace = tracetext::trace(kDrawing);
        using enum RowMatch;
        QCOMPARE(apply(trace, u"read"_s).rows,
            (std::vector<RowMatch>{Ancestor, Ancestor, Match, None, None, None}));
        QCOMPARE(
            apply(trace, u"error"_s).rows, (std::vector<RowMatch>{Match, None, None, Match, None, None}));
        QCOMPARE(apply(trace, u"client -db"_s).rows, std::vector<RowMatch>(6, None));
    }

    /// Details are read only where everything cheaper holds and the bytes may mention it.
    void readsLittle()
    {
        Drawing drawing = tracetext::read(QString::fromUtf8(kDrawing));
        const std::shared_ptr<Details> details = drawing.details;
        const Trace trace = finished(drawing);
        QCOMPARE(apply(trace, u"web error"_s).count, 2 - 1);
        QCOMPARE(details->looks, 0);
        QCOMPARE(apply(trace, u"http.status_code=500"_s).count, 1);
        QCOMPARE(details->reads, 1);
        details->looks = details->reads = 0;
        QCOMPARE(apply(trace, u"http.status_code~00 k8s.pod~web kind:producer"_s).count, 1);
        QCOMPARE(details->reads, 1);
        QCOMPARE(details->looks, 2);
        QCOMPARE(apply(Trace(), u"a=b"_s), FilterMatches());
    }

    /// As a decoder composes "remoteEndpoint.serviceName" of what the bytes hold apart.
    void composedKeys()
    {
        class Composed final : public SpanDetails
        {
        public:
            SpanDetail detail(int) const override
            {
                SpanDetail out;
                out.attributes = {{Untrusted(u"remoteEndpoint.serviceName"_s), Untrusted(u"db"_s)}};
                return out;
            }
            bool mayMention(int, QByteArrayView needle) const override
            {
                return QByteArray("remoteendpoint:{servicename:db}").contains(needle.toByteArray().toLower());
            }
            qint64 bytes() const override { return 0; }
        };
        TraceBuilder builder;
        builder.add({});
        const Trace trace = builder.finish({}, std::make_shared<Composed>());
        QCOMPARE(apply(trace, u"remoteEndpoint.serviceName=db"_s).count, 1);
        QCOMPARE(apply(trace, u"remoteEndpoint.serviceName=cache"_s).count, 0);
    }

    void stops()
    {
        const Trace trace = wideTrace(10'000);
        std::stop_source source;
        source.request_stop();
        const Result<FilterMatches> stopped = matchesOf(trace, *TraceFilter::parse(u"x"), source.get_token());
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().kind, Error::Kind::Cancelled);
    }

    void steps()
    {
        const Trace trace = tracetext::trace(kDrawing);
        const std::vector<RowMatch> rows = apply(trace, u"kind:client"_s).rows; // 1 and 3
        const int nexts[] = {1, 3, 3, 1, 1, 1}, previous[] = {3, 3, 1, 1, 3, 3};
        for (int row = 0; row < trace.size(); ++row) {
            QCOMPARE(nextMatch(rows, row), nexts[row]);
            QCOMPARE(previousMatch(rows, row), previous[row]);
        }
        QCOMPARE(nextMatch(rows, -1), 1);
        QCOMPARE(previousMatch(rows, -1), 3);
        QCOMPARE(nextMatch(rows, 99), 1);
        QCOMPARE(nextMatch({}, 0), -1);
        QCOMPARE(previousMatch({RowMatch::None, RowMatch::Ancestor}, 0), -1);
        QCOMPARE(nextMatch({RowMatch::Match}, 0), 0); // the only one
        QCOMPARE(nextError(trace, -1), 0);
        QCOMPARE(nextError(trace, 0), 3);
        QCOMPARE(nextError(trace, 3), 0);
        QCOMPARE(previousError(trace, 0), 3);
        QCOMPARE(previousError(Trace(), 0), -1);
        QCOMPARE(nextError(deepTrace(3), 0), -1);
    }

    void large()
    {
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(apply(wideTrace(200'000), u"select self<1ms -error"_s).count, 199'999);
        QCOMPARE(apply(deepTrace(100'000), u"step"_s).count, 100'000);
        QCOMPARE(apply(deepTrace(100'000), u"<=2ns"_s).count, 1);
        QVERIFY(timer.elapsed() < 5000); // some 100 ms when idle
    }
};

QTEST_APPLESS_MAIN(TestTraceFilter)
#include "tst_tracefilter.moc"
