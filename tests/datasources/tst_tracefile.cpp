// SPDX-License-Identifier: GPL-3.0-or-later
#include "recorded.h"

#include <datasources/tracefile.h>

#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {
/// Quotes are written as apostrophes, because moc does not read raw strings.
QByteArray json(QByteArray text) { return text.replace('\'', '"'); }
} // namespace

/// A file is recognised by what is in it.
class TestTraceFile : public QObject
{
    Q_OBJECT
private slots:
    void recognises_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("format");
        QTest::addColumn<int>("traces");
        const auto data = [](const char *name) { return recorded::body(QLatin1String(name)); };
        QTest::newRow("jaeger") << data("jaeger/trace.json") << u"Jaeger"_s << 1;
        QTest::newRow("jaeger search") << data("jaeger/search.json") << u"Jaeger"_s << 1;
        QTest::newRow("otlp") << data("jaeger/v3_trace.json") << u"OTLP"_s << 1;
        QTest::newRow("tempo") << data("tempo/trace_v1.json") << u"OTLP"_s << 1;
        QTest::newRow("zipkin") << data("zipkin/trace.json") << u"Zipkin"_s << 1;
        QTest::newRow("zipkin lists") << data("zipkin/traces.json") << u"Zipkin"_s << 2;
        QTest::newRow("byte order mark") << "\xEF\xBB\xBF" + data("zipkin/trace.json") << u"Zipkin"_s << 1;
        const QByteArray line = data("jaeger/v3_trace.json").trimmed();
        const QByteArray other = QByteArray(line).replace("5af7183f", "00000001");
        QTest::newRow("lines") << line + '\n' + other + '\n' << u"OTLP"_s << 2;
        QTest::newRow("halves of one trace on two lines")
            << json("{'resourceSpans':[{'scopeSpans':[{'spans':[{'traceId':'1','spanId':'1'}]}]}]}\r\n"
                    "{'resourceSpans':[{'scopeSpans':[{'spans':[{'traceId':'1','spanId':'2'}]}]}]}")
            << u"OTLP"_s << 1;
        QTest::newRow("data is one trace")
            << json("{'data':{'traceID':'1','spans':[{'spanID':'1','startTime':5}]}}") << u"Jaeger"_s << 1;
        QTest::newRow("data not first")
            << (json("{'total':0,'errors':null,'data':[{'traceID':'1','spans':[{'spanID':'1'}]}]}"))
            << u"Jaeger"_s << 1;
    }
    void recognises()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, format);
        QFETCH(int, traces);
        const Result<TraceFile> file = readTraceFile(bytes);
        QVERIFY2(file, qPrintable(file ? QString() : file.error().message));
        QCOMPARE(file->format, format);
        QCOMPARE(int(file->traces.size()), traces);
        QVERIFY(!file->traces.front().isEmpty());
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("words");
        const auto row = [](const char *name, const QByteArray &bytes, const QString &words) {
            QTest::newRow(name) << bytes << words;
        };
        row("empty", "", u"this is empty"_s);
        row("gzip", "\x1f\x8b\x08", u"compressed (gzip)"_s);
        row("zip", "PK\x03\x04", u"a zip archive"_s);
        row("page", "<!DOCTYPE html>", u"a web page"_s);
        row("text", "hello", u"neither a JSON object nor an array"_s);
        row("search answer", recorded::body(u"tempo/search.json"_s), u"an answer to a search"_s);
        row("names", recorded::body(u"zipkin/services.json"_s), u"a list of names"_s);
        row("names of jaeger", recorded::body(u"jaeger/services.json"_s), u"a list of names"_s);
        row("prometheus", recorded::body(u"prometheus/vector.json"_s), u"an answer of Prometheus"_s);
        row("chrome", json("{'traceEvents':[]}"), u"a trace of Chrome"_s);
        row("other", json("{'a':1,'b':2}"), u"an object with the keys a, b"_s);
        row("no spans", json("{'resourceSpans':[]}"), u"it holds no spans"_s);
        row("no traces", json("{'data':[]}"), u"it holds no spans"_s);
        row("empty list", "[]", u"it holds no spans"_s);
        row("zipkin v1", json("[{'traceId':'1','binaryAnnotations':[]}]"), u"version 1"_s);
        row("cut", recorded::body(u"jaeger/trace.json"_s).chopped(200), u"cut off"_s);
        row("cut line", recorded::body(u"jaeger/v3_trace.json"_s) + json("{'resourceSpans':[{'scop"),
            u"cut off"_s);
        row("broken at once", "{\"a\" 1}", u"expected a colon (byte 5)"_s);
    }
    void refuses()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, words);
        const Result<TraceFile> file = readTraceFile(bytes);
        QVERIFY(!file);
        QCOMPARE(file.error().kind, Error::Kind::Decode);
        QVERIFY2(file.error().message.contains(words), qPrintable(file.error().message));
    }
};

QTEST_GUILESS_MAIN(TestTraceFile)
#include "tst_tracefile.moc"
