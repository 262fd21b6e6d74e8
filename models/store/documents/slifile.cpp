// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/panelreader.h>
#include <store/documents/slifile.h>
#include <store/documents/yamlreader.h>

#include <domain/base/format.h>
#include <domain/dashboards/macros.h>

#include <QDir>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {
constexpr int kVersion = 1;
}

Result<LoadedSli> parseSli(const QByteArray &text, const QString &file)
{
    YamlReport report(file);
    const auto root = parseYaml(text, file, report.findings());
    if (!root)
        return tl::unexpected(root.error());
    if (root->kind != YamlNode::Kind::Map)
        return fail(Error::Kind::Invalid, u"%1: needs 'key: value' pairs"_s.arg(file));
    YamlMap map(*root, report, u"an indicator"_s);
    map.version(kVersion);
    if (map.text(u"kind"_s) != "sli"_L1)
        report.error(*root, u"kind: needs 'sli'"_s);
    LoadedSli loaded;
    Sli &sli = loaded.sli;
    sli.id = map.requiredId(u"id"_s);
    sli.title = map.required(u"title"_s);
    sli.unit = map.text(u"unit"_s, sli.unit);
    sli.target = map.required(u"target"_s);
    sli.trap = map.required(u"trap"_s);
    sli.decimals = map.integer(u"decimals"_s, sli.decimals, 0, 15);
    sli.expr = map.required(u"expr"_s);
    sli.legend = map.text(u"legend"_s);
    sli.beside = map.text(u"beside"_s);
    sli.besideLegend = map.text(u"beside_legend"_s);
    sli.howToEnable = map.text(u"how_to_enable"_s);
    sli.thresholds = readSteps(map, u"thresholds"_s, report);
    map.finish();
    for (const QString &expression : {sli.expr, sli.beside}) {
        for (const QString &problem : macroProblems(expression))
            report.error(*root, problem);
    }
    if (sli.unit != "latency"_L1 && !isKnownUnit(sli.unit))
        report.error(*root, u"unit: '%1' is unknown"_s.arg(sli.unit.left(40)));
    loaded.findings = std::move(report.findings());
    return loaded;
}

SliShelf loadSlis(const QStringList &directories)
{
    SliShelf shelf;
    for (const QString &directory : directories) {
        const QDir folder(directory);
        for (const QString &name : folder.entryList({u"*.yaml"_s, u"*.yml"_s}, QDir::Files, QDir::Name)) {
            const QString path = folder.filePath(name);
            const auto text = readDocument(path);
            auto loaded = text ? parseSli(*text, path) : tl::make_unexpected(text.error());
            if (!loaded) {
                shelf.findings.push_back({Finding::Level::Error, path, 0, 0, loaded.error().message});
                continue;
            }
            shelf.findings.insert(shelf.findings.end(), loaded->findings.begin(), loaded->findings.end());
            if (hasErrors(loaded->findings))
                continue;
            std::erase_if(shelf.slis, [&](const Sli &sli) { return sli.id == loaded->sli.id; });
            shelf.slis.push_back(std::move(loaded->sli));
        }
    }
    return shelf;
}

} // namespace bw
