// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/slo/sloport.h>

namespace bw {

/// A period to report about: what the user called it, and when it was, half open.
struct ReportPeriod
{
    QString name;
    TimeRange range;
};
/// "30d" (ends now), "2026-10", "2026-Q4", "2026", "2026-W47", "last-month", or FROM..TO in RFC 3339 or days;
/// what lies in the future is cut off. Invalid names the forms.
[[nodiscard]] Result<ReportPeriod> reportPeriod(const QString &text, Timestamp now);

struct SloReport
{
    ReportPeriod period;
    Timestamp madeAt{};
    std::vector<SloStatus> statuses; ///< worst first, judged over the report's period
    GlobalFigures global;
    QStringList problems; ///< what keeps it from being complete
};
/// Judges every objective over `period`. `bucketsOf` gives the hours of one status.
SloReport reportOf(const std::vector<SloStatus> &statuses, const ReportPeriod &period, Timestamp now,
    const std::function<HourBuckets(const QString &key)> &bucketsOf);

QByteArray reportMarkdown(const SloReport &report);
/// One file, no script, nothing loaded from elsewhere.
QByteArray reportHtml(const SloReport &report);
QByteArray reportJson(const SloReport &report);

} // namespace bw
