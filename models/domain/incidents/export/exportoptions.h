// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/incidents/entry.h>
#include <domain/incidents/export/exporttext.h>

#include <QJsonObject>
#include <QStringList>

namespace bw {

/// For whose eyes: what else is taken out follows from it (redaction.h).
enum class ExportProfile : quint8 { Internal, Partner, Public };
/// How people are named, from open to closed.
enum class NameStyle : quint8 { Full, Initials, Roles, None };
enum class ChartStyle : quint8 { Image, Data, Both };

/// What a document is made with. The same options and the same record give the same bytes.
struct ExportOptions
{
    QByteArray zone = "UTC"; ///< IANA name; UTC always stands beside it
    TimeWriter::Precision precision = TimeWriter::Precision::Seconds;
    EntryLevel level = EntryLevel::Timeline;
    QStringList kinds; ///< "note.text", or "note" for a whole group; empty: all
    NameStyle names = NameStyle::Full;
    ExportProfile profile = ExportProfile::Internal;
    ChartStyle charts = ChartStyle::Both;
    bool rawCsv = false; ///< cells as they are, formulas included
    bool operator==(const ExportOptions &) const = default;

    /// What the profile makes of it: never more than it allows.
    EntryLevel effectiveLevel() const;
    NameStyle effectiveNames() const;
    ChartStyle effectiveCharts() const;
    TimeWriter times() const;
    bool takes(const QString &kind) const;
};

/// The options that are not the defaults, by the names of the command line.
QJsonObject toJson(const ExportOptions &options);
/// Invalid names the option whose value makes no sense; members nobody knows are left to others.
[[nodiscard]] Result<ExportOptions> exportOptionsFrom(const QJsonObject &json);
/// Sets one option from text, as the command line and the markers of documents write it. Invalid says what is
/// allowed.
[[nodiscard]] Result<void> setExportOption(ExportOptions &options, const QString &name, const QString &value);
/// "zone", "precision", "level", "kinds", "names", "profile", "charts".
QStringList exportOptionNames();

} // namespace bw
