// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/format.h>
#include <domain/incidents/compose.h>
#include <domain/incidents/entrytext.h>
#include <domain/incidents/incidentnames.h>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr int kLastEntries = 3;

QString words(QString name) { return name.replace(u'_', u' '); }

QString phaseWords(const Incident &incident)
{
    const QString phase = words(nameOf(incident.phase));
    return incident.stage ? phase + u", "_s + words(nameOf(*incident.stage)) : phase;
}

QString impactText(const Incident &incident)
{
    QStringList open;
    for (const ImpactInterval &one : incident.impact) {
        if (!one.to)
            open += render::line(one.scope, 200);
    }
    return open.join(u"; "_s);
}

/// The newest that matter to everybody, oldest first.
QStringList lastKeyLines(const std::vector<CuratedEntry> &entries)
{
    QStringList lines;
    for (auto at = entries.rbegin(); at != entries.rend() && lines.size() < kLastEntries; ++at) {
        const bool isOurs = at->entry.kind.startsWith(u"update.") || at->entry.kind == u"incident.declared";
        if (!at->isHidden() && at->level >= EntryLevel::Key && !isOurs)
            lines.prepend(entryLine(at->entry, 160));
    }
    return lines;
}

} // namespace

UpdateForm proposedUpdate(const Incident &incident, const std::vector<CuratedEntry> &entries,
    StatusUpdate::Audience audience, const SeverityScale &scale)
{
    UpdateForm form;
    form.audience = audience;
    const QString impact = impactText(incident);
    if (audience == StatusUpdate::Audience::Public) {
        form.conditions = impact.isEmpty()
            ? u"We are looking into a problem with %1."_s.arg(
                incident.services.isEmpty() ? u"our service"_s : incident.services.join(u", "_s))
            : impact;
        form.actions = incident.phase == Phase::Monitoring ? u"A fix is in place; we are watching it."_s
            : incident.phase == Phase::Resolved            ? u"The problem is solved."_s
                                                           : u"Our engineers are working on it."_s;
        return form;
    }
    const SeverityLevel *level = scale.find(incident.severity);
    const QString severity = level ? u"%1 (%2)"_s.arg(level->name, level->word) : incident.severity;
    QStringList conditions{u"%1, %2."_s.arg(severity, phaseWords(incident))};
    if (!impact.isEmpty())
        conditions += u"Impact: %1."_s.arg(impact);
    else if (!incident.services.isEmpty())
        conditions += u"Affected: %1."_s.arg(incident.services.join(u", "_s));
    const QStringList last = lastKeyLines(entries);
    if (!last.isEmpty())
        conditions += u"Last: %1."_s.arg(last.join(u"; "_s));
    form.conditions = conditions.join(u' ');
    QStringList actions, needs;
    for (const Task &task : incident.tasks) {
        if (!task.isOpen() || task.purpose != Task::Purpose::Response)
            continue;
        const QString text = render::line(task.text, 160);
        if (task.owner.isEmpty())
            needs += u"somebody for: %1"_s.arg(text);
        else
            actions += u"%1 (%2)"_s.arg(text, task.owner);
    }
    for (const Hypothesis &one : incident.hypotheses) {
        if (one.state == Hypothesis::State::Testing || one.state == Hypothesis::State::Supported)
            actions += u"checking whether %1"_s.arg(render::line(one.text, 160));
    }
    for (const Role role : missingRoles(incident, scale))
        needs += u"somebody as %1"_s.arg(roleLabel(role));
    form.actions = actions.join(u"; "_s);
    form.needs = needs.join(u"; "_s);
    return form;
}

QString updateText(
    const Incident &incident, const UpdateForm &form, const QString &severityWord, Timestamp now)
{
    QStringList lines;
    if (form.audience == StatusUpdate::Audience::Public)
        lines += u"%1 UTC"_s.arg(toDateTime(now).toString(u"yyyy-MM-dd HH:mm"_s));
    else
        lines += u"%1 · %2 %3 · %4 · %5 UTC"_s.arg(incident.key, incident.severity, severityWord,
            render::line(incident.title, 200), toDateTime(now).toString(u"yyyy-MM-dd HH:mm"_s));
    const bool isPublic = form.audience == StatusUpdate::Audience::Public;
    const auto add = [&](const QString &name, const QString &text) {
        if (!text.trimmed().isEmpty())
            lines += isPublic ? text.trimmed() : name + u": "_s + text.trimmed();
    };
    add(u"Conditions"_s, form.conditions);
    add(u"Actions"_s, form.actions);
    add(u"Needs"_s, form.needs);
    if (form.nextDue)
        lines += u"Next update by %1 UTC."_s.arg(toDateTime(*form.nextDue).toString(u"HH:mm"_s));
    return lines.join(u'\n');
}

TimelineEntry updateEntry(const QString &kind, const UpdateForm &form, const QString &id)
{
    QJsonObject data{{u"audience"_s, nameOf(form.audience)},
        {u"form"_s,
            QJsonObject{
                {u"conditions"_s, form.conditions}, {u"actions"_s, form.actions}, {u"needs"_s, form.needs}}}};
    if (!id.isEmpty())
        data[u"update"_s] = id;
    if (form.nextDue)
        data[u"next_due"_s] = isoUtc(*form.nextDue);
    TimelineEntry made =
        compose::entry(u"update."_s + kind, form.conditions.isEmpty() ? form.actions : form.conditions, data);
    if (form.audience == StatusUpdate::Audience::Public && kind == u"sent")
        made.level = EntryLevel::Public;
    return made;
}

} // namespace bw
