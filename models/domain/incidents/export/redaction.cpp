// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/redaction.h>

#include <domain/incidents/export/scrubber.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Takes one record through a profile.
class Redactor
{
public:
    Redactor(const IncidentRecord &record, const ExportOptions &options)
        : m_in(record)
        , m_options(options)
        , m_scrub(record, options)
        , m_isPartner(options.profile == ExportProfile::Partner)
        , m_isPublic(options.profile == ExportProfile::Public)
    {
    }

    RedactedRecord run()
    {
        RedactedRecord out{m_in, m_options, recordDate(m_in), {}};
        out.record.entries.clear();
        for (const CuratedEntry &entry : m_in.entries)
            addEntry(out.record.entries, entry);
        Incident &incident = out.record.incident;
        head(incident);
        people(incident);
        alerts(incident);
        work(incident);
        updates(incident);
        evidence(out.record);
        out.removed = m_scrub.removed();
        return out;
    }

private:
    bool isInternal() const { return !m_isPartner && !m_isPublic; }

    bool allows(const CuratedEntry &entry)
    {
        const QString &kind = entry.entry.kind;
        if (entry.isHidden() || !m_options.takes(kind))
            return false;
        if (entry.level < m_options.effectiveLevel()) {
            // What the options leave out is a choice; what the profile does is a removal.
            if (entry.level >= m_options.level)
                m_scrub.count(u"entries not marked for this profile"_s);
            return false;
        }
        if (m_isPartner && kind.startsWith("hypothesis."_L1) && kind != "hypothesis.confirmed"_L1) {
            m_scrub.count(u"hypotheses"_s);
            return false;
        }
        return true;
    }

    void addEntry(std::vector<CuratedEntry> &out, const CuratedEntry &in)
    {
        if (!allows(in))
            return;
        CuratedEntry one = in;
        TimelineEntry &entry = one.entry;
        entry.title = m_scrub.text(entry.title);
        entry.body = m_scrub.text(entry.body);
        one.reason = m_scrub.text(one.reason);
        const bool isSystem = entry.actor.type == Actor::Type::System;
        entry.actor.display =
            isSystem ? m_scrub.text(entry.actor.display) : Untrusted(m_scrub.person(personKey(entry.actor)));
        if (m_options.effectiveNames() != NameStyle::Full && !isSystem)
            entry.actor.id.clear();
        entryData(entry);
        if (!isInternal()) {
            entry.recorded.boot.clear();
            entry.recorded.mono = Nanoseconds(0);
            if (const auto urls = std::erase_if(
                    entry.refs, [](const EntryRef &ref) { return ref.kind == EntryRef::Kind::Url; }))
                m_scrub.count(u"addresses"_s, int(urls));
        }
        for (EntryRef &ref : entry.refs)
            ref.target = m_scrub.text(ref.target);
        out.push_back(std::move(one));
    }

    void entryData(TimelineEntry &entry)
    {
        const bool isRun = entry.kind.startsWith("run."_L1) || entry.kind.startsWith("runbook."_L1);
        if (m_isPublic) {
            entry.data = {};
        } else if (m_isPartner && isRun) {
            QJsonObject kept;
            for (const QString &key : {u"exit"_s, u"risk"_s, u"duration_ms"_s, u"outcome"_s}) {
                if (entry.data.contains(key))
                    kept.insert(key, m_scrub.object(entry.data).value(key));
            }
            m_scrub.count(u"commands and outputs of runs"_s);
            entry.data = kept;
        } else {
            entry.data = m_scrub.object(entry.data, isInternal() ? QStringList() : addressKeys());
        }
        if (!isInternal() && isRun)
            entry.body = {};
    }

    static QStringList addressKeys()
    {
        return {u"source_url"_s, u"generator_url"_s, u"tracker_url"_s, u"url"_s, u"contact"_s, u"handle"_s,
            u"datasource"_s};
    }

