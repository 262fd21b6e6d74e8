// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/yamlreader.h>

#include <domain/base/fieldspec.h>
#include <domain/base/timerange.h>

#include <QDir>
#include <QFile>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

QString quoted(const QString &text)
{
    const QString shown = text.size() > 60 ? text.left(60) + u"…"_s : text;
    return u"'"_s + shown + u"'"_s;
}

std::optional<qlonglong> coreInteger(const QString &text)
{
    // No leading zeros: to some readers 012 is ten, to others twelve.
    static const QRegularExpression form(u"^[-+]?(0|[1-9][0-9]*)$"_s);
    bool ok = false;
    const qlonglong value = form.match(text).hasMatch() ? text.toLongLong(&ok) : 0;
    return ok ? std::optional(value) : std::nullopt;
}

std::optional<double> coreNumber(const QString &text)
{
    static const QRegularExpression form(
        u"^[-+]?(\\.[0-9]+|(0|[1-9][0-9]*)(\\.[0-9]*)?)([eE][-+]?[0-9]+)?$"_s);
    static const QRegularExpression infinite(u"^[-+]?\\.(inf|Inf|INF)$"_s);
    if (infinite.match(text).hasMatch())
        return text.startsWith('-'_L1) ? -HUGE_VAL : HUGE_VAL;
    if (text == ".nan"_L1 || text == ".NaN"_L1)
        return std::nan("");
    bool ok = false;
    const double value = form.match(text).hasMatch() ? text.toDouble(&ok) : 0;
    return ok ? std::optional(value) : std::nullopt;
}

QVariant toVariant(const YamlNode &node)
{
    if (node.kind == YamlNode::Kind::List) {
        QVariantList list;
        for (const YamlNode &item : node.items)
            list.push_back(toVariant(item));
        return list;
    }
    if (node.kind == YamlNode::Kind::Map) {
        QVariantMap map;
        for (const YamlEntry &entry : node.entries) {
            if (entry.value.kind != YamlNode::Kind::Null)
                map.insert(entry.key, toVariant(entry.value));
        }
        return map;
    }
    return coreScalar(node);
}

} // namespace

bool hasErrors(const std::vector<Finding> &findings)
{
    return std::any_of(findings.begin(), findings.end(),
        [](const Finding &finding) { return finding.level == Finding::Level::Error; });
}

int YamlReport::errors() const
{
    return int(std::count_if(m_findings.begin(), m_findings.end(),
        [](const Finding &finding) { return finding.level == Finding::Level::Error; }));
}

void YamlReport::add(Finding::Level level, const YamlNode &at, const QString &text)
{
    m_findings.push_back({level, m_file, at.line, at.column, text});
}

QVariant coreScalar(const YamlNode &node)
{
    if (node.kind == YamlNode::Kind::Null)
        return {};
    if (node.quoted)
        return node.text;
    if (node.text == "true"_L1 || node.text == "false"_L1)
        return node.text == "true"_L1;
    if (const auto integer = coreInteger(node.text))
        return *integer;
    if (const auto number = coreNumber(node.text))
        return *number;
    return node.text;
}

QString describeNode(const YamlNode &node)
{
    switch (node.kind) {
    case YamlNode::Kind::Null:
        return u"nothing"_s;
    case YamlNode::Kind::List:
        return u"a list"_s;
    case YamlNode::Kind::Map:
        return u"a map"_s;
    case YamlNode::Kind::Scalar:
        break;
    }
    return quoted(node.text);
}

bool isId(QStringView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](QChar c) {
        return (c >= 'a'_L1 && c <= 'z'_L1) || (c >= '0'_L1 && c <= '9'_L1) || c == '-'_L1;
    });
}

YamlMap::YamlMap(const YamlNode &node, YamlReport &report, QString what)
    : m_node(node)
    , m_report(report)
    , m_what(std::move(what))
{
    // What stands here may be anything, also a secret at the wrong place: its kind is enough.
    if (node.kind == YamlNode::Kind::List || node.kind == YamlNode::Kind::Scalar)
        report.error(node,
            u"%1: found %2, needs 'key: value' pairs"_s.arg(
                m_what, node.kind == YamlNode::Kind::List ? u"a list"_s : u"text"_s));
}

bool YamlMap::has(QStringView key) const
{
    const YamlNode *node = m_node.find(key);
    return node && node->kind != YamlNode::Kind::Null;
}

