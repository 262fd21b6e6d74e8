// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/handover.h>

#include <domain/incidents/export/regionblocks.h>
#include <domain/incidents/incidentnames.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

using Row = std::vector<Spans>;

Spans cell(const QString &text) { return {plain(text)}; }
Spans cell(const Untrusted &text) { return {plain(text)}; }

void addTable(std::vector<Block> &blocks, const QString &title, const std::vector<QString> &header,
    std::vector<Row> rows, const QString &none)
{
    blocks.push_back(heading(2, title));
    if (rows.empty())
        blocks.push_back(paragraph({plain(none)}));
    else
        blocks.push_back(table(header, std::move(rows)));
}

std::vector<Row> running(std::span<const Incident> incidents, Timestamp now, const TimeWriter &times)
{
    std::vector<Row> rows;
    for (const Incident &one : incidents) {
        if (one.isOver() || one.phase == Phase::InReview)
            continue;
        std::optional<Timestamp> due;
        for (const StatusUpdate &update : one.updates) {
            if (update.nextDue)
                due = update.nextDue;
        }
        rows.push_back(
            {cell(one.key), cell(one.severity), cell(one.title), cell(nameOf(one.phase).replace(u'_', u' ')),
                cell(one.commander.isEmpty() ? u"nobody"_s : one.commander),
                cell(spentText(now - one.declaredAt)), cell(due ? times.local(*due) : u"none named"_s)});
    }
    return rows;
}

std::vector<Row> overdue(std::span<const Incident> incidents, Timestamp now, const TimeWriter &times)
{
    std::vector<std::pair<Timestamp, Row>> dated;
    for (const Incident &one : incidents) {
        for (const Task &task : one.tasks) {
            if (task.isOpen() && task.due && *task.due <= now)
                dated.emplace_back(*task.due,
                    Row{cell(one.key), cell(task.text), cell(task.owner.isEmpty() ? u"nobody"_s : task.owner),
                        cell(times.local(*task.due)), cell(spentText(now - *task.due))});
        }
    }
    std::stable_sort(
        dated.begin(), dated.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    std::vector<Row> rows;
    for (auto &[due, row] : dated)
        rows.push_back(std::move(row));
    return rows;
}

std::vector<Row> openChanges(std::span<const Incident> incidents, const TimeWriter &times)
{
    std::vector<Row> rows;
    for (const Incident &one : incidents) {
        for (const OpenChange &change : one.openChanges)
            rows.push_back({cell(one.key), cell(change.title), cell(change.by), cell(times.local(change.at)),
                cell(change.undo.isEmpty() ? u"none known"_s : change.undo)});
    }
    return rows;
}

std::vector<Row> unaccepted(std::span<const Incident> incidents, const TimeWriter &times)
{
    std::vector<Row> rows;
    for (const Incident &one : incidents) {
        for (const Handover &offer : one.handovers) {
            if (!offer.acceptedAt)
                rows.push_back({cell(one.key), cell(offer.scope), cell(offer.from), cell(offer.to),
                    cell(times.local(offer.at))});
        }
        for (const RoleOffer &offer : one.roleOffers)
            rows.push_back({cell(one.key), cell(nameOf(offer.role)), cell(offer.by), cell(offer.person),
                cell(times.local(offer.at))});
    }
    return rows;
}

} // namespace

std::vector<Block> handoverBlocks(std::span<const Incident> incidents, Timestamp now, const TimeWriter &times)
{
    std::vector<Block> blocks{heading(1, u"Shift hand-over"_s),
        paragraph({plain(u"As of "_s + times.local(now)
            + (times.isUtc() ? QString() : u" ("_s + times.utc(now) + u" UTC)"_s))})};
    addTable(blocks, u"Running incidents"_s,
        {u"Incident"_s, u"Severity"_s, u"Title"_s, u"State"_s, u"Commander"_s, u"Since"_s,
            u"Next update due"_s},
        running(incidents, now, times), u"None."_s);
    addTable(blocks, u"Overdue tasks and follow-ups"_s,
        {u"Incident"_s, u"Task"_s, u"Owner"_s, u"Due"_s, u"Late by"_s}, overdue(incidents, now, times),
        u"None."_s);
    addTable(blocks, u"Changes still in place"_s, {u"Incident"_s, u"Change"_s, u"By"_s, u"At"_s, u"Undo"_s},
        openChanges(incidents, times), u"None."_s);
    addTable(blocks, u"Offered and not accepted"_s, {u"Incident"_s, u"What"_s, u"From"_s, u"To"_s, u"At"_s},
        unaccepted(incidents, times), u"None."_s);
    blocks.push_back(paragraph({plain(
        u"Alerts and silences are not part of this: no source was asked. 'bridgewatch alerts' lists them."_s)}));
    return blocks;
}

} // namespace bw