    void scrub(Untrusted &text) { text = m_scrub.text(text); }
    void scrub(QString &text) { text = m_scrub.text(text); }
    void scrub(QStringList &texts) { texts = m_scrub.texts(texts); }
    void name(QString &person) { person = m_scrub.person(person); }
    /// Takes a text away in a public document.
    template<typename T> void hide(T &value, const QString &what)
    {
        if (!m_isPublic || value.isEmpty())
            return;
        m_scrub.count(what);
        value = {};
    }
    template<typename T> void drop(std::vector<T> &all, const QString &what)
    {
        if (!all.empty())
            m_scrub.count(what, int(all.size()));
        all.clear();
    }

    void scrubMap(std::map<QString, QString> &map)
    {
        for (auto &[key, value] : map)
            scrub(value);
        if (!isInternal() && !map.empty()) {
            m_scrub.count(u"tags and fields of one's own"_s, int(map.size()));
            map.clear();
        }
    }

    void head(Incident &incident)
    {
        hide(incident.summary, u"summary"_s);
        hide(incident.services, u"services"_s);
        scrub(incident.title);
        scrub(incident.summary);
        scrub(incident.statusLabel);
        scrub(incident.priority);
        scrub(incident.services);
        scrub(incident.environments);
        scrub(incident.regions);
        scrubMap(incident.tags);
        scrubMap(incident.custom);
        if (incident.frozen) {
            name(incident.frozen->by);
            scrub(incident.frozen->reason);
        }
        for (auto &[which, milestone] : incident.milestones)
            scrub(milestone.note);
        for (ImpactInterval &impact : incident.impact) {
            scrub(impact.scope);
            scrub(impact.customers);
            scrub(impact.regions);
            impact.metric = m_isPublic
                ? QJsonObject()
                : m_scrub.object(impact.metric, isInternal() ? QStringList() : addressKeys());
            impact.budget = m_isPublic ? QJsonObject() : m_scrub.object(impact.budget);
        }
        postmortem(incident.postmortem);
    }

    void postmortem(Postmortem &postmortem)
    {
        name(postmortem.owner);
        postmortem.sections = m_isPublic ? QJsonObject() : m_scrub.object(postmortem.sections);
        for (QStringList *list : {&postmortem.contributingFactors, &postmortem.wentWell,
                 &postmortem.wentBadly, &postmortem.lucky, &postmortem.audienceVersions}) {
            hide(*list, u"findings of the review"_s);
            scrub(*list);
        }
        scrub(postmortem.waivedReason);
        postmortem.file = isInternal() ? postmortem.file : QString();
    }

    void people(Incident &incident)
    {
        name(incident.commander);
        name(incident.createdBy);
        for (Participant &one : incident.people) {
            const QString shown = m_scrub.person(one.person.id);
            if (m_options.effectiveNames() != NameStyle::Full)
                one.person = {};
            one.person.display = Untrusted(shown);
        }
        for (RoleAssignment &one : incident.roles) {
            name(one.person);
            name(one.assignedBy);
            scrub(one.service);
        }
        for (RoleOffer &one : incident.roleOffers) {
            name(one.person);
            name(one.by);
            scrub(one.service);
        }
        if (m_isPublic) {
            drop(incident.people, u"names of people"_s);
            incident.roles.clear();
            incident.roleOffers.clear();
        }
    }

    void alerts(Incident &incident)
    {
        if (m_isPublic)
            drop(incident.alerts, u"alerts"_s);
        for (LinkedAlert &one : incident.alerts) {
            scrub(one.source);
            one.labels = m_scrub.object(one.labels);
            one.annotations = m_scrub.object(one.annotations);
            address(one.generatorUrl);
        }
    }

    void address(Untrusted &url)
    {
        if (isInternal()) {
            scrub(url);
        } else if (!url.isEmpty()) {
            m_scrub.count(u"addresses"_s);
            url = {};
        }
    }

