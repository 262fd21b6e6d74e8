// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/transform.h>

namespace bw {

// Steps return how many rows they had no room for; those without a result never make more of what there is.

// Steps that change which fields there are.
void organizeFields(Frames &frames, const QVariantMap &options);
void filterFields(Frames &frames, const QVariantMap &options);
void filterQueries(Frames &frames, const QVariantMap &options);
void renameFields(Frames &frames, const QVariantMap &options);
[[nodiscard]] size_t labelsToFields(Frames &frames, const QVariantMap &options);
[[nodiscard]] size_t calculateField(Frames &frames, const QVariantMap &options);

// Steps that change which rows there are.
[[nodiscard]] size_t mergeFrames(Frames &frames);
[[nodiscard]] size_t joinFrames(Frames &frames, const QVariantMap &options);
[[nodiscard]] size_t groupRows(Frames &frames, const QVariantMap &options);
void sortRows(Frames &frames, const QVariantMap &options);
void filterRows(Frames &frames, const QVariantMap &options);
[[nodiscard]] size_t reduceFrames(Frames &frames, const QVariantMap &options);
void limitRows(Frames &frames, const QVariantMap &options);
[[nodiscard]] size_t seriesToRows(Frames &frames);
[[nodiscard]] size_t concatenateFrames(Frames &frames);

/// How many rows a table of so many fields may have.
size_t rowsFor(size_t fields);
/// Rows of `frame` in the order of `rows`.
Frame pickedRows(const Frame &frame, const std::vector<size_t> &rows);
/// "Time 1", "Time 2" where several fields have one name.
void numberEqualNames(Frame &frame);
/// The finite and NaN numbers of a field, for calculations.
std::vector<double> numbersOf(const Field &field);

} // namespace bw
