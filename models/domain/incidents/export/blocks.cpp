// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/blocks.h>

#include <domain/incidents/export/exporttext.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

Span plain(const QString &text) { return {Untrusted(text), Span::Style::Plain, {}}; }
Span plain(const Untrusted &text) { return {text, Span::Style::Plain, {}}; }
Span strong(const QString &text) { return {Untrusted(text), Span::Style::Strong, {}}; }
Span code(const Untrusted &text) { return {text, Span::Style::Code, {}}; }
Span linked(const QString &text, const Untrusted &address)
{
    return {Untrusted(text), Span::Style::Plain, safeAddress(address)};
}

Block heading(int level, const QString &text)
{
    Block block;
    block.kind = Block::Kind::Heading;
    block.level = level;
    block.lines = {{plain(text)}};
    return block;
}

Block paragraph(Spans spans)
{
    Block block;
    block.lines = {std::move(spans)};
    return block;
}

Block items(std::vector<Spans> lines)
{
    Block block;
    block.kind = Block::Kind::Items;
    block.lines = std::move(lines);
    return block;
}

Block table(const std::vector<QString> &header, std::vector<std::vector<Spans>> rows)
{
    Block block;
    block.kind = Block::Kind::Table;
    for (const QString &title : header)
        block.lines.push_back({plain(title)});
    block.rows = std::move(rows);
    return block;
}

