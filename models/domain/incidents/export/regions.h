// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <functional>
#include <optional>
#include <vector>

namespace bw {

/// A generated part of a document that people edit: two lines of comment around it say what it is, how it was
/// made and what it was when it was made.
///
///     <!-- gen:timeline v=1 sha256=<64 hex> {"zone":"Europe/Berlin"} -->
///     …
///     <!-- /gen -->
///
/// Documents are bytes here: what a person wrote stays as it is, valid UTF-8 or not.
struct Region
{
    QByteArray name; ///< lower-case letters and hyphens
    QByteArray hash; ///< hex, of the text as generated
    QJsonObject options; ///< what it was made with
    bool isFrozen = false; ///< a person wants to keep it
    QByteArray text; ///< between the markers, whole lines, may be empty
    bool isEdited() const; ///< the text is not what was generated; line ends do not count
    bool operator==(const Region &) const = default;
};

/// A piece of a document: text of people, or a region with its markers. `source` is exactly what the file
/// holds there, so that all sources together are the file.
struct DocumentPiece
{
    QByteArray source;
    std::optional<Region> region;
};

/// Cuts a document. Unknown, broken and unclosed markers are text.
std::vector<DocumentPiece> splitDocument(const QByteArray &document);
/// A fresh region as it stands in a file: markers, and `text` with a line break at its end.
QByteArray regionBytes(const QByteArray &name, const QJsonObject &options, const QByteArray &text);
/// True for the name of a region anybody can generate; regions.cpp has the list.
bool isRegionName(QByteArrayView name);
/// header, summary, timeline, …: in the order of a whole document.
std::vector<QByteArray> regionNames();

/// What to do with a region that a person edited.
enum class EditedRegions : quint8 {
    Refuse, ///< change nothing in the whole file
    Keep, ///< leave it, and mark it as frozen
    Take ///< the fresh text replaces it
};

struct RegionOutcome
{
    enum class What : quint8 { Same, Replaced, Edited, KeptEdited, TookFresh, Frozen };
    QByteArray name;
    What what = What::Same;
    QByteArray diff; ///< from the file's text to the fresh one; empty when they are the same
    bool operator==(const RegionOutcome &) const = default;
};

struct Regeneration
{
    QByteArray document; ///< the input, unless something was replaced
    std::vector<RegionOutcome> outcomes; ///< one a region, in the file's order
    /// A region was edited and the policy is to refuse: `document` is the input.
    bool isRefused = false;
};

/// Makes every region anew that nobody edited. `fresh` gives the text of a region from its name and options;
/// its error ends everything. Bytes outside the markers stay as they are. Frozen regions stay whatever the
/// policy is.
using FreshRegion = std::function<Result<QByteArray>(const Region &)>;
[[nodiscard]] Result<Regeneration> regenerate(
    const QByteArray &document, const FreshRegion &fresh, EditedRegions policy);

} // namespace bw
