// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/userfiles.h>

#include <store/documents/filewriter.h>
#include <store/documents/panelreader.h>
#include <store/documents/yamlreader.h>
#include <store/documents/yamlwriter.h>

#include <QDir>
#include <QSet>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace bw {

namespace {

constexpr int kVersion = 1;
constexpr int kHeader = 1; // of what we write

template<typename T, typename Read>
Result<LoadedFile<T>> parsed(const QByteArray &text, const QString &file, Read read)
{
    YamlReport report(file);
    const auto root = parseYaml(text, file, report.findings());
    if (!root)
        return tl::unexpected(root.error());
    if (root->kind == YamlNode::Kind::List || root->kind == YamlNode::Kind::Scalar) {
        return fail(Error::Kind::Invalid,
            u"%1:%2:%3: needs 'key: value' pairs such as 'version: 1'"_s.arg(file)
                .arg(root->line)
                .arg(root->column));
    }
    LoadedFile<T> loaded;
    YamlMap top(*root, report, QFileInfo(file).fileName());
    top.version(kVersion);
    read(top, report, loaded.value);
    top.finish();
    loaded.findings = std::move(report.findings());
    return loaded;
}

template<typename T, typename Parse>
Result<LoadedFile<T>> fromFile(const QString &directory, const QString &name, Parse parse)
{
    const QString path = QDir(directory).filePath(name);
    const auto text = readDocument(path);
    if (!text && text.error().kind == Error::Kind::NotFound)
        return LoadedFile<T>{};
    if (!text)
        return tl::unexpected(text.error());
    return parse(*text, path);
}

/// "compare: [{panel: latency, with: day}]"; without a panel: every one.
void readCompare(YamlMap &set, YamlReport &report, CompareChoices &choices)
{
    set.forEach(u"compare"_s, [&](const YamlNode &one) {
        YamlMap map(one, report, u"a comparison of a set"_s);
        const QString panel = map.text(u"panel"_s, QString(kEveryPanel));
        const QString with = map.required(u"with"_s);
        const std::optional<Compare> compare = compareNamed(with);
        if (!compare && !with.isEmpty())
            map.wrong(*one.find(u"with"), u"with"_s, u"day, week or off"_s);
        map.finish();
        if (compare)
            choices.insert(panel, *compare);
    });
}

void readSets(YamlMap &top, YamlReport &report, std::vector<SavedSet> &sets)
{
    QSet<QString> names;
    top.forEach(u"sets"_s, [&](const YamlNode &node) {
        YamlMap map(node, report, u"a set"_s);
        SavedSet set;
        set.name = map.required(u"name"_s);
        set.dashboard = map.required(u"dashboard"_s);
        if (const YamlNode *time = map.value(u"time"_s)) {
            YamlMap range(*time, report, u"time"_s);
            TimeSpec spec;
            spec.from = range.text(u"from"_s, spec.from);
            spec.to = range.text(u"to"_s, spec.to);
            range.finish();
            checkTime(spec, *time, report);
            set.time = spec;
        }
        map.forEach(u"variables"_s, [&](const YamlNode &one) {
            YamlMap variable(one, report, u"a variable of a set"_s);
            const QString name = variable.required(u"name"_s);
            const QStringList values = variable.texts(u"values"_s);
            variable.finish();
            if (!name.isEmpty())
                set.choices.insert(name, values);
        });
        readCompare(map, report, set.compare);
        map.finish();
        if (set.name.isEmpty())
            return; // said already
        if (names.contains(set.name))
            map.wrong(*node.find(u"name"), u"name"_s, u"a name that no other set has"_s);
        else if (!set.dashboard.isEmpty())
            sets.push_back(set);
        names.insert(set.name);
    });
}

std::optional<QTime> readHour(YamlMap &map, const QString &key)
{
    const QString text = map.required(key);
    const QTime time = QTime::fromString(text, u"HH:mm"_s);
    if (time.isValid())
        return time;
    if (const YamlNode *node = map.node().find(key))
        map.wrong(*node, key, u"a time such as \"22:00\""_s);
    return std::nullopt;
}

void readNotifications(const YamlNode &node, YamlReport &report, NotificationSettings &settings)
{
    YamlMap map(node, report, u"notifications"_s);
    settings.desktop = map.boolean(u"desktop"_s, settings.desktop);
    settings.sound = map.boolean(u"sound"_s, settings.sound);
    if (const YamlNode *quiet = map.value(u"quiet"_s)) {
        YamlMap hours(*quiet, report, u"quiet"_s);
        const auto from = readHour(hours, u"from"_s), to = readHour(hours, u"to"_s);
        hours.finish();
        if (from && to) {
            settings.quietFrom = from;
            settings.quietTo = to;
        }
    }
    map.finish();
}

void readRotations(YamlMap &top, YamlReport &report, DisplaySettings &display)
{
    QSet<QString> ids;
    top.forEach(u"rotations"_s, [&](const YamlNode &node) {
        YamlMap map(node, report, u"a rotation"_s);
        Rotation rotation;
        rotation.id = map.requiredId(u"id"_s);
        map.forEach(u"dashboards"_s, [&](const YamlNode &one) {
            YamlMap stop(one, report, u"a dashboard of a rotation"_s);
            RotationStop read;
            read.dashboard = stop.requiredId(u"id"_s);
            read.set = stop.text(u"set"_s);
            if (const auto dwell = stop.duration(u"dwell"_s, 5s))
                read.dwell = std::chrono::duration_cast<std::chrono::seconds>(*dwell);
            stop.finish();
            if (!read.dashboard.isEmpty())
                rotation.stops.push_back(read);
        });
        map.finish();
        if (rotation.stops.empty())
            report.error(node, u"a rotation needs 'dashboards' with at least one id"_s);
        else if (!rotation.id.isEmpty() && ids.contains(rotation.id))
            map.wrong(*node.find(u"id"), u"id"_s, u"an id that no other rotation has"_s);
        else if (!rotation.id.isEmpty())
            display.rotations.push_back(rotation);
        ids.insert(rotation.id);
    });
}

} // namespace

