// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/export/mustache.h>
#include <domain/incidents/export/redaction.h>

namespace bw {

/// What templates can name; docs/incidents.md has the list.
TemplateValue templateValues(const RedactedRecord &redacted);

} // namespace bw
