// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/dashboards/dashboard.h>

#include <QByteArray>
#include <QString>

#include <vector>

namespace bw {

struct YamlEntry;

/// One value of a YAML document with its place in the file. A plain tree without any type of the parser,
/// so that nothing else sees its exceptions. Scalars stay text; YamlMap decides what they mean.
struct YamlNode
{
    enum class Kind : quint8 { Null, Scalar, List, Map };
    Kind kind = Kind::Null;
    QString text; ///< Scalar
    bool quoted = false; ///< Scalar: in quotes, a block, or tagged: never a number or a boolean
    int line = 0, column = 0; ///< from 1, in characters
    std::vector<YamlNode> items; ///< List
    std::vector<YamlEntry> entries; ///< Map, in the file's order, unique keys

    const YamlNode *find(QStringView key) const;
};
struct YamlEntry
{
    QString key;
    int line = 0, column = 0;
    YamlNode value;
};

/// The largest document read, and how deep its values may nest.
constexpr qsizetype kYamlMaxBytes = 4 * 1024 * 1024;
constexpr int kYamlMaxDepth = 32;

/// Reads the first document of `text` (UTF-8). A repeated key is an error in `findings`, its first value
/// stays. Invalid with "file:line:column: …" for anything that is not YAML, for anchors and aliases (they
/// can blow up a small file), for a second document and beyond the limits. An empty text is a Null node.
[[nodiscard]] Result<YamlNode> parseYaml(
    const QByteArray &text, const QString &file, std::vector<Finding> &findings);
/// The same for a file of several documents (---), in order; empty ones are left out. Other tools' files come
/// like that.
[[nodiscard]] Result<std::vector<YamlNode>> parseYamlDocuments(
    const QByteArray &text, const QString &file, std::vector<Finding> &findings);

} // namespace bw
