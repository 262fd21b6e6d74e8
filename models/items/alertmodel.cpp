// SPDX-License-Identifier: GPL-3.0-or-later
#include <items/alertmodel.h>

#include <domain/alerts/alertclass.h>
#include <items/roles.h>

#include <QThread>

#include <algorithm>
#include <cstring>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

bool isSuppressed(AlertState state)
{
    return state == AlertState::Silenced || state == AlertState::Inhibited || state == AlertState::Muted;
}

/// Finds the item with a key. The fingerprint is a hash already: an open table of item numbers will do.
class KeyTable
{
public:
    explicit KeyTable(const std::vector<Alert> &alerts)
        : m_alerts(alerts)
    {
        size_t size = 16;
        while (size < alerts.size() * 2)
            size *= 2;
        m_slots.assign(size, -1);
        for (size_t item = 0; item < alerts.size(); ++item)
            m_slots[slotFor(alerts[item].key)] = int(item);
    }
    int find(const AlertKey &key) const { return m_slots[slotFor(key)]; }

private:
    size_t slotFor(const AlertKey &key) const
    {
        size_t slot = (key.fingerprint * 0x9e3779b97f4a7c15ull >> 20) & (m_slots.size() - 1);
        while (m_slots[slot] >= 0 && !(m_alerts[size_t(m_slots[slot])].key == key))
            slot = (slot + 1) & (m_slots.size() - 1);
        return slot;
    }
    const std::vector<Alert> &m_alerts;
    std::vector<int> m_slots;
};

void appendLower(QByteArray &out, const QString &text)
{
    out += text.toLower().toUtf8();
    out += ' ';
}

QByteArray searchText(const Alert &alert)
{
    QByteArray out;
    for (const Labels *labels : {&alert.labels, &alert.annotations}) {
        for (const auto &[name, value] : labels->pairs()) {
            out += render::line(name).toLower().toUtf8();
            out += '=';
            appendLower(out, render::line(value));
        }
    }
    appendLower(out, stateName(alert.state));
    appendLower(out, severityName(alert.severity));
    appendLower(out, className(alert.alertClass));
    return out;
}

} // namespace

AlertGroupId alertGroupOf(const Alert &alert)
{
    using Phase = AlertGroupId::Phase;
    const Phase phase = isSuppressed(alert.state) ? Phase::Suppressed
        : alert.state == AlertState::Pending      ? Phase::Pending
        : alert.state == AlertState::Resolved     ? Phase::Resolved
                                                  : Phase::Firing;
    return {phase, alert.alertClass, alert.severity};
}

AlertCounts countAlerts(const std::vector<Alert> &alerts)
{
    AlertCounts counts;
    for (const Alert &alert : alerts) {
        if (alert.alertClass == AlertClass::Health || alert.state == AlertState::Resolved)
            continue;
        if (isSuppressed(alert.state)) {
            ++counts.suppressed;
        } else if (alert.state == AlertState::Pending) {
            ++counts.pending;
        } else {
            ++counts.firing;
            ++(alert.alertClass == AlertClass::Page ? counts.pages : counts.tickets);
            counts.unknown += alert.state == AlertState::Unknown;
            counts.critical += alert.severity == Severity::Critical;
            counts.error += alert.severity == Severity::Error;
            counts.warning += alert.severity == Severity::Warning;
        }
    }
    return counts;
}

QString describeFiring(int firing, const Freshness &freshness, BootTime now)
{
    if (isCurrent(freshness))
        return AlertModel::tr("%1 firing").arg(firing);
    const QString why = freshness.asked > 0 && freshness.answered < freshness.asked
        ? AlertModel::tr("%1 of %2 sources").arg(freshness.answered).arg(freshness.asked)
        : describe(freshness, now).word;
    // 5 min: a number older than that is no longer a statement about now.
    if (withheld(freshness, now, std::chrono::minutes(5)))
        return AlertModel::tr("— firing · %1").arg(why);
    return AlertModel::tr("≥ %1 firing · %2").arg(firing).arg(why);
}

AlertModel::AlertModel(QObject *parent)
    : RowTableModel(parent)
    , m_lines{0}
{
}

const Alert &AlertModel::at(int item) const
{
    return item >= 0 ? m_alerts[size_t(item)] : m_retired[size_t(~item)];
}

const Alert &AlertModel::alertAt(int row) const { return at(itemAt(row)); }

int AlertModel::rowOf(const AlertKey &key) const
{
    for (int row = 0; row < rowCount(); ++row) {
        if (alertAt(row).key == key)
            return row;
    }
    return -1;
}

