// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/regions.h>

#include <domain/base/linediff.h>

#include <QCryptographicHash>
#include <QJsonDocument>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr const char *kNames[] = {"header", "summary", "timeline", "impact", "metrics", "alerts", "runs",
    "changes", "decisions", "actions", "evidence", "footer"};
constexpr QByteArrayView kOpen = "<!-- gen:", kClose = " -->", kEnd = "<!-- /gen -->";

/// Editors change line ends of whole files; that is no edit.
QByteArray hashOf(QByteArray text)
{
    text.replace("\r\n", "\n");
    return QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex();
}

struct LineView
{
    qsizetype begin = 0, end = 0; ///< without and with its line break
    QByteArrayView content; ///< without \r\n
};

std::vector<LineView> linesOf(const QByteArray &document)
{
    std::vector<LineView> lines;
    qsizetype at = 0;
    while (at < document.size()) {
        const qsizetype feed = document.indexOf('\n', at);
        const qsizetype end = feed < 0 ? document.size() : feed + 1;
        qsizetype stop = feed < 0 ? end : feed;
        if (stop > at && document.at(stop - 1) == '\r')
            --stop;
        lines.push_back({at, end, QByteArrayView(document).sliced(at, stop - at)});
        at = end;
    }
    return lines;
}

/// Takes "word " off the front.
QByteArrayView takeWord(QByteArrayView &rest)
{
    const qsizetype space = rest.indexOf(' ');
    const QByteArrayView word = space < 0 ? rest : rest.first(space);
    rest = space < 0 ? QByteArrayView() : rest.sliced(space + 1);
    return word;
}