const YamlNode *YamlMap::value(const QString &key)
{
    m_known.push_back(key);
    const YamlNode *node = m_node.find(key);
    return node && node->kind != YamlNode::Kind::Null ? node : nullptr;
}

void YamlMap::wrong(const YamlNode &at, const QString &key, const QString &allowed)
{
    m_report.error(at,
        m_secret ? u"%1: does not fit (not shown here); allowed: %2"_s.arg(key, allowed)
                 : u"%1: found %2; allowed: %3"_s.arg(key, describeNode(at), allowed));
}

const YamlNode *YamlMap::scalar(const QString &key, const QString &allowed)
{
    const YamlNode *node = value(key);
    if (node && node->kind != YamlNode::Kind::Scalar) {
        wrong(*node, key, allowed);
        return nullptr;
    }
    return node;
}

QString YamlMap::text(const QString &key, const QString &fallback)
{
    const YamlNode *node = scalar(key, u"text"_s);
    return node ? node->text : fallback;
}

QString YamlMap::required(const QString &key)
{
    const int before = m_report.errors();
    const QString found = text(key);
    if (found.isEmpty() && m_report.errors() == before)
        m_report.error(m_node, u"%1 needs '%2'"_s.arg(m_what, key));
    return found;
}

QString YamlMap::requiredId(const QString &key)
{
    const QString id = required(key);
    if (!id.isEmpty() && !isId(id)) {
        wrong(*m_node.find(key), key, u"lower-case letters, digits and '-'"_s);
        return {};
    }
    return id;
}

bool YamlMap::boolean(const QString &key, bool fallback)
{
    const YamlNode *node = value(key);
    if (!node)
        return fallback;
    const bool plain = node->kind == YamlNode::Kind::Scalar && !node->quoted;
    if (plain && (node->text == "true"_L1 || node->text == "false"_L1))
        return node->text == "true"_L1;
    wrong(*node, key, u"true or false"_s);
    return fallback;
}

int YamlMap::integer(const QString &key, int fallback, int min, int max)
{
    const YamlNode *node = value(key);
    if (!node)
        return fallback;
    const auto found =
        node->kind == YamlNode::Kind::Scalar && !node->quoted ? coreInteger(node->text) : std::nullopt;
    if (found && *found >= min && *found <= max)
        return int(*found);
    wrong(*node, key, u"a whole number from %1 to %2, without leading zeros"_s.arg(min).arg(max));
    return fallback;
}

double YamlMap::number(const QString &key, double fallback, double min, double max)
{
    const YamlNode *node = value(key);
    if (!node)
        return fallback;
    const auto found =
        node->kind == YamlNode::Kind::Scalar && !node->quoted ? coreNumber(node->text) : std::nullopt;
    if (found && *found >= min && *found <= max)
        return *found;
    const bool bounded = min > std::numeric_limits<double>::lowest();
    wrong(*node, key, bounded ? u"a number from %1 to %2"_s.arg(min).arg(max) : u"a number"_s);
    return fallback;
}

std::optional<double> YamlMap::optionalNumber(const QString &key)
{
    const YamlNode *node = value(key);
    if (!node)
        return {};
    const auto found =
        node->kind == YamlNode::Kind::Scalar && !node->quoted ? coreNumber(node->text) : std::nullopt;
    if (!found || std::isnan(*found)) {
        wrong(*node, key, u"a number"_s);
        return {};
    }
    return found;
}

QString YamlMap::choice(const QString &key, const QStringList &allowed, const QString &fallback)
{
    const YamlNode *node = scalar(key, allowed.join(u", "_s));
    if (!node || allowed.contains(node->text))
        return node ? node->text : fallback;
    wrong(*node, key, allowed.join(u", "_s));
    return fallback;
}

std::optional<Nanoseconds> YamlMap::duration(const QString &key, Nanoseconds min)
{
    const QString allowed = u"a duration of at least %1, such as 15s or 1m30s"_s.arg(promDuration(min));
    const YamlNode *node = scalar(key, allowed);
    if (!node)
        return {};
    const auto found = parseDuration(node->text);
    if (found && *found >= min)
        return *found;
    wrong(*node, key, allowed);
    return {};
}