void AlertModel::setFreshness(Freshness freshness)
{
    if (m_freshness == freshness)
        return;
    m_freshness = std::move(freshness);
    emit freshnessChanged();
}

void AlertModel::setAlerts(std::vector<Alert> alerts, Freshness freshness)
{
    Q_ASSERT(QThread::currentThread() == thread());
    std::vector<int> oldOf(alerts.size()); // item in the list so far, -1: new
    std::vector<int> newOf(m_alerts.size(), -1);
    std::vector<bool> same(alerts.size(), false);
    {
        const KeyTable known(m_alerts);
        for (size_t item = 0; item < alerts.size(); ++item) {
            oldOf[item] = known.find(alerts[item].key);
            if (oldOf[item] < 0)
                continue;
            newOf[size_t(oldOf[item])] = int(item);
            same[item] = alerts[item] == m_alerts[size_t(oldOf[item])];
        }
    }
    retireRows();
    m_retired = std::exchange(m_alerts, std::move(alerts));
    rebuildText(oldOf, same);
    for (size_t item = 0; item < oldOf.size(); ++item) {
        if (!same[item])
            oldOf[item] = -1; // its place in the order may be another one now
    }
    orderByUrgency(oldOf);
    orderByColumn();

    const std::vector<int> items = matching();
    std::vector<int> rowOfItem(m_alerts.size(), -1), changed;
    for (size_t row = 0; row < items.size(); ++row)
        rowOfItem[size_t(items[row])] = int(row);
    std::vector<int> newRowOf;
    newRowOf.reserve(rows().size());
    for (int retired : rows()) {
        const int item = newOf[size_t(~retired)];
        newRowOf.push_back(item < 0 ? -1 : rowOfItem[size_t(item)]);
        if (newRowOf.back() >= 0 && !same[size_t(item)])
            changed.push_back(newRowOf.back());
    }
    std::sort(changed.begin(), changed.end());
    applyRows(items, newRowOf, changed);
    m_retired.clear();

    setFreshness(std::move(freshness));
}

/// `oldOf` has the former item of what did not change: those are in order already, so only the others are
/// sorted and merged in.
void AlertModel::orderByUrgency(const std::vector<int> &oldOf)
{
    std::vector<int> newOf(m_retired.size(), -1);
    std::vector<int> fresh;
    for (size_t item = 0; item < oldOf.size(); ++item) {
        if (oldOf[item] >= 0)
            newOf[size_t(oldOf[item])] = int(item);
        else
            fresh.push_back(int(item));
    }
    std::vector<int> order;
    order.reserve(m_alerts.size());
    for (int old : m_urgent) {
        if (newOf[size_t(old)] >= 0)
            order.push_back(newOf[size_t(old)]);
    }
    const auto before = [this](int a, int b) { return moreUrgent(at(a), at(b)); };
    std::sort(fresh.begin(), fresh.end(), before);
    m_urgent.resize(m_alerts.size());
    std::merge(order.begin(), order.end(), fresh.begin(), fresh.end(), m_urgent.begin(), before);
}

void AlertModel::orderByColumn()
{
    m_order = m_urgent;
    if (m_sortColumn < 0)
        return;
    const auto ordered = [this](auto keyOf) {
        using Key = decltype(keyOf(std::declval<const Alert &>()));
        std::vector<Key> keys;
        keys.reserve(m_alerts.size());
        for (const Alert &alert : m_alerts)
            keys.push_back(keyOf(alert));
        const bool down = m_sortOrder == Qt::DescendingOrder;
        std::stable_sort(m_order.begin(), m_order.end(), [&](int a, int b) {
            return down ? keys[size_t(b)] < keys[size_t(a)] : keys[size_t(a)] < keys[size_t(b)];
        });
    };
    switch (m_sortColumn) {
    case State:
        ordered([](const Alert &alert) { return int(alert.state); });
        break;
    case SeverityColumn:
        ordered([](const Alert &alert) { return int(alert.severity); });
        break;
    case Since:
        ordered([](const Alert &alert) { return alert.startsAt; });
        break;
    case Members:
        ordered([](const Alert &alert) { return int(alert.members.size()); });
        break;
    default:
        ordered([this](const Alert &alert) { return text(alert, m_sortColumn).toLower(); });
    }
}

