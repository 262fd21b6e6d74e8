// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/slo/sloport.h>

namespace bw {

/// "99.871 %", "—" when there is none.
QString percentText(const std::optional<double> &share, int decimals);
/// What the state means for a person: "met", "MISSED", "no traffic", "no data".
QString stateText(const SloStatus &status);
/// "page", "ticket", "page rule", or "-": what fires now.
QString firingText(const SloStatus &status);
/// "in 3 d 4 h", "since 2026-11-20 14:00 UTC", "not at this rate".
QString exhaustionText(const SloStatus &status);
/// What the figures are made of, in one sentence: formula, weighting, period.
QString formulaText(const SloStatus &status);
/// "708 of 720 hours (98.3 %)"
QString coverageText(const SloStatus &status);

/// Which alerts of other tools say the same, and which say something else; empty when there is nothing to
/// say.
QString agreementText(const SloStatus &status, const AlertAgreement &agreement);
/// "14.2x", "—"
QString burnText(const std::optional<double> &burn);

/// A table, one line an objective, and the global figures below it.
QByteArray listText(const SloBoard &board);
/// Everything about one.
QByteArray detailText(const SloStatus &status);

} // namespace bw
