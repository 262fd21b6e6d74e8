// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/export/picture.h>

#include <QByteArray>
#include <QString>

#include <vector>

namespace bw {

/// A run of text in one line, escaped by whoever writes it down.
struct Span
{
    enum class Style : quint8 { Plain, Strong, Code };
    Untrusted text;
    Style style = Style::Plain;
    QByteArray address; ///< a link; only what safeAddress() gave, empty: none
};
using Spans = std::vector<Span>;

/// A part of a document, the same for every format that has paragraphs and tables.
struct Block
{
    enum class Kind : quint8 { Heading, Paragraph, Items, Table, Code, Drawing, Image };
    Kind kind = Kind::Paragraph;
    int level = 0; ///< of a heading, from 1
    std::vector<Spans> lines; ///< heading and paragraph: one; items: one each; table: the header
    std::vector<std::vector<Spans>> rows; ///< of a table, as long as its header
    Untrusted code;
    VectorPicture picture;
    QByteArray csv; ///< of a drawing: its data, when it is to be written too
    QByteArray png; ///< of an image, whose title is that of `picture`
};

Span plain(const QString &text);
Span plain(const Untrusted &text);
Span strong(const QString &text);
Span code(const Untrusted &text);
/// A link when `address` is one that can be followed, else plain text.
Span linked(const QString &text, const Untrusted &address);
Block heading(int level, const QString &text);
Block paragraph(Spans spans);
Block items(std::vector<Spans> lines);
Block table(const std::vector<QString> &header, std::vector<std::vector<Spans>> rows);

/// A file that a document refers to by `name`.
struct ExportFile
{
    QString name; ///< letters, digits, "._-"
    QByteArray bytes;
    bool operator==(const ExportFile &) const = default;
};

/// CommonMark with GitHub's tables. Drawings go to `files` under `folder`/ and are referred to;
/// `firstDrawing` is the number of the first one, and is counted on. Ends with a line break unless empty.
QByteArray markdownOf(const std::vector<Block> &blocks, const QString &folder, std::vector<ExportFile> &files,
    int &firstDrawing);
/// Elements for inside <body>, drawings as inline SVG.
QByteArray htmlOf(const std::vector<Block> &blocks);

} // namespace bw
