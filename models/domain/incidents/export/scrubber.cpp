// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/scrubber.h>

#include <domain/base/secrettext.h>
#include <domain/incidents/incidentnames.h>

#include <QJsonArray>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr const char *kHostLabels[] = {"instance", "exported_instance", "host", "hostname", "host_name",
    "node", "nodename", "kubernetes_node", "k8s_node_name", "server", "machine", "vm", "target",
    "device_host"};
constexpr const char *kPodLabels[] = {
    "pod", "pod_name", "kubernetes_pod_name", "k8s_pod_name", "container_id"};
constexpr const char *kClusterLabels[] = {
    "cluster", "cluster_name", "k8s_cluster_name", "kubernetes_cluster"};
constexpr const char *kIpLabels[] = {"ip", "pod_ip", "host_ip", "node_ip", "address", "client_ip"};
// Shorter names are words of any text.
constexpr qsizetype kShortestNeedle = 3;
// 253: the longest name of a host or a pod there can be. Patterns of more than about 28 K units are refused.
constexpr qsizetype kLongestNeedle = 253;
constexpr qsizetype kNeedlesOfPattern = 50;

/// A name found in a text.
struct Place
{
    qsizetype begin = 0, length = 0;
};

bool isSearched(const QString &name)
{
    return name.size() >= kShortestNeedle && name.size() <= kLongestNeedle;
}

template<size_t N> bool isOne(const QString &key, const char *const (&names)[N])
{
    return std::any_of(
        std::begin(names), std::end(names), [&](const char *name) { return key == QLatin1StringView(name); });
}

/// "db-1:9100" without its port; an IPv6 address stays whole.
QString withoutPort(const QString &name)
{
    static const QRegularExpression port(u"^([^:]+):\\d+\\z"_s),
        bracket(u"^\\[([0-9A-Fa-f:]+)\\](:\\d+)?\\z"_s);
    if (const auto match = port.match(name); match.hasMatch())
        return match.captured(1);
    if (const auto match = bracket.match(name); match.hasMatch())
        return match.captured(1);
    return name;
}

QString initials(const QString &display)
{
    QStringList letters;
    for (const QString &word : display.split(u' ', Qt::SkipEmptyParts))
        letters << word.left(word.front().isHighSurrogate() ? 2 : 1).toUpper() + u'.';
    return letters.join(u' ');
}

const QRegularExpression &webAddress()
{
    static const QRegularExpression pattern(
        u"\\b[a-z][a-z0-9+.-]*://[^\\s<>\"'`)\\]]+"_s, QRegularExpression::CaseInsensitiveOption);
    return pattern;
}

const QRegularExpression &mailAddress()
{
    static const QRegularExpression pattern(u"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+"_s);
    return pattern;
}

/// Groups: 1 IPv4, 2 IPv6, 3 pod, 4 host.
const QRegularExpression &machineName()
{
    static const QRegularExpression pattern(
        u"(?<![\\w.])(?:(\\d{1,3}(?:\\.\\d{1,3}){3})(?![\\w.]*\\d)"
        u"|((?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|(?:[0-9a-fA-F]{1,4}:){1,6}:(?:[0-9a-fA-F]{1,4}(?::[0-9a-"
        u"fA-F]{1,4}){0,5})?"
        u"|::(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6}))(?![\\w:])"
        u"|([a-z0-9](?:[a-z0-9-]*[a-z0-9])?-[0-9a-f]{7,10}-[a-z0-9]{5})(?![\\w-])"
        u"|((?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\\.){2,}[A-Za-z]{2,}"
        u"|(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\\.)+(?:local|internal|lan|corp|intra|svc|home|priv))(?![\\w-]))"_s);
    return pattern;
}

/// A copy with every match replaced by what `replacement` gives.
template<typename F>
QString replaced(const QString &text, const QRegularExpression &pattern, const F &replacement)
{
    QString out;
    qsizetype at = 0;
    for (auto matches = pattern.globalMatch(text); matches.hasNext();) {
        const QRegularExpressionMatch match = matches.next();
        out += QStringView(text).mid(at, match.capturedStart() - at);
        out += replacement(match);
        at = match.capturedEnd();
    }
    return at == 0 ? text : out + text.mid(at);
}

} // namespace

QString personKey(const Actor &actor)
{
    return actor.type == Actor::Type::Import ? actor.id + u'/' + verbatim(actor.display) : actor.id;
}

Scrubber::Scrubber(const IncidentRecord &record, const ExportOptions &options)
    : m_profile(options.profile)
    , m_style(options.effectiveNames())
{
    learnPeople(record);
    if (m_profile != ExportProfile::Internal)
        learnMachines(record);
    buildPatterns();
}

