// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/frames.h>

namespace bw {

/// Every transformation there is, by the id that files use:
/// organize {exclude: [names], order: [names], rename: {name: title}} · filterFieldsByName {include, exclude:
/// [names], include_regex, exclude_regex} · filterByQuery {regex} · merge · groupBy {by: [names], calcs:
/// [{field, calc}]} · labelsToFields {labels: [names], value_label, rows} · sortBy {field, desc} ·
/// calculateField {title, left, op, right} or {title, calc, fields: [names]}, and {replace} · joinByField
/// {field, mode: outer | inner} · filterByValue {keep: true | false, match: all | any, where: [{field, op,
/// value, to}]} · renameByRegex {regex, to} · reduce {calcs: [ids], mode: rows | fields, labels} · limit
/// {count} · seriesToRows · concatenate
QStringList transformationIds();
/// What is wrong with its settings, or with one it does not have; empty when nothing is.
QStringList transformationProblems(const Transformation &step);

struct Transformed
{
    Frames frames;
    QString problem; ///< why the chain stopped, and at which step; `frames` are those before it
    size_t left = 0; ///< rows for which a table had no room; they are not in `frames`
};
/// Applies `steps` in order; steps that are off are passed over. Pure; any thread. Every step is n log n in
/// the cells it is given; what it makes has room for `kMaxTransformedRows` rows and `kMaxTransformedCells`
/// cells.
Transformed transformed(Frames frames, std::span<const Transformation> steps);

constexpr size_t kMaxTransformedRows = 50'000;
// A million: some 40 MB. Tables of many series with names of their own are as wide as they are long.
constexpr size_t kMaxTransformedCells = 1'000'000;

} // namespace bw
