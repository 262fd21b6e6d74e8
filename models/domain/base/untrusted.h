// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHashFunctions>
#include <QString>

namespace bw {

/// A string from the network, a process or another person's file. It has no implicit way out: a widget, a
/// file or a query takes it only through one of the render functions, which make it inert there.
class Untrusted
{
public:
    Untrusted() = default;
    explicit Untrusted(QString text)
        : m_text(std::move(text))
    {
    }
    bool isEmpty() const { return m_text.isEmpty(); }
    bool operator==(const Untrusted &) const = default;
    bool operator<(const Untrusted &other) const { return m_text < other.m_text; }

private:
    friend const QString &verbatim(const Untrusted &);
    QString m_text;
};

/// The text as it came. For codecs, matchers, sorting and hashing only; the lint holds the list of callers.
const QString &verbatim(const Untrusted &text);
inline size_t qHash(const Untrusted &text, size_t seed = 0) noexcept { return ::qHash(verbatim(text), seed); }

namespace render {
/// For plain-text widgets: controls, bidi overrides and zero-width characters become visible glyphs, line
/// breaks stay.
QString plain(const Untrusted &text);
/// As plain, on one line, cut to `limit` characters with an ellipsis.
QString line(const Untrusted &text, int limit = 4096);
/// Escaped for rich text; visible text equals plain().
QString html(const Untrusted &text);
/// One CSV cell, quoted where needed, never a formula.
QString csv(const Untrusted &text);
/// Inside a double-quoted PromQL or matcher string: escapes backslash, quote and line break.
QString promql(const Untrusted &text);
/// One path segment or query value, percent-encoded.
QByteArray url(const Untrusted &text);
} // namespace render

} // namespace bw
