// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/exportoptions.h>

#include <domain/incidents/incidentnames.h>

#include <QVariant>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

const QStringList kProfiles{u"internal"_s, u"partner"_s, u"public"_s};
const QStringList kNameStyles{u"full"_s, u"initials"_s, u"roles"_s, u"none"_s};
const QStringList kCharts{u"image"_s, u"data"_s, u"both"_s};
const QStringList kPrecisions{u"s"_s, u"ms"_s};

template<typename E>
Result<void> choose(E &into, const QStringList &allowed, const QString &name, const QString &value)
{
    const qsizetype index = allowed.indexOf(value);
    if (index < 0)
        return fail(Error::Kind::Invalid,
            u"%1 is one of %2, not \"%3\""_s.arg(
                name, allowed.join(u", "_s), render::line(Untrusted(value), 60)));
    into = E(index);
    return {};
}

Result<void> setZone(ExportOptions &options, const QString &value)
{
    const QByteArray id = value.toUtf8();
    if (value != "UTC"_L1 && !QTimeZone(id).isValid())
        return fail(Error::Kind::Invalid,
            u"there is no time zone \"%1\"; names are like Europe/Berlin"_s.arg(
                render::line(Untrusted(value), 60)));
    options.zone = id;
    return {};
}

QString textOf(const QJsonValue &value)
{
    if (!value.isArray())
        return value.toString();
    return value.toVariant().toStringList().join(u',');
}

} // namespace

EntryLevel ExportOptions::effectiveLevel() const
{
    if (profile == ExportProfile::Public)
        return EntryLevel::Public;
    return profile == ExportProfile::Partner ? std::max(level, EntryLevel::Timeline) : level;
}

NameStyle ExportOptions::effectiveNames() const
{
    if (profile == ExportProfile::Public)
        return NameStyle::None;
    return profile == ExportProfile::Partner ? std::max(names, NameStyle::Roles) : names;
}

ChartStyle ExportOptions::effectiveCharts() const
{
    return profile == ExportProfile::Internal ? charts : ChartStyle::Image;
}

TimeWriter ExportOptions::times() const { return {QTimeZone(zone), precision}; }

bool ExportOptions::takes(const QString &kind) const
{
    return kinds.isEmpty() || std::any_of(kinds.begin(), kinds.end(), [&](const QString &wanted) {
        return kind == wanted || kind.startsWith(wanted + u'.');
    });
}

QStringList exportOptionNames()
{
    return {u"zone"_s, u"precision"_s, u"level"_s, u"kinds"_s, u"names"_s, u"profile"_s, u"charts"_s};
}

QJsonObject toJson(const ExportOptions &options)
{
    const ExportOptions defaults;
    QJsonObject json;
    const auto put = [&](const char *name, bool isDefault, const QString &value) {
        if (!isDefault)
            json.insert(QLatin1StringView(name), value);
    };
    put("zone", options.zone == defaults.zone, QString::fromUtf8(options.zone));
    put("precision", options.precision == defaults.precision, kPrecisions.at(int(options.precision)));
    put("level", options.level == defaults.level, nameOf(options.level));
    put("kinds", options.kinds.isEmpty(), options.kinds.join(u','));
    put("names", options.names == defaults.names, kNameStyles.at(int(options.names)));
    put("profile", options.profile == defaults.profile, kProfiles.at(int(options.profile)));
    put("charts", options.charts == defaults.charts, kCharts.at(int(options.charts)));
    return json;
}

Result<void> setExportOption(ExportOptions &options, const QString &name, const QString &value)
{
    if (name == "zone"_L1)
        return setZone(options, value);
    if (name == "precision"_L1)
        return choose(options.precision, kPrecisions, name, value);
    if (name == "level"_L1)
        return choose(options.level, namesOf<EntryLevel>(), name, value);
    if (name == "names"_L1)
        return choose(options.names, kNameStyles, name, value);
    if (name == "profile"_L1)
        return choose(options.profile, kProfiles, name, value);
    if (name == "charts"_L1)
        return choose(options.charts, kCharts, name, value);
    if (name == "kinds"_L1) {
        options.kinds = value.split(u',', Qt::SkipEmptyParts);
        return {};
    }
    return fail(Error::Kind::Invalid, u"there is no option %1"_s.arg(render::line(Untrusted(name), 60)));
}

Result<ExportOptions> exportOptionsFrom(const QJsonObject &json)
{
    ExportOptions options;
    for (const QString &name : exportOptionNames()) {
        if (!json.contains(name))
            continue;
        if (auto set = setExportOption(options, name, textOf(json.value(name))); !set)
            return tl::unexpected(set.error());
    }
    return options;
}

} // namespace bw