namespace {

/// A code span whose fence is longer than any run of backticks in it. In a table a bar would end the cell, so
/// it is plain text there.
QString codeSpan(const Untrusted &text, bool isCell)
{
    const QString shown = render::line(text);
    if (isCell || shown.trimmed().isEmpty())
        return markdownText(text);
    qsizetype longest = 0, run = 0;
    for (const QChar c : shown) {
        run = c == u'`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const QString fence(longest + 1, u'`');
    return fence + u' ' + shown + u' ' + fence;
}

QString markdownSpans(const Spans &spans, bool isCell)
{
    QString out;
    for (const Span &span : spans) {
        QString text = span.style == Span::Style::Code ? codeSpan(span.text, isCell)
            : isCell                                   ? markdownText(span.text)
                                                       : markdownLines(span.text);
        if (span.style == Span::Style::Strong && !text.isEmpty())
            text = u"**"_s + text + u"**"_s;
        if (!span.address.isEmpty())
            text = u'[' + text + u"](<"_s + QString::fromLatin1(span.address) + u">)"_s;
        if (!out.isEmpty() && !text.isEmpty())
            out += u' ';
        out += text;
    }
    return out;
}

QString markdownTable(const Block &block)
{
    QString out;
    const auto row = [&out](const std::vector<Spans> &cells) {
        for (const Spans &cell : cells)
            out += u"| "_s + markdownSpans(cell, true) + u' ';
        out += u"|\n"_s;
    };
    row(block.lines);
    out += u"|---"_s.repeated(qsizetype(block.lines.size())) + u"|\n"_s;
    for (const auto &cells : block.rows)
        row(cells);
    return out;
}

QString htmlSpans(const Spans &spans)
{
    QString out;
    for (const Span &span : spans) {
        QString text = render::html(span.text);
        if (span.style == Span::Style::Strong)
            text = u"<strong>"_s + text + u"</strong>"_s;
        else if (span.style == Span::Style::Code)
            text = u"<code>"_s + text + u"</code>"_s;
        if (!span.address.isEmpty())
            text = u"<a href=\""_s + QString::fromLatin1(span.address).toHtmlEscaped()
                + u"\" rel=\"noreferrer\">"_s + text + u"</a>"_s;
        if (!out.isEmpty() && !text.isEmpty())
            out += u' ';
        out += text;
    }
    return out;
}

QString htmlRow(const std::vector<Spans> &cells, const QString &element)
{
    QString out = u"<tr>"_s;
    for (const Spans &cell : cells)
        out += u'<' + element + u'>' + htmlSpans(cell) + u"</"_s + element + u'>';
    return out + u"</tr>\n"_s;
}

QString htmlTable(const Block &block)
{
    QString out = u"<table>\n<thead>"_s + htmlRow(block.lines, u"th"_s) + u"</thead>\n<tbody>\n"_s;
    for (const auto &cells : block.rows)
        out += htmlRow(cells, u"td"_s);
    return out + u"</tbody>\n</table>\n"_s;
}

QByteArray htmlBlock(const Block &block)
{
    switch (block.kind) {
    case Block::Kind::Heading:
        return u"<h%1>%2</h%1>\n"_s.arg(block.level).arg(htmlSpans(block.lines.front())).toUtf8();
    case Block::Kind::Paragraph:
        return "<p>" + htmlSpans(block.lines.front()).toUtf8() + "</p>\n";
    case Block::Kind::Items: {
        QString out;
        for (const Spans &line : block.lines)
            out += u"<li>"_s + htmlSpans(line) + u"</li>\n"_s;
        return "<ul>\n" + out.toUtf8() + "</ul>\n";
    }
    case Block::Kind::Table:
        return htmlTable(block).toUtf8();
    case Block::Kind::Code:
        return "<pre>" + render::plain(block.code).toHtmlEscaped().toUtf8() + "</pre>\n";
    case Block::Kind::Drawing:
        return "<figure>\n" + svgOf(block.picture) + "<figcaption>"
            + render::html(block.picture.title).toUtf8() + "</figcaption>\n</figure>\n";
    case Block::Kind::Image:
        return "<figure>\n<img alt=\"" + render::line(block.picture.title, 200).toHtmlEscaped().toUtf8()
            + "\" src=\"data:image/png;base64," + block.png.toBase64() + "\">\n</figure>\n";
    }
    return {};
}

} // namespace

QByteArray markdownOf(const std::vector<Block> &blocks, const QString &folder, std::vector<ExportFile> &files,
    int &firstDrawing)
{
    QByteArray out;
    for (const Block &block : blocks) {
        QString text;
        switch (block.kind) {
        case Block::Kind::Heading:
            text = QString(block.level, u'#') + u' ' + markdownSpans(block.lines.front(), true) + u'\n';
            break;
        case Block::Kind::Paragraph:
            text = markdownSpans(block.lines.front(), false) + u'\n';
            break;
        case Block::Kind::Items:
            for (const Spans &line : block.lines)
                text += u"- "_s + markdownSpans(line, true) + u'\n';
            break;
        case Block::Kind::Table:
            text = markdownTable(block);
            break;
        case Block::Kind::Code:
            text = markdownCode(block.code);
            break;
        case Block::Kind::Drawing: {
            const QString name = u"drawing-%1"_s.arg(firstDrawing++, 2, 10, QChar(u'0'));
            files.push_back({name + u".svg"_s, svgOf(block.picture)});
            text =
                u"!["_s + markdownText(block.picture.title) + u"]("_s + folder + u'/' + name + u".svg)\n"_s;
            if (!block.csv.isEmpty()) {
                files.push_back({name + u".csv"_s, block.csv});
                text += u"\n[data]("_s + folder + u'/' + name + u".csv)\n"_s;
            }
            break;
        }
        case Block::Kind::Image: {
            const QString name = u"drawing-%1.png"_s.arg(firstDrawing++, 2, 10, QChar(u'0'));
            files.push_back({name, block.png});
            text = u"!["_s + markdownText(block.picture.title) + u"]("_s + folder + u'/' + name + u")\n"_s;
            break;
        }
        }
        if (text.trimmed().isEmpty())
            continue;
        out += (out.isEmpty() ? QByteArray() : QByteArray("\n")) + text.toUtf8();
    }
    return out;
}

QByteArray htmlOf(const std::vector<Block> &blocks)
{
    QByteArray out;
    for (const Block &block : blocks)
        out += htmlBlock(block);
    return out;
}

} // namespace bw
