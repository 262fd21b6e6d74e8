// SPDX-License-Identifier: GPL-3.0-or-later
#include <items/roles.h>
#include <items/tablemodel.h>

#include <QAbstractItemModelTester>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <array>
#include <cmath>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

Labels labels(const QMap<QString, QString> &pairs)
{
    std::vector<Labels::Pair> list;
    for (auto pair = pairs.begin(); pair != pairs.end(); ++pair)
        list.emplace_back(Untrusted(pair.key()), Untrusted(pair.value()));
    return Labels::fromPairs(std::move(list));
}

Series sample(const QMap<QString, QString> &pairs, double value)
{
    Series series;
    series.labels = labels(pairs);
    series.times.push_back(1);
    series.values.push_back(value);
    return series;
}

MetricData vectorOf(std::vector<Series> series)
{
    MetricData data;
    data.series = std::move(series);
    return data;
}

QStringList column(const TableModel &model, int column)
{
    QStringList list;
    for (int row = 0; row < model.rowCount(); ++row)
        list << model.index(row, column).data().toString();
    return list;
}

TableData services(const std::vector<std::pair<QString, double>> &rates)
{
    std::vector<Series> series;
    for (const auto &[service, rate] : rates)
        series.push_back(sample({{u"service"_s, service}}, rate));
    const MetricData data = vectorOf(series);
    const std::array inputs{TableInput{u"rate"_s, &data}};
    return joinedTable(inputs, {u"service"_s}, {}, 10'000);
}

} // namespace