Result<LoadedFile<std::vector<SavedSet>>> parseSavedSets(const QByteArray &text, const QString &file)
{
    return parsed<std::vector<SavedSet>>(text, file, readSets);
}

QByteArray writeSavedSets(const std::vector<SavedSet> &sets)
{
    YamlWriter out;
    out.integer(u"version"_s, kHeader);
    if (sets.empty()) {
        out.variant(u"sets"_s, QVariantList());
        return out.take();
    }
    out.begin(u"sets"_s);
    for (const SavedSet &set : sets) {
        out.beginItem();
        out.text(u"name"_s, set.name);
        out.text(u"dashboard"_s, set.dashboard);
        if (set.time) {
            out.begin(u"time"_s);
            out.text(u"from"_s, set.time->from);
            out.text(u"to"_s, set.time->to);
            out.end();
        }
        if (!set.compare.isEmpty()) {
            out.begin(u"compare"_s);
            for (auto choice = set.compare.begin(); choice != set.compare.end(); ++choice) {
                out.beginItem();
                if (choice.key() != kEveryPanel)
                    out.text(u"panel"_s, choice.key());
                out.text(u"with"_s, nameOf(*choice));
                out.endItem();
            }
            out.end();
        }
        if (!set.choices.isEmpty()) {
            out.begin(u"variables"_s);
            for (auto choice = set.choices.begin(); choice != set.choices.end(); ++choice) {
                out.beginItem();
                out.text(u"name"_s, choice.key());
                out.texts(u"values"_s, *choice, YamlWriter::Quote::Always);
                out.endItem();
            }
            out.end();
        }
        out.endItem();
    }
    out.end();
    return out.take();
}

Result<LoadedFile<DisplaySettings>> parseDisplay(const QByteArray &text, const QString &file)
{
    return parsed<DisplaySettings>(
        text, file, [](YamlMap &top, YamlReport &report, DisplaySettings &display) {
            display.scale = top.number(u"scale"_s, display.scale, 0.5, 8);
            readRotations(top, report, display);
            if (const YamlNode *node = top.value(u"notifications"_s))
                readNotifications(*node, report, display.notifications);
        });
}

Result<LoadedFile<AliasTable>> parseAliases(const QByteArray &text, const QString &file)
{
    return parsed<AliasTable>(text, file, [](YamlMap &top, YamlReport &report, AliasTable &aliases) {
        top.forEach(u"aliases"_s, [&](const YamlNode &node) {
            YamlMap map(node, report, u"a group of aliases"_s);
            const QStringList names = map.texts(u"names"_s);
            map.finish();
            if (names.size() < 2)
                report.error(node, u"aliases need 'names' with at least two names"_s);
            else
                aliases << names;
        });
    });
}

QByteArray writeAliases(const AliasTable &aliases)
{
    YamlWriter out;
    out.integer(u"version"_s, kHeader);
    if (aliases.isEmpty()) {
        out.variant(u"aliases"_s, QVariantList());
        return out.take();
    }
    out.begin(u"aliases"_s);
    for (const QStringList &names : aliases) {
        out.beginItem();
        out.texts(u"names"_s, names, YamlWriter::Quote::Always);
        out.endItem();
    }
    out.end();
    return out.take();
}

Result<LoadedFile<std::vector<SavedSet>>> readSavedSets(const QString &directory)
{
    return fromFile<std::vector<SavedSet>>(directory, u"sets.yaml"_s, parseSavedSets);
}

Result<LoadedFile<DisplaySettings>> readDisplay(const QString &directory)
{
    return fromFile<DisplaySettings>(directory, u"display.yaml"_s, parseDisplay);
}

Result<LoadedFile<AliasTable>> readAliases(const QString &directory)
{
    return fromFile<AliasTable>(directory, u"aliases.yaml"_s, parseAliases);
}

Result<void> replaceDocument(const QString &directory, const QString &name, const QByteArray &text)
{
    const QString path = QDir(directory).filePath(name);
    if (!QDir().mkpath(directory))
        return fail(Error::Kind::Storage, u"the folder %1 cannot be made"_s.arg(directory));
    return writeWhole(path, text);
}

} // namespace bw
