// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace bw {

/// One value of a foreign JSON document that remembers whether anybody read it, so that what was not
/// understood can be told. Accessors are forgiving: a value of another type than asked for counts as absent
/// and stays unread. Pointers to the parent hold after adopt(); the tree is not copied after that.
struct JsonNode
{
    enum class Kind : quint8 { Missing, Null, Bool, Number, Text, List, Map };
    Kind kind = Kind::Missing;
    bool flag = false;
    mutable bool used = false; ///< somebody read it
    mutable bool told = false; ///< an item of the report tells of it
    double number = 0;
    QString text; ///< Text; of a Number its digits as written
    QStringList keys; ///< Map: as many as items, in the file's order, unique
    std::vector<JsonNode> items; ///< List and Map
    const JsonNode *parent = nullptr;
    QString movedFrom; ///< its path in the document, where that is another one than in the tree

    bool isMissing() const { return kind == Kind::Missing || kind == Kind::Null; }
    bool isLeaf() const { return kind != Kind::List && kind != Kind::Map; }
    bool isMap() const { return kind == Kind::Map; }
    bool isList() const { return kind == Kind::List; }
    /// A member; a missing value when there is none.
    const JsonNode &operator[](QStringView key) const;
    JsonNode *member(QStringView key);

    /// Its text, or a number's digits, or "true": marked as read. Else `fallback`.
    QString str(const QString &fallback = {}) const;
    /// A number, also one in a text; marked as read.
    std::optional<double> num() const;
    int integer(int fallback) const;
    bool truth(bool fallback) const;
    QStringList strings() const; ///< of a list; one text is a list of one
    /// Marks this and everything below as read.
    const JsonNode &take() const;
    /// Marks this and everything below as told.
    void tell() const;

    /// Writes down everybody's path, so that the tree can be rearranged.
    void pinPaths(const QString &at = {});
    /// Takes a member out of a map; missing when there is none. adopt() afterwards.
    JsonNode takeMember(QStringView key);
    void put(const QString &key, JsonNode value);
    /// Sets `parent` everywhere below.
    void adopt();
    /// "panels[3].targets[0].expr"
    QString path() const;
    /// The value as JSON text; of anything but a leaf on one line.
    QByteArray toJson() const;
};

/// The largest document read, and how deep its values may nest.
constexpr qsizetype kJsonMaxBytes = 8 * 1024 * 1024;
constexpr int kJsonMaxDepth = 64;

/// Invalid, saying what and where, for anything that is no JSON object, that nests deeper or is larger. Of
/// equal keys the last one counts, as in a browser; `repeated` gets their paths.
[[nodiscard]] Result<JsonNode> parseJsonTree(const QByteArray &bytes, QStringList &repeated);

} // namespace bw