    void work(Incident &incident)
    {
        if (m_isPublic) {
            drop(incident.tasks, u"tasks"_s);
            drop(incident.decisions, u"decisions"_s);
            drop(incident.hypotheses, u"hypotheses"_s);
            drop(incident.openChanges, u"changes"_s);
        }
        if (!isInternal())
            drop(incident.handovers, u"hand-overs"_s);
        if (m_isPartner) {
            if (const auto gone = std::erase_if(incident.hypotheses,
                    [](const Hypothesis &one) { return one.state != Hypothesis::State::Confirmed; }))
                m_scrub.count(u"hypotheses"_s, int(gone));
        }
        for (Task &one : incident.tasks) {
            scrub(one.text);
            scrub(one.result);
            name(one.owner);
            name(one.createdBy);
            address(one.trackerUrl);
        }
        for (Hypothesis &one : incident.hypotheses) {
            scrub(one.text);
            scrub(one.why);
            name(one.by);
        }
        for (Decision &one : incident.decisions) {
            scrub(one.text);
            scrub(one.options);
            scrub(one.objections);
            name(one.owner);
            for (Decision::Answer &answer : one.answers) {
                name(answer.person);
                scrub(answer.answer);
            }
        }
        for (OpenChange &one : incident.openChanges) {
            scrub(one.title);
            one.undo = m_scrub.text(one.undo);
            if (!isInternal() && !one.undo.isEmpty()) {
                m_scrub.count(u"commands and outputs of runs"_s);
                one.undo.clear();
            }
            name(one.by);
        }
        for (Handover &one : incident.handovers) {
            name(one.from);
            name(one.to);
            scrub(one.text);
            one.generated = m_scrub.object(one.generated);
        }
    }

    void updates(Incident &incident)
    {
        using S = StatusUpdate;
        if (!isInternal()) {
            const auto isKept = [this](const S &one) {
                return one.state == S::State::Sent && (m_isPartner || one.audience == S::Audience::Public);
            };
            if (const auto gone = std::erase_if(incident.updates, [&](const S &one) { return !isKept(one); }))
                m_scrub.count(u"updates"_s, int(gone));
        }
        for (S &one : incident.updates) {
            for (Untrusted *text : {&one.text, &one.conditions, &one.actions, &one.needs})
                scrub(*text);
            name(one.author);
            name(one.approvedBy);
            one.sentTo = isInternal() ? m_scrub.texts(one.sentTo) : QStringList();
        }
    }

    /// Snapshots that public entries show; everybody else sees all of them.
    bool isShown(const IncidentRecord &record, const Snapshot &snapshot) const
    {
        return !m_isPublic
            || std::any_of(record.entries.begin(), record.entries.end(), [&](const CuratedEntry &entry) {
                   return entry.entry.id == snapshot.entry || entry.root == snapshot.entry;
               });
    }

    void evidence(IncidentRecord &record)
    {
        std::vector<Snapshot> kept;
        for (Snapshot one : record.incident.snapshots) {
            if (!isShown(record, one)) {
                m_scrub.count(u"evidence"_s);
                record.data.erase(one.id);
                continue;
            }
            scrub(one.title);
            hide(one.query, u"queries"_s);
            scrub(one.query);
            address(one.sourceUrl);
            one.variables = m_isPublic ? QJsonObject() : m_scrub.object(one.variables);
            if (!isInternal())
                one.datasource.clear();
            kept.push_back(std::move(one));
        }
        record.incident.snapshots = std::move(kept);
        for (auto &[id, data] : record.data)
            snapshotData(data);
    }

    void snapshotData(SnapshotData &data)
    {
        hide(data.text, u"log lines"_s);
        scrub(data.text);
        // Nobody can take a name out of a picture.
        if (!isInternal() && !data.image.isEmpty()) {
            m_scrub.count(u"pictures"_s);
            data.image.clear();
        }
        if (isInternal() && m_options.effectiveNames() == NameStyle::Full)
            return;
        for (Series &series : data.series) {
            std::vector<std::pair<Untrusted, Untrusted>> labels;
            for (const auto &[label, value] : series.labels.pairs()) {
                if (!m_isPublic)
                    labels.emplace_back(label, m_scrub.text(value));
            }
            series.labels = Labels::fromPairs(std::move(labels));
        }
    }

    const IncidentRecord &m_in;
    const ExportOptions &m_options;
    Scrubber m_scrub;
    bool m_isPartner, m_isPublic;
};

} // namespace

RedactedRecord redact(const IncidentRecord &record, const ExportOptions &options)
{
    return Redactor(record, options).run();
}

} // namespace bw