class TestTableModel : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void joinsByLabels()
    {
        const MetricData rate = vectorOf({sample({{u"job"_s, u"checkout"_s}, {u"__name__"_s, u"x"_s}}, 4),
            sample({{u"job"_s, u"cart"_s}}, 2)});
        const MetricData err = vectorOf({sample({{u"job"_s, u"cart"_s}, {u"code"_s, u"500"_s}}, 0.5)});
        const std::array inputs{
            TableInput{u"rate"_s, &rate}, TableInput{u"err"_s, &err}, TableInput{u"later"_s, nullptr}};
        const TableData table = joinedTable(inputs, {u"service"_s}, {{u"service"_s, u"job"_s}}, 100);
        QCOMPARE(table.fields, (QStringList{u"rate"_s, u"err"_s, u"later"_s}));
        QCOMPARE(table.rows.size(), size_t(2));
        QCOMPARE(table.rows[0].labels.text(u"service"), u"checkout"_s);
        QVERIFY(!table.rows[0].cells[1].present);
        QCOMPARE(table.rows[1].cells[0].value, 2.0);
        QCOMPARE(table.rows[1].cells[1].value, 0.5);
        QVERIFY(!table.rows[1].cells[2].present);
    }

    void verdictIsTheWorstAndSaysWhich()
    {
        Panel panel;
        const std::vector<ThresholdStep> steps{{{}, u"good"_s}, {1.0, u"warning"_s}, {10.0, u"critical"_s}};
        panel.thresholds = {{u"err"_s, false, steps}, {u"alerts"_s, false, steps}};
        const MetricData err =
            vectorOf({sample({{u"service"_s, u"a"_s}}, 0), sample({{u"service"_s, u"b"_s}}, 20),
                sample({{u"service"_s, u"c"_s}}, 2), sample({{u"service"_s, u"d"_s}}, std::nan(""))});
        const MetricData alerts =
            vectorOf({sample({{u"service"_s, u"b"_s}}, 3), sample({{u"service"_s, u"c"_s}}, 3)});
        const std::array inputs{TableInput{u"err"_s, &err}, TableInput{u"alerts"_s, &alerts}};
        TableModel model(panel);
        QAbstractItemModelTester tester(&model);
        TableColumn state{u"state"_s, u"State"_s, {}, -1};
        state.worstOf = QStringList{u"err"_s, u"alerts"_s};
        model.setTable(joinedTable(inputs, {u"service"_s}, {}, 100),
            {{u"service"_s, u"Service"_s, {}, -1}, state, {u"err"_s, u"Errors"_s, {}, -1},
                {u"alerts"_s, u"Alerts"_s, {}, -1}});
        QCOMPARE(column(model, 1), (QStringList{u"ok"_s, u"Errors"_s, u"Errors, Alerts"_s, u"no data"_s}));
        model.sort(1, Qt::DescendingOrder);
        QCOMPARE(column(model, 0), (QStringList{u"b"_s, u"c"_s, u"a"_s, u"d"_s}));
        QVERIFY(model.toCsv().contains(u"Errors, Alerts"_s));
    }

    void labelOfAQueryAsText()
    {
        TableModel model{Panel()};
        const MetricData last = vectorOf({sample({{u"pod"_s, u"p"_s}, {u"reason"_s, u"OOMKilled"_s}}, 2)});
        const std::array inputs{TableInput{u"last"_s, &last}};
        TableColumn reason{u"last"_s, u"Last end"_s, {}, -1};
        reason.label = u"reason"_s;
        model.setTable(joinedTable(inputs, {u"pod"_s}, {}, 100), {reason});
        QCOMPARE(column(model, 0), QStringList{u"OOMKilled"_s});
    }

    void changeAgainstAnEarlierAnswer()
    {
        const MetricData now = vectorOf(
            {sample({{u"s"_s, u"a"_s}}, 4), sample({{u"s"_s, u"b"_s}}, 4), sample({{u"s"_s, u"new"_s}}, 4)});
        const MetricData before = vectorOf({sample({{u"s"_s, u"a"_s}}, 2), sample({{u"s"_s, u"b"_s}}, 0)});
        const MetricData change = changeSince(now, before);
        QCOMPARE(change.series.size(), size_t(1)); // nothing can be said against zero, or against nothing
        QCOMPARE(change.series[0].values.back(), 2.0);
    }

    void differencesHaveAColumn()
    {
        const MetricData now = vectorOf(
            {sample({{u"s"_s, u"a"_s}}, 12), sample({{u"s"_s, u"b"_s}}, 5), sample({{u"s"_s, u"new"_s}}, 4)});
        const MetricData before = vectorOf({sample({{u"s"_s, u"a"_s}}, 10), sample({{u"s"_s, u"b"_s}}, 10),
            sample({{u"s"_s, u"gone"_s}}, 3)});
        TableModel model{Panel()};
        QAbstractItemModelTester tester(&model);
        TableColumn change{u"v"_s, u"Δ"_s, u"short"_s, -1};
        change.isChange = true;
        const std::vector<TableColumn> columns{
            {u"s"_s, u"S"_s, {}, -1}, {u"v"_s, u"V"_s, u"short"_s, -1}, change};
        const std::array compared{TableInput{u"v"_s, &now, &before}};
        model.setTable(joinedTable(compared, {u"s"_s}, {}, 100), columns);
        QCOMPARE(column(model, 0), (QStringList{u"a"_s, u"b"_s, u"new"_s}));
        QStringList texts = column(model, 2);
        texts.replaceInStrings(QString(QChar(0x202f)), u" "_s);
        QCOMPARE(
            texts, (QStringList{u"+2 (+20 %)"_s, u"−5 (−50 %)"_s, u"—"_s})); // not there then: no difference
        model.sort(2, Qt::AscendingOrder);
        QCOMPARE(column(model, 0), (QStringList{u"b"_s, u"a"_s, u"new"_s}));
        QVERIFY(model.toCsv().startsWith(u"s,v,v_before\r\n"_s));
        QVERIFY(model.toCsv().contains(u"b,5,10\r\n"_s));
        QVERIFY(model.toCsv().contains(u"new,4,\r\n"_s));
        // The past alone changed: its cells are told.
        const MetricData other = vectorOf({sample({{u"s"_s, u"a"_s}}, 6)});
        const std::array again{TableInput{u"v"_s, &now, &other}};
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.setTable(joinedTable(again, {u"s"_s}, {}, 100), columns);
        QVERIFY(changed.count() >= 1 && changed.count() <= 3);
    }

    void alertsAreCountedByService()
    {
        Alert firing, silenced, homeless;
        firing.labels = labels({{u"service"_s, u"a"_s}});
        silenced = firing;
        silenced.silencedBy = QStringList{u"x"_s};
        const MetricData counted = alertsByService({firing, firing, silenced, homeless});
        QCOMPARE(counted.series.size(), size_t(1));
        QCOMPARE(counted.series[0].values.back(), 2.0);
    }

    void withoutJoinEveryLabelCounts()
    {
        const MetricData data = vectorOf({sample({{u"__name__"_s, u"up"_s}, {u"job"_s, u"a"_s}}, 1),
            sample({{u"instance"_s, u"i"_s}, {u"job"_s, u"a"_s}}, 2)});
        const std::array inputs{TableInput{u"v"_s, &data}};
        const TableData table = joinedTable(inputs, {}, {}, 100);
        QCOMPARE(table.rows.size(), size_t(2));
        QCOMPARE(table.labelNames, (QStringList{u"job"_s, u"instance"_s}));
    }

    void rowsAreLimitedAndSaidSo()
    {
        std::vector<Series> series;
        for (int i = 0; i < 30; ++i)
            series.push_back(sample({{u"pod"_s, QString::number(i)}}, i));
        const MetricData data = vectorOf(series);
        const std::array inputs{TableInput{u"v"_s, &data}};
        const TableData table = joinedTable(inputs, {u"pod"_s}, {}, 10);
        QCOMPARE(table.rows.size(), size_t(10));
        QCOMPARE(table.left, 20);
    }

    void rangeAnswersKeepTheirSamples()
    {
        MetricData data;
        data.shape = MetricData::Shape::Matrix;
        Series series = sample({{u"service"_s, u"a"_s}}, 1);
        series.times.push_back(2);
        series.values.push_back(5);
        data.series = {series};
        const std::array inputs{TableInput{u"v"_s, &data}};
        TableModel model{Panel{}};
        model.setTable(joinedTable(inputs, {u"service"_s}, {}, 10), {});
        QCOMPARE(model.index(0, 1).data(NumberRole).toDouble(), 5.0);
        QCOMPARE(model.index(0, 1).data(SamplesRole).value<QVector<double>>(), (QVector<double>{1, 5}));
    }

    void nanAndAbsentAreNeitherZeroNorEqual()
    {
        Panel panel;
        panel.noValue = u"no traffic"_s;
        TableModel model(panel);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        const MetricData rate = vectorOf({sample({{u"service"_s, u"a"_s}}, std::nan("")),
            sample({{u"service"_s, u"b"_s}}, 0), sample({{u"service"_s, u"c"_s}}, 3)});
        const MetricData err = vectorOf({sample({{u"service"_s, u"b"_s}}, 1)});
        const std::array inputs{TableInput{u"rate"_s, &rate}, TableInput{u"err"_s, &err}};
        model.setTable(joinedTable(inputs, {u"service"_s}, {}, 10), {});
        QCOMPARE(column(model, 1), (QStringList{u"no traffic"_s, u"0"_s, u"3"_s}));
        QCOMPARE(column(model, 2), (QStringList{u"—"_s, u"1"_s, u"—"_s}));
        QVERIFY(!model.index(0, 2).data(NumberRole).isValid());
    }

    void sortsByValueWithNanLast()
    {
        TableModel model{Panel{}};
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setTable(services({{u"a"_s, 9}, {u"b"_s, std::nan("")}, {u"c"_s, 10}, {u"d"_s, 1}}), {});
        model.sort(1, Qt::AscendingOrder);
        QCOMPARE(column(model, 0), (QStringList{u"d"_s, u"a"_s, u"c"_s, u"b"_s}));
        model.sort(1, Qt::DescendingOrder);
        QCOMPARE(column(model, 0), (QStringList{u"c"_s, u"a"_s, u"d"_s, u"b"_s}));
        model.setTable(services({{u"a"_s, 9}, {u"d"_s, 100}, {u"c"_s, 10}}), {});
        QCOMPARE(column(model, 0), (QStringList{u"d"_s, u"c"_s, u"a"_s}));
        model.sort(0, Qt::AscendingOrder);
        QCOMPARE(column(model, 0), (QStringList{u"a"_s, u"c"_s, u"d"_s}));
    }

    void selectionSurvivesARefresh()
    {
        TableModel model{Panel{}};
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setTable(services({{u"a"_s, 1}, {u"b"_s, 2}, {u"c"_s, 3}}), {});
        model.sort(1, Qt::DescendingOrder);
        const QPersistentModelIndex kept = model.index(1, 0);
        QCOMPARE(kept.data().toString(), u"b"_s);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        model.setTable(services({{u"x"_s, 7}, {u"b"_s, 20}, {u"c"_s, 3}}), {});
        QCOMPARE(kept.data().toString(), u"b"_s);
        QCOMPARE(kept.row(), 0);
        QCOMPARE(reset.size(), 0);
    }

    void aThousandChangedRowsGiveAtMostThreeSignals()
    {
        std::vector<std::pair<QString, double>> rates;
        for (int i = 0; i < 5000; ++i)
            rates.emplace_back(u"s%1"_s.arg(i), i);
        TableModel model{Panel{}};
        model.setTable(services(rates), {});
        for (size_t i = 0; i < 5000; i += 5)
            rates[i].second += 0.5;
        QSignalSpy data(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy layout(&model, &QAbstractItemModel::layoutChanged);
        model.setTable(services(rates), {});
        QCOMPARE_LE(data.size() + layout.size(), 3);
        QCOMPARE_GT(data.size(), 0);
    }

    void filters()
    {
        TableModel model{Panel{}};
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setTable(services({{u"checkout"_s, 1}, {u"Cart"_s, 2}}), {});
        model.setFilter(u"CART"_s);
        QCOMPARE(column(model, 0), QStringList{u"Cart"_s});
        model.setFilter({});
        QCOMPARE(model.rowCount(), 2);
    }

    void limitKeepsTheFirstOfTheOrder()
    {
        TableModel model{Panel{}};
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setLimit(2);
        model.setTable(services({{u"a"_s, 1}, {u"b"_s, 3}, {u"c"_s, 2}}), {});
        model.sort(1, Qt::DescendingOrder);
        QCOMPARE(column(model, 0), (QStringList{u"b"_s, u"c"_s}));
        model.sort(1, Qt::AscendingOrder);
        QCOMPARE(column(model, 0), (QStringList{u"a"_s, u"c"_s}));
        model.setLimit(0);
        QCOMPARE(model.rowCount(), 3);
    }

    void tonesFollowThresholds()
    {
        Panel panel;
        panel.thresholds = {{u"rate"_s, false, {{std::nullopt, u"good"_s}, {5.0, u"critical"_s}}}};
        TableModel model(panel);
        model.setTable(services({{u"a"_s, 1}, {u"b"_s, 5}}), {});
        QCOMPARE(model.index(0, 1).data(ToneRole).toString(), u"good"_s);
        QCOMPARE(model.index(1, 1).data(ToneRole).toString(), u"critical"_s);
        QVERIFY(!model.index(1, 0).data(ToneRole).isValid());
    }

    void csvIsExactAndInert()
    {
        TableModel model{Panel{}};
        model.setTable(services({{u"=cmd(),\"x\""_s, 0.1}}), {});
        QCOMPARE(model.toCsv(), u"service,rate\r\n\"'=cmd(),\"\"x\"\"\",0.1\r\n"_s);
    }

    void chosenColumns()
    {
        TableModel model{Panel{}};
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setTable(services({{u"a"_s, 0.25}}), {{u"rate"_s, u"Rate"_s, u"percentunit"_s, 0}});
        QCOMPARE(model.columnCount(), 1);
        QCOMPARE(model.headerData(0, Qt::Horizontal, Qt::DisplayRole).toString(), u"Rate"_s);
        QCOMPARE(model.fieldText(0, u"service"_s), u"a"_s);
        QCOMPARE(model.fieldText(0, u"rate"_s), u"0.25"_s);
    }
};

QTEST_GUILESS_MAIN(TestTableModel)
#include "tst_tablemodel.moc"
