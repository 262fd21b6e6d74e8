// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/repeat.h>

#include <domain/base/untrusted.h>
#include <domain/dashboards/macrotokens.h>

#include <algorithm>
#include <numeric>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kColumns = 24;
// 3: a title with more values than that says nothing any more.
constexpr qsizetype kMaxInTitle = 3;

/// Copy `number` (from 0) for one value.
Panel copyOf(const Panel &panel, const QString &variable, const QString &value, int number)
{
    Panel copy = panel;
    copy.scope.insert(variable, {value});
    copy.title = titleWith(copy.title, copy.scope);
    if (number > 0)
        copy.id += u"/%1"_s.arg(number + 1);
    copy.repeat = {};
    return copy;
}

int bottomOf(const std::vector<Panel> &panels, int atLeast)
{
    for (const Panel &panel : panels)
        atLeast = std::max(atLeast, panel.grid.row + panel.grid.height);
    return atLeast;
}

/// The copies of one panel, from its own place on.
std::vector<Panel> copiesOf(const Panel &panel, const QStringList &values)
{
    std::vector<Panel> copies;
    const int count = int(std::min(values.size(), qsizetype(kMaxCopies)));
    const int perRow = std::clamp(panel.repeat.maxPerRow, 1, kColumns);
    const int width = panel.repeat.down ? panel.grid.width : std::max(kColumns / count, kColumns / perRow);
    int col = panel.repeat.down ? panel.grid.col : 0, row = panel.grid.row;
    for (int i = 0; i < count; ++i) {
        Panel copy = copyOf(panel, panel.repeat.variable, values[i], i);
        if (!panel.repeat.down && col + width > kColumns) {
            col = 0;
            row += panel.grid.height;
        }
        copy.grid = {col, row, width, panel.grid.height};
        if (panel.repeat.down)
            row += panel.grid.height;
        else
            col += width;
        copies.push_back(std::move(copy));
    }
    return copies;
}

/// Panels in reading order; equal places keep the file's order.
std::vector<Panel> inOrder(std::vector<Panel> panels)
{
    std::stable_sort(panels.begin(), panels.end(), [](const Panel &a, const Panel &b) {
        return a.grid.row != b.grid.row ? a.grid.row < b.grid.row : a.grid.col < b.grid.col;
    });
    return panels;
}

/// Repeats the panels of one section, and says how much longer it became.
std::vector<Panel> expandPanels(
    const std::vector<Panel> &section, const QMap<QString, QStringList> &values, int &grown)
{
    std::vector<Panel> out;
    grown = 0;
    for (const Panel &original : section) {
        Panel panel = original;
        panel.grid.row += grown;
        const QStringList own = panel.scope.contains(panel.repeat.variable)
            ? panel.scope.value(panel.repeat.variable)
            : values.value(panel.repeat.variable);
        if (panel.repeat.variable.isEmpty() || own.isEmpty()) {
            out.push_back(std::move(panel));
            continue;
        }
        const std::vector<Panel> copies = copiesOf(panel, own);
        grown += bottomOf(copies, 0) - (panel.grid.row + panel.grid.height);
        out.insert(out.end(), copies.begin(), copies.end());
    }
    return out;
}

} // namespace

QString titleWith(const QString &text, const QMap<QString, QStringList> &values)
{
    if (!text.contains(u'$') && !text.contains("[["_L1))
        return text;
    QString out;
    const std::vector<MacroToken> tokens = macroTokens(text);
    for (size_t i = 0; i < tokens.size(); ++i) {
        const MacroToken &token = tokens[i];
        const bool isKnown = token.kind == MacroToken::Kind::Variable && values.contains(token.name);
        if (token.kind == MacroToken::Kind::Text && token.problem.isEmpty()) {
            out += token.text;
        } else if (isKnown) {
            const QStringList chosen = values.value(token.name);
            out += chosen.size() > kMaxInTitle ? u"%1 + %2 more"_s.arg(chosen.front()).arg(chosen.size() - 1)
                                               : chosen.join(u" + "_s);
        } else { // as it stands in the text
            const qsizetype end = i + 1 < tokens.size() ? tokens[i + 1].position : text.size();
            out += QStringView(text).mid(token.position, end - token.position);
        }
    }
    return out;
}

std::vector<Panel> withCopies(const std::vector<Panel> &panels, const QMap<QString, QStringList> &values)
{
    if (std::none_of(panels.begin(), panels.end(),
            [](const Panel &panel) { return !panel.repeat.variable.isEmpty(); }))
        return panels;
    const std::vector<Panel> sorted = inOrder(panels);
    std::vector<Panel> out;
    int shift = 0; // how far everything below has moved
    for (size_t at = 0; at < sorted.size();) {
        // A section: what stands before the first row, or a row with its panels.
        size_t end = at + 1;
        while (end < sorted.size() && sorted[end].kind != "row"_L1)
            ++end;
        std::vector<Panel> section(sorted.begin() + ptrdiff_t(at), sorted.begin() + ptrdiff_t(end));
        const Repeat repeat = section.front().kind == "row"_L1 ? section.front().repeat : Repeat();
        const QStringList own = values.value(repeat.variable);
        if (!repeat.variable.isEmpty())
            section.front().repeat = {};
        const int count = own.isEmpty() ? 1 : int(std::min(own.size(), qsizetype(kMaxCopies)));
        const int height = bottomOf(section, section.front().grid.row) - section.front().grid.row;
        for (int copy = 0; copy < count; ++copy) {
            std::vector<Panel> made;
            for (const Panel &panel : section) {
                made.push_back(repeat.variable.isEmpty() || own.isEmpty()
                        ? panel
                        : copyOf(panel, repeat.variable, own[copy], copy));
                made.back().repeat = panel.repeat;
                made.back().grid.row += shift + copy * height;
            }
            int grown = 0;
            const std::vector<Panel> expanded = expandPanels(made, values, grown);
            out.insert(out.end(), expanded.begin(), expanded.end());
            shift += grown;
        }
        shift += (count - 1) * height;
        at = end;
    }
    return out;
}

} // namespace bw
