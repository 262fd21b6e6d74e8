// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/editor/promqlnames.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr qsizetype kMostLists = 64;
constexpr size_t kMostNames = 100'000;
constexpr auto kGoodFor = 5min;
// 10 s: a source that refuses is not asked with every letter, one that is back is soon heard.
constexpr Nanoseconds kRestAfterFailure = 10s;

bool isControl(QChar c)
{
    return c.category() == QChar::Other_Control || c.category() == QChar::Other_Format;
}

} // namespace

PromqlNames::PromqlNames(QueryExecutor &executor, const Clock &clock, QObject *parent)
    : QObject(parent)
    , m_executor(executor)
    , m_clock(clock)
{
}

void PromqlNames::setSource(const DatasourceId &source)
{
    if (source == m_source)
        return;
    m_source = source;
    m_known.clear();
    m_failed.clear();
    m_tickets.clear();
    m_problem.clear();
}

QStringList PromqlNames::metrics() { return of(u"__name__"_s, {}); }

QStringList PromqlNames::labels(const QString &selector)
{
    QStringList names = of({}, selector);
    names.removeAll(u"__name__"_s);
    return names;
}

QStringList PromqlNames::values(const QString &label, const QString &selector) { return of(label, selector); }

QStringList PromqlNames::of(const QString &label, const QString &selector)
{
    if (m_source.id.isEmpty())
        return {};
    const QString matched = selector.contains(u'$') || selector.contains("[["_L1) ? QString() : selector;
    const QString key = label + u'\n' + matched;
    if (const auto known = m_known.constFind(key); known != m_known.constEnd())
        return *known;
    if (m_tickets.contains(key))
        return {};
    if (const auto failed = m_failed.constFind(key);
        failed != m_failed.constEnd() && m_clock.bootNow() - *failed < kRestAfterFailure)
        return {};
    LabelQuery query;
    query.label = label;
    if (!matched.isEmpty())
        query.matches = {matched};
    m_tickets[key] = m_executor.submit({m_source, query}, {Priority::Visible, AskedBy::User, kGoodFor}, this,
        [this, key](const Result<QueryResult> &answer) {
            m_tickets.erase(key);
            const auto *found = answer ? dataAs<LabelValues>(*answer) : nullptr;
            m_problem = answer ? QString() : answer.error().message;
            if (m_known.size() >= kMostLists)
                m_known.clear();
            if (m_failed.size() >= kMostLists)
                m_failed.clear();
            QStringList names;
            for (size_t i = 0; found && i < std::min(found->values.size(), kMostNames); ++i) {
                // What cannot be seen cannot be chosen knowingly.
                const QString name = verbatim(found->values[i]);
                if (!name.isEmpty() && std::none_of(name.begin(), name.end(), isControl))
                    names += name;
            }
            if (found)
                m_known.insert(key, names);
            else
                m_failed.insert(key, m_clock.bootNow());
            emit changed();
        });
    return {};
}

} // namespace bw