QString YamlMap::durationText(
    const QString &key, Nanoseconds min, const QStringList &words, const QString &fallback)
{
    if (const YamlNode *node = m_node.find(key); node && node->kind == YamlNode::Kind::Scalar
        && (words.contains(node->text) || node->text.isEmpty())) {
        m_known.push_back(key);
        return node->text;
    }
    return duration(key, min) ? m_node.find(key)->text : fallback;
}

QStringList YamlMap::texts(const QString &key)
{
    QStringList found;
    const YamlNode *node = value(key);
    if (!node)
        return found;
    if (node->kind == YamlNode::Kind::Scalar)
        return {node->text};
    if (node->kind != YamlNode::Kind::List) {
        wrong(*node, key, u"a list of texts"_s);
        return found;
    }
    for (const YamlNode &item : node->items) {
        if (item.kind == YamlNode::Kind::Scalar)
            found.push_back(item.text);
        else
            wrong(item, key, u"a list of texts"_s);
    }
    return found;
}

QMap<QString, QString> YamlMap::textMap(const QString &key)
{
    QMap<QString, QString> found;
    const YamlNode *node = value(key);
    if (!node)
        return found;
    if (node->kind != YamlNode::Kind::Map) {
        wrong(*node, key, u"'name: text' pairs"_s);
        return found;
    }
    for (const YamlEntry &entry : node->entries) {
        if (entry.value.kind == YamlNode::Kind::Scalar || entry.value.kind == YamlNode::Kind::Null)
            found.insert(entry.key, entry.value.text);
        else
            wrong(entry.value, key, u"'name: text' pairs"_s);
    }
    return found;
}

QVariantMap YamlMap::variants(const QString &key)
{
    const YamlNode *node = value(key);
    if (!node)
        return {};
    if (node->kind != YamlNode::Kind::Map) {
        wrong(*node, key, u"'key: value' pairs"_s);
        return {};
    }
    return toVariant(*node).toMap();
}

void YamlMap::forEach(const QString &key, const std::function<void(const YamlNode &)> &each)
{
    const YamlNode *node = value(key);
    if (!node)
        return;
    if (node->kind != YamlNode::Kind::List) {
        wrong(*node, key, u"a list"_s);
        return;
    }
    for (const YamlNode &item : node->items)
        each(item);
}

int YamlMap::version(int known)
{
    const int found = integer(u"version"_s, known, 1, 1'000'000);
    if (found > known)
        m_report.error(*m_node.find(u"version"),
            u"version %1 is newer than this program reads (%2)"_s.arg(found).arg(known));
    return found;
}

QVariantMap YamlMap::rest() const
{
    QVariantMap found;
    for (const YamlEntry &entry : m_node.entries) {
        if (!m_known.contains(entry.key) && entry.value.kind != YamlNode::Kind::Null)
            found.insert(entry.key, toVariant(entry.value));
    }
    return found;
}

void YamlMap::finish()
{
    for (const YamlEntry &entry : m_node.entries) {
        if (m_known.contains(entry.key))
            continue;
        YamlNode at;
        at.line = entry.line;
        at.column = entry.column;
        if (m_secret) {
            m_report.warning(
                at, u"%1: unknown key (not shown here); known: %2"_s.arg(m_what, m_known.join(u", "_s)));
            continue;
        }
        const QString nearest = nearestKey(entry.key, m_known);
        m_report.warning(at,
            nearest.isEmpty()
                ? u"%1: unknown key %2"_s.arg(m_what, quoted(entry.key))
                : u"%1: unknown key %2; did you mean '%3'?"_s.arg(m_what, quoted(entry.key), nearest));
    }
}

Result<QByteArray> readDocument(const QString &path)
{
    QFile file(path);
    if (!file.exists())
        return fail(Error::Kind::NotFound, u"%1 does not exist"_s.arg(path));
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::Kind::Storage, u"%1 cannot be read: %2"_s.arg(path, file.errorString()));
    // One byte more than is allowed, so that parseYaml sees that it is too much.
    return file.read(kYamlMaxBytes + 1);
}

QStringList yamlFiles(const QString &directory)
{
    QStringList paths;
    const QDir dir(directory);
    for (const QString &name : dir.entryList({u"*.yaml"_s, u"*.yml"_s}, QDir::Files, QDir::Name))
        paths.push_back(dir.filePath(name));
    return paths;
}

} // namespace bw
