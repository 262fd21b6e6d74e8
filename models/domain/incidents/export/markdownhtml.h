// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <functional>
#include <optional>

namespace bw {

/// The part of Markdown that templates use, as HTML: headings, paragraphs, "- " and "1. " items, rules,
/// **strong**, *emphasis*, `code`, backslash escapes, links to web addresses. Everything else is text, HTML
/// too; comments
/// (<!-- … -->, on lines of their own) are left out. `raw` may give the HTML of a whole line.
QByteArray htmlFromMarkdown(
    const QString &markdown, const std::function<std::optional<QByteArray>(const QString &line)> &raw);

} // namespace bw
