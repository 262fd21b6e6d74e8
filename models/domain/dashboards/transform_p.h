// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/transform.h>

namespace bw {

// Steps that change which fields there are.
void organizeFields(Frames &frames, const QVariantMap &options);
void filterFields(Frames &frames, const QVariantMap &options);
void filterQueries(Frames &frames, const QVariantMap &options);
void renameFields(Frames &frames, const QVariantMap &options);
void labelsToFields(Frames &frames, const QVariantMap &options);
void calculateField(Frames &frames, const QVariantMap &options);

// Steps that change which rows there are.
void mergeFrames(Frames &frames);
void joinFrames(Frames &frames, const QVariantMap &options);
void groupRows(Frames &frames, const QVariantMap &options);
void sortRows(Frames &frames, const QVariantMap &options);
void filterRows(Frames &frames, const QVariantMap &options);
void reduceFrames(Frames &frames, const QVariantMap &options);
void limitRows(Frames &frames, const QVariantMap &options);
void seriesToRows(Frames &frames);
void concatenateFrames(Frames &frames);

/// Rows of `frame` in the order of `rows`.
Frame pickedRows(const Frame &frame, const std::vector<size_t> &rows);
/// "Time 1", "Time 2" where several fields have one name.
void numberEqualNames(Frame &frame);
/// The finite and NaN numbers of a field, for calculations.
std::vector<double> numbersOf(const Field &field);

} // namespace bw
