// SPDX-License-Identifier: GPL-3.0-or-later
#include "panelfakes.h"

#include <domain/base/registry.h>
#include <widgets/base/theme.h>
#include <widgets/panels/panelkinds.h>

#include <QLabel>
#include <QRegularExpression>
#include <QSet>
#include <QTest>
#include <QTextBrowser>
#include <QTextDocument>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

Panel panelOf(const QString &kind)
{
    Panel panel;
    panel.id = u"p"_s;
    panel.kind = kind;
    panel.title = u"Title"_s;
    PanelQuery query;
    query.id = u"a"_s;
    query.expr = u"up"_s;
    query.type = kind == "alerts"_L1 ? u"alerts"_s
        : kind == "list"_L1          ? u"deploys"_s
        : kind == "sources"_L1       ? u"sources"_s
                                     : u"promql"_s;
    panel.queries = {query};
    panel.thresholds = {{{}, false, {{std::nullopt, u"good"_s}, {0.5, u"critical"_s}}}};
    if (kind == "text"_L1)
        panel.options.insert(u"content"_s, u"# Hello\n\n<img src=\"file:///etc/passwd\"> **bold**"_s);
    return panel;
}

Alert alertNamed(const QString &text, quint64 fingerprint)
{
    Alert alert;
    alert.key = {ClusterId{u"am"_s}, fingerprint};
    alert.labels = labelsOf({{u"alertname"_s, text}, {u"service"_s, text}, {text, text}});
    alert.annotations = labelsOf({{u"summary"_s, text}, {u"runbook_url"_s, text}});
    alert.severity = Severity::Critical;
    alert.alertClass = AlertClass::Page;
    alert.startsAt = Timestamp(490'000h);
    alert.members = {{DatasourceId{u"am/1"_s}, alert.startsAt, alert.startsAt}};
    alert.membersAsked = 2;
    return alert;
}

OwnItem itemNamed(const QString &text)
{
    OwnItem item;
    item.id = text;
    item.title = item.text = Untrusted(text);
    item.kind = u"rollout"_s;
    item.state = u"stale"_s;
    item.at = Timestamp(490'000h);
    item.labels = labelsOf({{u"service"_s, text}});
    return item;
}

/// What a query of this panel may answer, made of `texts`.
QueryData dataFor(const Panel &panel, const QStringList &texts, const TimeRange &range)
{
    if (panel.kind == "alerts"_L1) {
        std::vector<Alert> alerts;
        for (const QString &text : texts)
            alerts.push_back(alertNamed(text, alerts.size() + 1));
        return alerts;
    }
    if (panel.kind == "list"_L1 || panel.kind == "sources"_L1) {
        OwnItems items;
        for (const QString &text : texts)
            items.items.push_back(itemNamed(text));
        items.note = texts.value(0);
        return items;
    }
    MetricData data;
    data.shape = MetricData::Shape::Matrix;
    for (const QString &text : texts)
        data.series.push_back(seriesFrom({{u"service"_s, text}, {u"le"_s, text}}, range, 1min, 0.75));
    return data;
}

struct Shown
{
    explicit Shown(const Panel &of)
        : panel(of)
        , view(createPanelView(panel, nullptr))
    {
        view->resize(420, 240);
        data.range = {clock.utcNow() - 1h, clock.utcNow()};
        data.step = 1min;
        data.zone = QTimeZone::utc();
        data.now = clock.bootNow();
        data.utcNow = clock.utcNow();
    }
    void give(std::shared_ptr<const QueryData> content, const Freshness &freshness)
    {
        data.parts.clear();
        PanelData::Part part{&panel.queries[0], {}, {}};
        part.result.data = std::move(content);
        part.result.freshness = freshness;
        data.parts.push_back(part);
        view->showData(data);
    }
    void giveTexts(const QStringList &texts)
    {
        give(std::make_shared<const QueryData>(dataFor(panel, texts, data.range)), fresh());
    }
    Freshness fresh() const { return afterSuccess(clock.bootNow(), clock.utcNow(), false); }
    QImage picture() const
    {
        QImage image(view->size(), QImage::Format_RGB32);
        image.fill(Qt::white);
        view->render(&image);
        return image;
    }

    Panel panel;
    FakeClock clock;
    PanelData data;
    std::unique_ptr<PanelView> view;
};

int colourCount(const QImage &image)
{
    QSet<QRgb> colours;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            colours.insert(image.pixel(x, y));
    }
    return int(colours.size());
}

} // namespace

