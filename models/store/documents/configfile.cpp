// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/configfile.h>

#include <store/documents/sourcereader.h>

#include <QDir>
#include <QTimeZone>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr int kVersion = 1;

QString zone(YamlMap &map, const QString &key, const QString &fallback)
{
    const QString name = map.text(key, fallback);
    if (name == "system"_L1 || name == "UTC"_L1 || QTimeZone::isTimeZoneIdAvailable(name.toUtf8()))
        return name;
    map.wrong(*map.node().find(key), key, u"system, UTC, or a name such as Europe/Paris"_s);
    return fallback;
}

void readSettings(YamlMap &top, YamlReport &report, Configuration &config)
{
    if (const YamlNode *node = top.value(u"identity"_s)) {
        YamlMap map(*node, report, u"identity"_s);
        config.identityName = map.text(u"name"_s);
        config.identityTeam = map.text(u"team"_s);
        map.finish();
    }
    if (const YamlNode *node = top.value(u"time"_s)) {
        YamlMap map(*node, report, u"time"_s);
        config.zone = zone(map, u"zone"_s, config.zone);
        config.secondZone = zone(map, u"second_zone"_s, config.secondZone);
        map.finish();
    }
    if (const YamlNode *node = top.value(u"ui"_s)) {
        YamlMap map(*node, report, u"ui"_s);
        config.theme = map.choice(u"theme"_s, {u"system"_s, u"light"_s, u"dark"_s}, config.theme);
        map.finish();
    }
    top.forEach(u"deploys"_s, [&](const YamlNode &node) {
        YamlMap map(node, report, u"deploys"_s);
        const QString path = map.required(u"file"_s);
        map.finish();
        if (!path.isEmpty())
            config.deployFiles.push_back(path);
    });
    top.forEach(u"costs"_s, [&](const YamlNode &node) {
        YamlMap map(node, report, u"costs"_s);
        const QString path = map.required(u"file"_s);
        map.finish();
        if (!path.isEmpty())
            config.costFiles.push_back(path);
    });
}

} // namespace

Result<LoadedConfiguration> parseConfiguration(
    const QByteArray &text, const QString &file, const QStringList &kinds)
{
    YamlReport report(file);
    const auto root = parseYaml(text, file, report.findings());
    if (!root)
        return tl::unexpected(root.error());
    if (root->kind == YamlNode::Kind::List || root->kind == YamlNode::Kind::Scalar)
        return fail(Error::Kind::Invalid,
            u"%1:%2:%3: found %4, needs 'key: value' pairs such as 'version: 1'"_s.arg(file)
                .arg(root->line)
                .arg(root->column)
                .arg(root->kind == YamlNode::Kind::List ? u"a list"_s : u"text"_s));
    LoadedConfiguration loaded;
    YamlMap top(*root, report, u"bridgewatch.yaml"_s);
    top.version(kVersion);
    readSettings(top, report, loaded.config);
    loaded.config.sources = readSources(top, report, kinds);
    top.finish();
    loaded.findings = std::move(report.findings());
    return loaded;
}

Result<LoadedConfiguration> readConfiguration(const QString &directory, const QStringList &kinds)
{
    const QString path = QDir(directory).filePath(u"bridgewatch.yaml"_s);
    const auto text = readDocument(path);
    if (!text && text.error().kind == Error::Kind::NotFound)
        return LoadedConfiguration{};
    if (!text)
        return tl::unexpected(text.error());
    return parseConfiguration(*text, path, kinds);
}

} // namespace bw