void Scrubber::learnPeople(const IncidentRecord &record)
{
    const auto learn = [this](const QString &id, const QString &display) {
        const bool isKnown = std::any_of(
            m_people.begin(), m_people.end(), [&](const Identity &known) { return known.id == id; });
        if (!id.isEmpty() && !isKnown)
            m_people.push_back({id, display.isEmpty() ? id : display, {}});
    };
    for (const Participant &one : record.incident.people)
        learn(one.person.id, verbatim(one.person.display));
    for (const CuratedEntry &one : record.entries) {
        if (one.entry.actor.type != Actor::Type::System)
            learn(personKey(one.entry.actor), verbatim(one.entry.actor.display));
    }
    for (const RoleAssignment &one : record.incident.roles)
        learn(one.person, {});
    for (const Task &task : record.incident.tasks)
        learn(task.owner, {});
    for (Identity &identity : m_people) {
        const auto role = std::find_if(record.incident.roles.begin(), record.incident.roles.end(),
            [&](const RoleAssignment &one) { return one.person == identity.id; });
        identity.role = role == record.incident.roles.end() ? u"participant"_s : nameOf(role->role);
        identity.role.replace(u'_', u' ');
        m_names[identity.id] = styled(identity);
    }
    if (m_style == NameStyle::Full)
        return;
    for (const Identity &identity : m_people) {
        learnNeedle(identity.display, m_names[identity.id]);
        learnNeedle(identity.id, m_names[identity.id]);
        learnNeedle(identity.display.section(u' ', 0, 0), m_names[identity.id]);
    }
    for (const Participant &one : record.incident.people) {
        learnNeedle(one.person.handle, m_names[one.person.id]);
        learnNeedle(one.person.contact, m_names[one.person.id]);
    }
}

void Scrubber::learnNeedle(const QString &raw, const QString &replacement)
{
    const QString needle = wellFormed(raw);
    if (isSearched(needle) && !m_peopleTexts.contains(needle))
        m_peopleTexts[needle] = replacement.isEmpty() ? u"somebody"_s : replacement;
}

QString Scrubber::styled(const Identity &identity)
{
    switch (m_style) {
    case NameStyle::Full:
        return identity.display;
    case NameStyle::Initials:
        return initials(identity.display);
    case NameStyle::Roles: {
        const int number = ++m_roleNumbers[identity.role];
        return number == 1 ? identity.role : identity.role + u' ' + QString::number(number);
    }
    case NameStyle::None:
        return {};
    }
    return {};
}

void Scrubber::learnLabels(const QJsonObject &labels)
{
    for (auto it = labels.begin(); it != labels.end(); ++it) {
        const QString name = withoutPort(wellFormed(it->toString()));
        if (!isSearched(name))
            continue;
        const QString key = it.key().toLower();
        if (isOne(key, kPodLabels))
            m_machines.insert(name, Machine::Pod);
        else if (isOne(key, kClusterLabels))
            m_machines.insert(name, Machine::Cluster);
        else if (isOne(key, kIpLabels))
            m_machines.insert(name, Machine::Ip);
        else if (isOne(key, kHostLabels))
            m_machines.insert(
                name, machineName().match(name).captured(1).isEmpty() ? Machine::Host : Machine::Ip);
    }
}

void Scrubber::learnMachines(const IncidentRecord &record)
{
    for (const LinkedAlert &alert : record.incident.alerts)
        learnLabels(alert.labels);
    for (const CuratedEntry &entry : record.entries) {
        learnLabels(entry.entry.data);
        learnLabels(entry.entry.data.value("labels"_L1).toObject());
        for (const QJsonValue alert : entry.entry.data.value("alerts"_L1).toArray())
            learnLabels(alert.toObject().value("labels"_L1).toObject());
    }
    for (const Snapshot &snapshot : record.incident.snapshots)
        learnLabels(snapshot.variables);
    for (const auto &[id, data] : record.data) {
        for (const Series &series : data.series) {
            QJsonObject labels;
            for (const auto &[name, value] : series.labels.pairs())
                labels.insert(verbatim(name), verbatim(value));
            learnLabels(labels);
        }
    }
}

void Scrubber::buildPatterns()
{
    QStringList needles = m_peopleTexts.keys() + m_machines.keys();
    m_searches = !needles.isEmpty();
    // The longest first, so that a part of a name does not hide the whole.
    std::sort(needles.begin(), needles.end(), [](const QString &a, const QString &b) {
        return a.size() != b.size() ? a.size() > b.size() : a < b;
    });
    for (qsizetype at = 0; at < needles.size(); at += kNeedlesOfPattern) {
        QStringList some;
        for (const QString &needle : needles.mid(at, kNeedlesOfPattern))
            some << QRegularExpression::escape(needle);
        QRegularExpression &known =
            m_known.emplace_back(u"(?<![\\p{L}\\p{N}_])(?:"_s + some.join(u'|') + u")(?![\\p{L}\\p{N}_])"_s,
                QRegularExpression::UseUnicodePropertiesOption);
        known.optimize();
    }
}

