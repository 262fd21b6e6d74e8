// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/alerts/alert.h>
#include <domain/base/jsonwriter.h>

namespace bw {

/// Sixteen hex digits, as Alertmanager writes them.
QString hexFingerprint(quint64 fingerprint);
/// One alert as every document of the command line has it.
void writeAlert(JsonWriter &json, const Alert &alert);

} // namespace bw
