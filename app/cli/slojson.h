// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/jsonwriter.h>
#include <domain/slo/sloport.h>

namespace bw {

/// One objective with everything that is known of it, as an object.
void writeSlo(JsonWriter &json, const SloStatus &status);
/// The same with the member "agreement": null when nobody knows which alerts fire.
void writeSlo(JsonWriter &json, const SloStatus &status, const std::optional<AlertAgreement> &agreement);
/// The figures over all objectives, as an object.
void writeGlobal(JsonWriter &json, const GlobalFigures &figures);

} // namespace bw
