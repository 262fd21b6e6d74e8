// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/jsonwriter.h>
#include <domain/query/queryresult.h>

namespace bw {

/// "resultType" and "result" in the shape of the Prometheus API, every value the text that reads back as the
/// same number, so that a reader of the one can read the other.
void writeMetricData(JsonWriter &json, const MetricData &data);
/// The same as promtool prints it.
QByteArray metricText(const MetricData &data);
/// "vector", "matrix", "scalar", "string"
QString shapeName(MetricData::Shape shape);

} // namespace bw
