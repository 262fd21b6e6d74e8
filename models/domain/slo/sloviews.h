// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/queryresult.h>
#include <domain/slo/sloport.h>

namespace bw {

/// What panels may ask of the topic "slo" (`type: slo`, `expr:` one of these; as own data "slo:remaining").
/// Every series has the labels slo (title), id (what a link opens), service, owner, weighting and state. met,
/// global: numbers over all objectives, with their words in the label __text. remaining, target, attained,
/// bad_left, exhaustion (s; −1: already gone), time_left (s of full failure), burn (worst row), firing (−2
/// page, −3 ticket, nothing when quiet), page_in (s), coverage: one number an objective. The negative ones
/// are words for a panel's `mappings`. burn:1 … burn:4: the lower burn rate of a row's two windows, rows in
/// the file's order. burndown: what was left, hour by hour; even: the same if spent evenly. daily: share of
/// good events by service and UTC day. service_burn, service_firing: the worst of burn and of firing among
/// the objectives of each service, with the labels service and slo (which one it is).
QStringList sloViews();
/// The view as numbers; NotFound names the views there are.
[[nodiscard]] Result<MetricData> sloView(const SloBoard &board, const QString &view, Timestamp now);

} // namespace bw
