// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>

#include <store/documents/yamlnode.h>

#include <QMap>
#include <QStringList>
#include <QVariant>

#include <functional>
#include <limits>
#include <optional>

namespace bw {

/// True when one of them is an error, not only a warning.
bool hasErrors(const std::vector<Finding> &findings);

/// Collects what is wrong with one file.
class YamlReport
{
public:
    explicit YamlReport(QString file)
        : m_file(std::move(file))
    {
    }
    void error(const YamlNode &at, const QString &text) { add(Finding::Level::Error, at, text); }
    void warning(const YamlNode &at, const QString &text) { add(Finding::Level::Warning, at, text); }
    QString file() const { return m_file; }
    std::vector<Finding> &findings() { return m_findings; }
    int errors() const;

private:
    void add(Finding::Level level, const YamlNode &at, const QString &text);

    QString m_file;
    std::vector<Finding> m_findings;
};

/// Checked access to one map. Every accessor names a key that is allowed, reports what does not fit (what
/// was found, what is allowed) and returns `fallback` then; a key that is absent or null gives `fallback`
/// silently. finish() warns of the keys nobody asked for. Any thread; lives as long as node and report.
class YamlMap
{
public:
    /// `what` names the map in messages ("a panel"). A node that is no map is reported; null is an empty map.
    YamlMap(const YamlNode &node, YamlReport &report, QString what);
    /// Inside this map no message repeats what the file says: it may be a secret.
    void keepSecret() { m_secret = true; }

    const YamlNode &node() const { return m_node; }
    /// True when the key is there and not null.
    bool has(QStringView key) const;
    /// The value, or null when absent. Marks the key as known.
    const YamlNode *value(const QString &key);

    QString text(const QString &key, const QString &fallback = {});
    /// Reports when absent or empty.
    QString required(const QString &key);
    /// [a-z0-9-]+; required.
    QString requiredId(const QString &key);
    /// `true` or `false` without quotes; "yes", "on" and 1 are not booleans.
    bool boolean(const QString &key, bool fallback);
    int integer(const QString &key, int fallback, int min, int max);
    double number(const QString &key, double fallback, double min = std::numeric_limits<double>::lowest(),
        double max = std::numeric_limits<double>::max());
    std::optional<double> optionalNumber(const QString &key);
    QString choice(const QString &key, const QStringList &allowed, const QString &fallback);
    /// A Prometheus duration of at least `min`.
    std::optional<Nanoseconds> duration(const QString &key, Nanoseconds min);
    /// Kept as it is written ("15s") after checking; `words` are allowed besides.
    QString durationText(
        const QString &key, Nanoseconds min, const QStringList &words = {}, const QString &fallback = {});
    /// A list of scalars; one scalar counts as a list of one.
    QStringList texts(const QString &key);
    QMap<QString, QString> textMap(const QString &key);
    /// Scalars by the YAML 1.2 core rules (booleans, integers, floats, else text), lists, maps.
    QVariantMap variants(const QString &key);
    /// Calls `each` for every element of a list; anything but a list is reported.
    void forEach(const QString &key, const std::function<void(const YamlNode &)> &each);
    /// The file's `version`: required to be there by `kind`; newer than `known` is an error.
    int version(int known);

    void wrong(const YamlNode &at, const QString &key, const QString &allowed);
    /// The keys nobody asked for, so that a writer can keep them; call it last.
    QVariantMap rest() const;
    /// Warns of unknown keys, with the nearest known one.
    void finish();

private:
    const YamlNode *scalar(const QString &key, const QString &allowed);

    const YamlNode &m_node;
    YamlReport &m_report;
    QString m_what;
    QStringList m_known;
    bool m_secret = false;
};

/// What a scalar means by the YAML 1.2 core rules: bool, qlonglong, double, QString, or invalid for null.
QVariant coreScalar(const YamlNode &node);
/// `found 'abc'`, `found a list`.
QString describeNode(const YamlNode &node);
bool isId(QStringView text);

/// A file's bytes, up to the size parseYaml takes. NotFound when there is none, Storage when it cannot be
/// read.
[[nodiscard]] Result<QByteArray> readDocument(const QString &path);
/// Full paths of the *.yaml and *.yml files of a folder, sorted; empty when there is no such folder.
QStringList yamlFiles(const QString &directory);

} // namespace bw