void AlertModel::rebuildText(const std::vector<int> &oldOf, const std::vector<bool> &same)
{
    const QByteArray oldText = std::exchange(m_text, {});
    const std::vector<qsizetype> oldLines = std::exchange(m_lines, {0});
    m_text.reserve(oldText.size());
    m_lines.reserve(m_alerts.size() + 1);
    for (size_t item = 0; item < m_alerts.size(); ++item) {
        if (same[item]) {
            const size_t old = size_t(oldOf[item]);
            m_text.append(oldText.constData() + oldLines[old], oldLines[old + 1] - oldLines[old]);
        } else {
            m_text += searchText(m_alerts[item]);
            m_text += '\n';
        }
        m_lines.push_back(m_text.size());
    }
}

/// Items that have every word, in the order of the sort column. The longest word is searched in the whole
/// text at once, the others only in the lines where it was found.
std::vector<int> AlertModel::matching() const
{
    if (m_words.isEmpty())
        return m_order;
    std::vector<bool> hit(m_alerts.size(), false);
    const char *const begin = m_text.constData(), *const end = begin + m_text.size();
    const QByteArray &first = m_words.front();
    size_t item = 0;
    for (const char *p = begin; p < end;) {
        p = static_cast<const char *>(memmem(p, size_t(end - p), first.constData(), size_t(first.size())));
        if (!p)
            break;
        while (m_lines[item + 1] <= p - begin)
            ++item;
        const QByteArrayView line(begin + m_lines[item], m_lines[item + 1] - m_lines[item]);
        hit[item] = std::all_of(
            m_words.begin() + 1, m_words.end(), [&](const QByteArray &word) { return line.contains(word); });
        p = begin + m_lines[item + 1];
    }
    std::vector<int> items;
    for (int candidate : m_order) {
        if (hit[size_t(candidate)])
            items.push_back(candidate);
    }
    return items;
}

/// After a change of filter or order: the items are the same, only which and where.
void AlertModel::showMatching()
{
    const std::vector<int> items = matching();
    std::vector<int> rowOfItem(m_alerts.size(), -1), newRowOf;
    for (size_t row = 0; row < items.size(); ++row)
        rowOfItem[size_t(items[row])] = int(row);
    newRowOf.reserve(rows().size());
    for (int item : rows())
        newRowOf.push_back(rowOfItem[size_t(item)]);
    // Rows that are about to go keep their number here: the list they belong to is still the present one.
    applyRows(items, newRowOf, {});
}

void AlertModel::setFilter(const QString &filter)
{
    const QString trimmed = filter.simplified();
    if (trimmed == m_filter)
        return;
    m_filter = trimmed;
    m_words.clear();
    for (const QString &word : trimmed.toLower().split(u' ', Qt::SkipEmptyParts))
        m_words.append(word.toUtf8());
    std::stable_sort(m_words.begin(), m_words.end(),
        [](const QByteArray &a, const QByteArray &b) { return a.size() > b.size(); });
    showMatching();
}

void AlertModel::sort(int column, Qt::SortOrder order)
{
    if (column == m_sortColumn && order == m_sortOrder)
        return;
    m_sortColumn = column;
    m_sortOrder = order;
    orderByColumn();
    showMatching();
}

int AlertModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QString AlertModel::text(const Alert &alert, int column) const
{
    switch (column) {
    case State:
        return stateName(alert.state);
    case SeverityColumn:
        return severityName(alert.severity);
    case Name:
        return render::line(alert.name());
    case Service:
        return render::line(Untrusted(alert.service()));
    case Summary:
        return render::line(alert.summary());
    case Since:
        return isoUtc(alert.startsAt);
    case Members:
        return tr("%1 of %2").arg(alert.members.size()).arg(alert.membersAsked);
    default:
        return {};
    }
}

QVariant AlertModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= ColumnCount)
        return {};
    const Alert &alert = alertAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(alert, index.column());
    case SeverityRole:
        return int(alert.severity);
    case StateRole:
        return int(alert.state);
    case ClassRole:
        return int(alert.alertClass);
    case GroupRole:
        return alertGroupOf(alert).toInt();
    case TimeRole:
        return qint64(alert.startsAt.time_since_epoch().count());
    case MembersRole:
        return int(alert.members.size()) < alert.membersAsked;
    default:
        return {};
    }
}

QVariant AlertModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case State:
        return tr("State");
    case SeverityColumn:
        return tr("Severity");
    case Name:
        return tr("Alert");
    case Service:
        return tr("Service");
    case Summary:
        return tr("Summary");
    case Since:
        return tr("Since");
    case Members:
        return tr("Members");
    default:
        return {};
    }
}

} // namespace bw