std::optional<Region> readMarker(QByteArrayView line)
{
    if (!line.startsWith(kOpen) || !line.endsWith(kClose) || line.size() < kOpen.size() + kClose.size())
        return {};
    QByteArrayView rest = line.sliced(kOpen.size(), line.size() - kOpen.size() - kClose.size());
    Region region;
    region.name = takeWord(rest).toByteArray();
    if (!isRegionName(region.name) || takeWord(rest) != "v=1")
        return {};
    const QByteArrayView hash = takeWord(rest);
    region.hash = hash.startsWith("sha256=") ? hash.sliced(7).toByteArray() : QByteArray();
    const bool isHex = std::all_of(region.hash.begin(), region.hash.end(),
        [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    if (region.hash.size() != 64 || !isHex)
        return {};
    if (rest.startsWith("frozen")) {
        region.isFrozen = true;
        takeWord(rest);
    }
    const QJsonDocument options = QJsonDocument::fromJson(rest.toByteArray());
    if (!options.isObject())
        return {};
    region.options = options.object();
    return region;
}

QByteArray markerOf(const Region &region)
{
    // A value with "-->" in it would end the comment; ">" as an escape is the same value.
    QByteArray options = QJsonDocument(region.options).toJson(QJsonDocument::Compact);
    options.replace("<", "\\u003c").replace(">", "\\u003e");
    return kOpen.toByteArray() + region.name + " v=1 sha256=" + region.hash
        + (region.isFrozen ? " frozen " : " ") + options + kClose.toByteArray();
}

QByteArray bytesOf(const Region &region, const QByteArray &lineEnd)
{
    QByteArray text = region.text;
    if (lineEnd.size() == 2)
        text.replace("\n", lineEnd);
    return markerOf(region) + lineEnd + text + kEnd.toByteArray() + lineEnd;
}

/// As it may stand in a region: ended by a line break, and no line of it reads as a marker.
QByteArray regionText(QByteArray text)
{
    if (!text.isEmpty() && !text.endsWith('\n'))
        text += '\n';
    text.prepend('\n');
    for (const char *marker : {"!-- gen:", "!-- /gen"})
        text.replace(QByteArray("\n<") + marker, QByteArray("\n<\xe2\x80\x8b") + marker); // U+200B
    return text.remove(0, 1);
}

/// A piece with a fresh text between markers of the file's own line end; a last line without one stays so.
QByteArray replaced(const DocumentPiece &piece, const QByteArray &text)
{
    Region region = *piece.region;
    region.text = text;
    region.hash = hashOf(text);
    const qsizetype feed = piece.source.indexOf('\n');
    QByteArray out = bytesOf(region, feed > 0 && piece.source.at(feed - 1) == '\r' ? "\r\n" : "\n");
    while (!piece.source.endsWith('\n') && (out.endsWith('\n') || out.endsWith('\r')))
        out.chop(1);
    return out;
}

/// The same bytes under a marker that says frozen.
QByteArray frozen(const DocumentPiece &piece)
{
    Region region = *piece.region;
    region.isFrozen = true;
    QByteArray out = piece.source;
    const qsizetype feed = out.indexOf('\n');
    const qsizetype close = out.lastIndexOf(kClose.toByteArray(), feed);
    return out.replace(0, close + kClose.size(), markerOf(region));
}

} // namespace

bool Region::isEdited() const { return hashOf(text) != hash; }

bool isRegionName(QByteArrayView name)
{
    return std::any_of(
        std::begin(kNames), std::end(kNames), [&](const char *known) { return name == known; });
}

std::vector<QByteArray> regionNames() { return {std::begin(kNames), std::end(kNames)}; }

std::vector<DocumentPiece> splitDocument(const QByteArray &document)
{
    const std::vector<LineView> lines = linesOf(document);
    std::vector<DocumentPiece> pieces;
    qsizetype textFrom = 0;
    std::optional<Region> open;
    size_t openLine = 0;
    for (size_t i = 0; i < lines.size(); ++i) {
        if (auto marker = readMarker(lines[i].content)) {
            open = std::move(marker); // one before it that was never closed is text
            openLine = i;
        } else if (open && lines[i].content == kEnd) {
            const LineView &first = lines[openLine];
            open->text = document.mid(first.end, lines[i].begin - first.end);
            if (first.begin > textFrom)
                pieces.push_back({document.mid(textFrom, first.begin - textFrom), {}});
            pieces.push_back({document.mid(first.begin, lines[i].end - first.begin), std::move(open)});
            open.reset();
            textFrom = lines[i].end;
        }
    }
    if (textFrom < document.size())
        pieces.push_back({document.mid(textFrom), {}});
    return pieces;
}

QByteArray regionBytes(const QByteArray &name, const QJsonObject &options, const QByteArray &text)
{
    const QByteArray whole = regionText(text);
    return bytesOf({name, hashOf(whole), options, false, whole}, "\n");
}

Result<Regeneration> regenerate(const QByteArray &document, const FreshRegion &fresh, EditedRegions policy)
{
    using What = RegionOutcome::What;
    Regeneration result;
    for (const DocumentPiece &piece : splitDocument(document)) {
        if (!piece.region) {
            result.document += piece.source;
            continue;
        }
        const Region &region = *piece.region;
        auto made = fresh(region);
        if (!made)
            return tl::unexpected(made.error());
        const QByteArray text = regionText(*made);
        QByteArray current = region.text;
        current.replace("\r\n", "\n");
        RegionOutcome outcome{region.name, What::Same, lineDiff(current, text)};
        QByteArray next = piece.source;
        if (region.isFrozen) {
            outcome.what = What::Frozen;
        } else if (!region.isEdited()) {
            outcome.what = current == text ? What::Same : What::Replaced;
            next = current == text ? piece.source : replaced(piece, text);
        } else if (policy == EditedRegions::Take) {
            outcome.what = What::TookFresh;
            next = replaced(piece, text);
        } else if (policy == EditedRegions::Keep) {
            outcome.what = What::KeptEdited;
            next = frozen(piece);
        } else {
            outcome.what = What::Edited;
            result.isRefused = true;
        }
        result.document += next;
        result.outcomes.push_back(std::move(outcome));
    }
    if (result.isRefused)
        result.document = document;
    return result;
}

} // namespace bw