QString Scrubber::standIn(Machine kind, const QString &name)
{
    static const QStringList words{u"host"_s, u"ip"_s, u"pod"_s, u"cluster"_s};
    const QString word = words.at(int(kind));
    count(u"hosts, pods, clusters and IP addresses"_s);
    if (m_profile == ExportProfile::Public)
        return u'[' + word + u']';
    QString &known = m_standIns[name];
    if (known.isEmpty())
        known = word + u'-' + QString::number(++m_numbers[size_t(kind)]);
    return known;
}

QString Scrubber::withoutKnown(const QString &text)
{
    std::vector<Place> places;
    for (const QRegularExpression &known : m_known) {
        if (!known.isValid()) { // what cannot be searched is not shown
            count(u"texts that could not be searched"_s);
            return u"[removed]"_s;
        }
        for (auto matches = known.globalMatch(text); matches.hasNext();) {
            const QRegularExpressionMatch match = matches.next();
            places.push_back({match.capturedStart(), match.capturedLength()});
        }
    }
    // The first, and of those at one place the longest.
    std::sort(places.begin(), places.end(), [](const Place &a, const Place &b) {
        return a.begin != b.begin ? a.begin < b.begin : a.length > b.length;
    });
    QString out;
    qsizetype at = 0;
    for (const Place &place : places) {
        if (place.begin < at)
            continue;
        out += QStringView(text).mid(at, place.begin - at);
        out += insteadOf(text.mid(place.begin, place.length));
        at = place.begin + place.length;
    }
    return at == 0 ? text : out + text.mid(at);
}

/// What stands for a learned name.
QString Scrubber::insteadOf(const QString &name)
{
    if (const auto machine = m_machines.constFind(name); machine != m_machines.constEnd())
        return standIn(*machine, name);
    count(u"names of people"_s);
    return m_peopleTexts.value(name);
}

QString Scrubber::withoutPatterns(const QString &text)
{
    return replaced(text, machineName(), [this](const QRegularExpressionMatch &match) {
        const bool isIp = match.capturedLength(1) > 0 || match.capturedLength(2) > 0;
        return standIn(isIp                   ? Machine::Ip
                : match.capturedLength(3) > 0 ? Machine::Pod
                                              : Machine::Host,
            match.captured());
    });
}

QString Scrubber::withoutAddresses(QString text)
{
    text = replaced(text, webAddress(), [this](const QRegularExpressionMatch &) {
        count(u"addresses"_s);
        return u"[address removed]"_s;
    });
    return replaced(text, mailAddress(), [this](const QRegularExpressionMatch &) {
        count(u"addresses"_s);
        return u"[mail address removed]"_s;
    });
}

QString Scrubber::text(const QString &text)
{
    if (text.isEmpty())
        return text;
    int secrets = 0;
    QString out = withoutSecrets(text, secrets);
    if (secrets > 0)
        count(u"secrets"_s, secrets);
    if (m_profile != ExportProfile::Internal)
        out = withoutAddresses(out);
    if (m_searches)
        out = withoutKnown(out);
    return m_profile == ExportProfile::Internal ? out : withoutPatterns(out);
}

Untrusted Scrubber::text(const Untrusted &text) { return Untrusted(this->text(verbatim(text))); }

QStringList Scrubber::texts(const QStringList &texts)
{
    QStringList out;
    for (const QString &one : texts)
        out << text(one);
    return out;
}

QJsonValue Scrubber::value(const QJsonValue &value, const QStringList &dropped)
{
    if (value.isString())
        return text(value.toString());
    if (value.isObject())
        return object(value.toObject(), dropped);
    if (!value.isArray())
        return value;
    QJsonArray out;
    for (const QJsonValue one : value.toArray())
        out.append(this->value(one, dropped));
    return out;
}

QString Scrubber::withheld()
{
    count(u"secrets"_s);
    return u"[secret removed]"_s;
}

QJsonObject Scrubber::object(const QJsonObject &object, const QStringList &dropped)
{
    QJsonObject out;
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (dropped.contains(it.key()))
            count(u"addresses"_s);
        else if (it->isString() && !it->toString().isEmpty() && isCredentialName(it.key()))
            out.insert(it.key(), withheld());
        else
            out.insert(it.key(), value(*it, dropped));
    }
    return out;
}

QString Scrubber::person(const QString &id)
{
    if (id.isEmpty())
        return {};
    const auto known = m_names.constFind(id);
    if (known != m_names.constEnd()) {
        if (m_style != NameStyle::Full)
            count(u"names of people"_s);
        return *known;
    }
    if (m_style == NameStyle::Full)
        return text(id);
    count(u"names of people"_s);
    return m_style == NameStyle::None ? QString() : u"somebody"_s;
}

void Scrubber::count(const QString &what, int by) { m_removed[what] += by; }

std::vector<std::pair<QString, int>> Scrubber::removed() const
{
    return {m_removed.begin(), m_removed.end()};
}

} // namespace bw
