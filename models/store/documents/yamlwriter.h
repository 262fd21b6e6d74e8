// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QMap>
#include <QString>
#include <QStringList>
#include <QVariant>

namespace bw {

/// Writes YAML line by line in the order it is called: two spaces a level, texts quoted where any reader
/// could take them for something else, several lines as a block. What it writes parseYaml reads back equal.
class YamlWriter
{
public:
    enum class Quote { WhenNeeded, Always };

    void text(const QString &key, const QString &value, Quote quote = Quote::WhenNeeded);
    /// Leaves the key out when the value is `fallback`.
    void textUnless(const QString &key, const QString &value, const QString &fallback);
    void integer(const QString &key, qint64 value);
    void number(const QString &key, double value);
    void boolean(const QString &key, bool value);
    /// A map or list of settings of any shape, sorted by key; nothing when it is null.
    void variant(const QString &key, const QVariant &value);
    /// One text a line; nothing when empty.
    void texts(const QString &key, const QStringList &values, Quote quote = Quote::WhenNeeded);
    /// `key: {a: "b"}` as a block; values always quoted; nothing when empty.
    void textMap(const QString &key, const QMap<QString, QString> &values);
    /// "key:" and a deeper level until end().
    void begin(const QString &key);
    void end() { --m_level; }
    /// "- " before the next line and a deeper level until endItem().
    void beginItem();
    void endItem();
    void blankLine() { m_out += '\n'; }

    QByteArray take() { return std::move(m_out); }

private:
    void line(const QString &key, const QByteArray &value);
    QByteArray indent();

    QByteArray m_out;
    int m_level = 0;
    bool m_dash = false;
};

/// A text in the form parseYaml reads back as the same text.
QByteArray yamlText(const QString &value, YamlWriter::Quote quote = YamlWriter::Quote::WhenNeeded);

} // namespace bw