class TestPanelKinds : public QObject
{
    Q_OBJECT
private slots:
    void init()
    { // The offscreen platform says this of every window.
        QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support)"_s));
    }

    void idsAreUniqueAndEveryKindMakesAView()
    {
        QSet<QString> ids;
        for (const PanelKind &kind : builtinPanelKinds()) {
            QVERIFY2(!ids.contains(kind.id), qPrintable(kind.id));
            ids.insert(kind.id);
            QVERIFY(!kind.title.isEmpty());
            QSet<QString> keys;
            for (const FieldSpec &field : kind.fields) {
                QVERIFY(!keys.contains(field.key));
                keys.insert(field.key);
            }
            const std::unique_ptr<PanelView> view(kind.create(panelOf(kind.id), nullptr));
            QVERIFY(view);
        }
        for (const QString &known : {u"timeseries"_s, u"stat"_s, u"gauge"_s, u"bargauge"_s, u"table"_s,
                 u"heatmap"_s, u"status_history"_s, u"alerts"_s, u"list"_s, u"tracelist"_s, u"nodegraph"_s,
                 u"sources"_s, u"text"_s, u"row"_s})
            QVERIFY2(ids.contains(known), qPrintable(known));
    }

    void contract_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("given");
        for (const PanelKind &kind : builtinPanelKinds()) {
            for (const char *given :
                {"never", "empty", "data", "wrong data", "stale", "very old", "NaN", "hostile"})
                QTest::addRow("%s, %s", qPrintable(kind.id), given) << kind.id << QString::fromLatin1(given);
        }
    }
    /// No kind may crash, warn, or show what it was not given, whatever it is handed, at any size.
    void contract()
    {
        QFETCH(QString, kind);
        QFETCH(QString, given);
        Shown shown(panelOf(kind));
        const auto some = [&] {
            return std::make_shared<const QueryData>(
                dataFor(shown.panel, {u"checkout"_s, u"cart"_s}, shown.data.range));
        };
        Freshness old = afterFailure(shown.fresh(), Error{Error::Kind::Timeout, u"timeout"_s, {}, 0, 0});
        if (given == "never"_L1) {
            shown.give(nullptr, {});
        } else if (given == "empty"_L1) {
            shown.give(std::make_shared<const QueryData>(dataFor(shown.panel, {}, shown.data.range)),
                afterSuccess(shown.clock.bootNow(), shown.clock.utcNow(), true));
        } else if (given == "wrong data"_L1) {
            shown.give(std::make_shared<const QueryData>(ServerStatus{}), shown.fresh());
        } else if (given == "stale"_L1) {
            shown.give(some(), old);
        } else if (given == "very old"_L1) {
            old.lastGood = shown.clock.bootNow() - 20min;
            shown.give(some(), old);
        } else if (given == "NaN"_L1) {
            QueryData content = *some();
            if (auto *metrics = std::get_if<MetricData>(&content)) {
                for (Series &series : metrics->series)
                    std::fill(series.values.begin(), series.values.end(), std::nan(""));
                metrics->series[0].values.back() = HUGE_VAL;
            }
            shown.give(std::make_shared<const QueryData>(content), shown.fresh());
        } else {
            shown.give(some(), shown.fresh());
        }
        if (given == "hostile"_L1)
            shown.giveTexts(hostileTexts());
        for (const QSize &size :
            {QSize(420, 240), QSize(1, 1), QSize(40, 12), QSize(1600, 900), QSize(90, 700)}) {
            shown.view->resize(size);
            const QImage image = shown.picture();
            QVERIFY(!image.isNull());
        }
        shown.view->showCrosshair(toNs(shown.data.range.begin + 10min));
        shown.view->showCrosshair(std::nullopt);
        shown.view->showNow(shown.clock.bootNow() + 1s, shown.clock.utcNow() + 1s);
        QTRY_VERIFY(shown.view->isSettled());
    }

    void dataCanBeSeen_data()
    {
        QTest::addColumn<QString>("kind");
        for (const char *kind : {"stat", "gauge", "bargauge", "table", "alerts", "list", "sources"})
            QTest::newRow(kind) << QString::fromLatin1(kind);
    }
    void dataCanBeSeen()
    {
        QFETCH(QString, kind);
        Shown shown(panelOf(kind));
        shown.give(nullptr, {});
        const int before = colourCount(shown.picture());
        shown.giveTexts({u"checkout"_s, u"cart"_s});
        QTest::qWait(0);
        QCOMPARE_GT(colourCount(shown.picture()), before);
    }

    void oldNumbersAreWithheld_data()
    {
        QTest::addColumn<QString>("kind");
        for (const char *kind : {"stat", "gauge", "bargauge"})
            QTest::newRow(kind) << QString::fromLatin1(kind);
    }
    /// Two different values look alike once they are too old: the number is not there.
    void oldNumbersAreWithheld()
    {
        QFETCH(QString, kind);
        const auto pictureOf = [&](double value, Nanoseconds age) {
            Shown shown(panelOf(kind));
            MetricData data;
            data.series = {seriesFrom(
                {{u"service"_s, u"a"_s}}, {shown.data.range.end, shown.data.range.end}, 1s, value)};
            Freshness freshness =
                afterFailure(shown.fresh(), Error{Error::Kind::Timeout, u"timeout"_s, {}, 0, 0});
            freshness.lastGood = shown.clock.bootNow() - age;
            Panel &panel = shown.panel;
            panel.options.insert(u"max"_s, 1000);
            shown.view.reset(createPanelView(panel, nullptr));
            shown.view->resize(300, 200);
            shown.give(std::make_shared<const QueryData>(data), freshness);
            return shown.picture();
        };
        QVERIFY(pictureOf(0.1, 1min) != pictureOf(900, 1min));
        QCOMPARE(pictureOf(0.1, 6min), pictureOf(900, 6min));
    }

    void hostileTextStaysText_data()
    {
        QTest::addColumn<QString>("kind");
        for (const PanelKind &kind : builtinPanelKinds())
            QTest::newRow(qPrintable(kind.id)) << kind.id;
    }
    /// No rich text, anchor or image anywhere below a view that shows hostile labels.
    void hostileTextStaysText()
    {
        QFETCH(QString, kind);
        Panel panel = panelOf(kind);
        panel.title = panel.description = hostileTexts().join(u' ');
        Shown shown(panel);
        shown.giveTexts(hostileTexts());
        QTest::qWait(0);
        for (const QLabel *label : shown.view->findChildren<QLabel *>())
            QCOMPARE(label->textFormat(), Qt::PlainText);
        for (const QTextBrowser *browser : shown.view->findChildren<QTextBrowser *>()) {
            const QString html = browser->document()->toHtml();
            QVERIFY(!html.contains(u"<a "_s));
            QVERIFY(!html.contains(u"<img"_s));
        }
        for (const QWidget *child : shown.view->findChildren<QWidget *>())
            QVERIFY(child->toolTip().isEmpty() || child->toolTip().startsWith(u"<qt>"_s));
        for (const QAbstractItemModel *model : shown.view->findChildren<QAbstractItemModel *>()) {
            for (int row = 0; row < std::min(50, model->rowCount()); ++row) {
                for (int column = 0; column < model->columnCount(); ++column) {
                    const QString text = model->index(row, column).data().toString();
                    QVERIFY(!text.contains(QChar(0x202e)));
                    QVERIFY(!text.contains(QChar(0x1b)));
                    QVERIFY(!model->index(row, column).data(Qt::ToolTipRole).isValid());
                }
            }
        }
    }

    void csvIsInert_data() { hostileTextStaysText_data(); }
    void csvIsInert()
    {
        QFETCH(QString, kind);
        Shown shown(panelOf(kind));
        shown.giveTexts({u"=1+1"_s, u"@x"_s});
        QCOMPARE(shown.view->hasCsv(), !shown.view->toCsv().isEmpty()); // menus ask the first
        for (const QString &line : shown.view->toCsv().split(u"\r\n"_s)) {
            for (const QString &cell : line.split(u','))
                QVERIFY2(!cell.startsWith(u'=') && !cell.startsWith(u'@'), qPrintable(line));
        }
    }

    void anUnknownKindSaysSo()
    {
        Panel panel = panelOf(u"canvas"_s);
        const std::unique_ptr<PanelView> view(createPanelView(panel, nullptr));
        QVERIFY(view->accessibleName().contains(u"canvas"_s));
        QVERIFY(view->accessibleName().contains(u"timeseries"_s));
    }

    void markdownLoadsNothing()
    {
        Shown shown(panelOf(u"text"_s));
        const auto *browser = shown.view->findChild<QTextBrowser *>();
        QVERIFY(browser);
        QVERIFY(browser->toPlainText().contains(u"Hello"_s));
        QVERIFY(!browser->toPlainText().contains(u"root:"_s));
    }
};

QTEST_MAIN(TestPanelKinds)
#include "tst_panelkinds.moc"
