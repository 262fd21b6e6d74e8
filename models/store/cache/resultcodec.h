// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/query/queryresult.h>

#include <QByteArray>

namespace bw {

/// One answer as bytes, for the cache file: a version, a checksum, texts once each, times as steps. Only
/// what a later session can believe is in it: no freshness, no boot times. Pure; any thread.
QByteArray encodeResult(const QueryResult &result);

/// The answer again, Stale with the moment it was fetched. Decode for bytes that encodeResult of this
/// version did not make, whatever they are: every count is checked against the bytes that are left.
[[nodiscard]] Result<QueryResult> decodeResult(const QByteArray &bytes);

/// `result` as decodeResult would give it back.
QueryResult asKept(QueryResult result);

/// The checksum in the bytes set right again; lets a test reach the decoder behind it.
QByteArray withChecksum(QByteArray bytes);

} // namespace bw
