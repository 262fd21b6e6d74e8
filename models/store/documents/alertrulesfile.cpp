// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/alertrulesfile.h>

#include <store/documents/yamlreader.h>

#include <QDir>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr int kVersion = 1;

std::optional<AlertRule> readRule(const YamlNode &node, YamlReport &report)
{
    static const QStringList classes{u"health"_s, u"ticket"_s, u"page"_s};
    static const QStringList severities{u"none"_s, u"info"_s, u"warning"_s, u"error"_s, u"critical"_s};
    const int before = report.errors();
    YamlMap map(node, report, u"a rule"_s);
    AlertRule rule;
    map.forEach(u"match"_s, [&](const YamlNode &one) {
        const auto matcher = Matcher::parse(one.text);
        if (matcher)
            rule.matchers.push_back(*matcher);
        else
            report.error(one, u"match: %1"_s.arg(matcher.error().message));
    });
    if (map.has(u"class"))
        rule.alertClass = AlertClass(classes.indexOf(map.choice(u"class"_s, classes, u"ticket"_s)));
    if (map.has(u"severity"))
        rule.severity = Severity(severities.indexOf(map.choice(u"severity"_s, severities, u"none"_s)));
    if (rule.matchers.empty() && report.errors() == before)
        report.error(node, u"a rule needs 'match' with at least one matcher, such as 'team=\"pay\"'"_s);
    if (!map.has(u"class") && !map.has(u"severity"))
        report.error(node, u"a rule needs 'class' or 'severity'"_s);
    for (const QString &known : {u"class"_s, u"severity"_s})
        map.value(known);
    map.finish();
    return report.errors() == before ? std::optional(rule) : std::nullopt;
}

} // namespace

Result<LoadedAlertRules> parseAlertRules(const QByteArray &text, const QString &file)
{
    YamlReport report(file);
    const auto root = parseYaml(text, file, report.findings());
    if (!root)
        return tl::unexpected(root.error());
    if (root->kind == YamlNode::Kind::List || root->kind == YamlNode::Kind::Scalar)
        return fail(Error::Kind::Invalid,
            u"%1:%2:%3: needs 'key: value' pairs such as 'version: 1'"_s.arg(file)
                .arg(root->line)
                .arg(root->column));
    LoadedAlertRules loaded;
    YamlMap top(*root, report, u"alerts.yaml"_s);
    top.version(kVersion);
    loaded.classifier.severityLabel = top.text(u"severity_label"_s, loaded.classifier.severityLabel);
    top.forEach(u"rules"_s, [&](const YamlNode &node) {
        if (auto rule = readRule(node, report))
            loaded.classifier.rules.push_back(std::move(*rule));
    });
    top.finish();
    loaded.findings = std::move(report.findings());
    return loaded;
}

Result<LoadedAlertRules> readAlertRules(const QString &directory)
{
    const QString path = QDir(directory).filePath(u"alerts.yaml"_s);
    const auto text = readDocument(path);
    if (!text && text.error().kind == Error::Kind::NotFound)
        return LoadedAlertRules{};
    if (!text)
        return tl::unexpected(text.error());
    return parseAlertRules(*text, path);
}

} // namespace bw
