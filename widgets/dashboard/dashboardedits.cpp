// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/dashboardedits.h>

#include <QUndoCommand>

namespace bw {

namespace {
// 200 steps of a large dashboard are some ten MB; nobody goes back further.
constexpr int kMostSteps = 200;
constexpr int kRunId = 1;
} // namespace

class DashboardEdits::Step final : public QUndoCommand
{
public:
    Step(DashboardEdits &edits, Dashboard after, const QString &text, QString selected, QString run)
        : QUndoCommand(text)
        , m_edits(edits)
        , m_before(edits.m_now)
        , m_after(std::move(after))
        , m_selectedBefore(edits.m_selected)
        , m_selectedAfter(std::move(selected))
        , m_run(std::move(run))
    {
    }
    void undo() override { m_edits.take(m_before, m_selectedBefore); }
    void redo() override { m_edits.take(m_after, m_selectedAfter); }
    int id() const override { return m_run.isEmpty() ? -1 : kRunId; }
    bool mergeWith(const QUndoCommand *next) override
    {
        const auto *other = static_cast<const Step *>(next);
        if (other->m_run != m_run)
            return false;
        m_after = other->m_after;
        m_selectedAfter = other->m_selectedAfter;
        setObsolete(isSameContent(m_before, m_after));
        return true;
    }

private:
    DashboardEdits &m_edits;
    Dashboard m_before, m_after;
    QString m_selectedBefore, m_selectedAfter, m_run;
};

DashboardEdits::DashboardEdits(Dashboard dashboard, QObject *parent)
    : QObject(parent)
    , m_base(dashboard)
    , m_now(std::move(dashboard))
{
    m_steps.setUndoLimit(kMostSteps);
    connect(&m_steps, &QUndoStack::indexChanged, this, &DashboardEdits::changed);
}

bool DashboardEdits::isDirty() const { return !isSameContent(m_base, m_now); }

void DashboardEdits::select(const QString &panelId)
{
    if (m_selected == panelId)
        return;
    m_selected = panelId;
    emit selectionChanged();
}

void DashboardEdits::change(Dashboard after, const QString &text, const QString &selected, const QString &run)
{
    if (!isSameContent(after, m_now))
        m_steps.push(new Step(*this, std::move(after), text, selected, run));
    else
        select(selected);
}

void DashboardEdits::setSaved(const Dashboard &saved, const Dashboard &written)
{
    // Until an edit follows, what is shown and what the file holds are one value.
    if (isSameContent(m_now, written)) {
        m_now = saved;
    } else {
        m_now.id = saved.id;
        m_now.origin = saved.origin;
    }
    m_base = saved;
    emit changed();
}

void DashboardEdits::take(const Dashboard &dashboard, const QString &selected)
{
    // Where the dashboard lives is none of the steps.
    const QString id = m_base.id, origin = m_base.origin;
    m_now = dashboard;
    m_now.id = id;
    m_now.origin = origin;
    select(selected);
}

} // namespace bw
