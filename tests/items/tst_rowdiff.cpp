// SPDX-License-Identifier: GPL-3.0-or-later
#include <items/rowdiff.h>

#include <QAbstractItemModelTester>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Rows are (key, value) pairs.
class PairModel : public RowTableModel
{
public:
    using Pair = std::pair<int, int>;
    void show(const std::vector<Pair> &next)
    {
        retireRows();
        m_retired = std::exchange(m_pairs, next);
        std::vector<int> items(next.size()), newRowOf, changed;
        for (size_t row = 0; row < next.size(); ++row)
            items[row] = int(row);
        for (int retired : rows()) {
            const Pair &old = m_retired[size_t(~retired)];
            const auto at = std::find_if(
                next.begin(), next.end(), [&](const Pair &pair) { return pair.first == old.first; });
            newRowOf.push_back(at == next.end() ? -1 : int(at - next.begin()));
            if (at != next.end() && at->second != old.second)
                changed.push_back(newRowOf.back());
        }
        std::sort(changed.begin(), changed.end());
        applyRows(items, newRowOf, changed);
        m_retired.clear();
    }
    int columnCount(const QModelIndex & = {}) const override { return 2; }
    QVariant data(const QModelIndex &index, int role) const override
    {
        if (role != Qt::DisplayRole)
            return {};
        const int item = itemAt(index.row());
        const Pair &pair = item >= 0 ? m_pairs[size_t(item)] : m_retired[size_t(~item)];
        return index.column() == 0 ? pair.first : pair.second;
    }

private:
    std::vector<Pair> m_pairs, m_retired;
};

/// A plain list that knows the model by its signals alone.
class Mirror : public QObject
{
public:
    explicit Mirror(QAbstractItemModel &model)
        : m_model(model)
    {
        connect(
            &model, &QAbstractItemModel::rowsRemoved, this, [this](const QModelIndex &, int first, int last) {
                m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
            });
        connect(&model, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex &, int first, int last) {
                for (int row = first; row <= last; ++row)
                    m_rows.insert(m_rows.begin() + row, read(row));
            });
        connect(&model, &QAbstractItemModel::layoutChanged, this, [this] {
            std::vector<QPair<int, int>> now;
            for (int row = 0; row < m_model.rowCount(); ++row)
                now.push_back(read(row));
            m_rows = now;
        });
        connect(&model, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex &first, const QModelIndex &last) {
                for (int row = first.row(); row <= last.row(); ++row)
                    m_rows[size_t(row)] = read(row);
            });
    }
    const std::vector<QPair<int, int>> &rows() const { return m_rows; }

private:
    QPair<int, int> read(int row) const
    {
        return {m_model.index(row, 0).data().toInt(), m_model.index(row, 1).data().toInt()};
    }
    QAbstractItemModel &m_model;
    std::vector<QPair<int, int>> m_rows;
};

} // namespace

class TestRowDiff : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void spans()
    {
        QCOMPARE(spansOf({}).size(), size_t(0));
        QCOMPARE(spansOf({0, 1, 2, 5, 7, 8}), (std::vector<RowSpan>{{0, 2}, {5, 5}, {7, 8}}));
    }

    void aFewRowsGiveOneSignalARun()
    {
        PairModel model;
        model.show({{1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}});
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy layout(&model, &QAbstractItemModel::layoutChanged);
        QSignalSpy data(&model, &QAbstractItemModel::dataChanged);
        model.show({{1, 0}, {4, 9}, {5, 9}, {6, 0}, {7, 0}});
        QCOMPARE(removed.size(), 1);
        QCOMPARE(inserted.size(), 1);
        QCOMPARE(layout.size(), 0);
        QCOMPARE(data.size(), 1);
        QCOMPARE(data[0][0].toModelIndex().row(), 1);
        QCOMPARE(data[0][1].toModelIndex().row(), 2);
    }

    void theSameListSaysNothing()
    {
        PairModel model;
        model.show({{1, 0}, {2, 0}});
        QSignalSpy data(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy layout(&model, &QAbstractItemModel::layoutChanged);
        model.show({{1, 0}, {2, 0}});
        QCOMPARE(data.size() + layout.size(), 0);
    }

    void manyScatteredChangesAreBounded()
    {
        PairModel model;
        std::vector<PairModel::Pair> rows, next;
        for (int key = 0; key < 10'000; ++key) {
            rows.push_back({key, 0});
            if (key % 7 != 0)
                next.push_back({key, key % 10 == 0 ? 1 : 0}); // about 1,000 changed, about 1,400 gone
            if (key % 9 == 0)
                next.push_back({100'000 + key, 0});
        }
        std::reverse(next.begin(), next.end());
        model.show(rows);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy layout(&model, &QAbstractItemModel::layoutChanged);
        QSignalSpy data(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        const QPersistentModelIndex kept = model.index(8, 0);
        model.show(next);
        QCOMPARE_LE(removed.size(), 1);
        QCOMPARE_LE(inserted.size(), 1);
        QCOMPARE_LE(layout.size(), 2);
        QCOMPARE_LE(data.size(), 1);
        QCOMPARE(reset.size(), 0);
        QCOMPARE(kept.data().toInt(), 8);
    }

    void randomListsAgreeWithTheirSignals()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        PairModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        Mirror mirror(model);
        for (int round = 0; round < 300; ++round) {
            std::vector<PairModel::Pair> next;
            const int size = int(random.bounded(60));
            for (int key = 0; key < size; ++key) {
                if (random.bounded(4) > 0)
                    next.push_back({key, int(random.bounded(3))});
            }
            if (round % 2)
                std::shuffle(next.begin(), next.end(), random);
            std::vector<std::pair<QPersistentModelIndex, int>> kept;
            for (int row = 0; row < model.rowCount(); row += 5)
                kept.emplace_back(model.index(row, 0), model.index(row, 0).data().toInt());
            model.show(next);
            QCOMPARE(mirror.rows().size(), next.size());
            for (size_t row = 0; row < next.size(); ++row) {
                QCOMPARE(mirror.rows()[row].first, next[row].first);
                QCOMPARE(mirror.rows()[row].second, next[row].second);
            }
            for (const auto &[index, key] : kept) {
                if (index.isValid())
                    QCOMPARE(index.data().toInt(), key);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestRowDiff)
#include "tst_rowdiff.moc"
