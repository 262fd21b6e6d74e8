// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/metrics/labels.h>

#include <QList>
#include <QMap>
#include <QStringList>

namespace bw {

/// How a name of one signal was found among those of another.
struct IdentityMatch
{
    enum class How : quint8 { None, Exact, Alias, Normalised };
    How how = How::None;
    QString value; ///< as the other signal spells it; empty with None
    bool operator==(const IdentityMatch &) const = default;
};

/// Names that mean the same thing: each entry is a group.
using AliasTable = QList<QStringList>;

/// Lower case, and of a "namespace/name" the name; "_" and "." count as "-".
QString normalisedIdentity(const QString &name);
/// Finds `name` among `candidates`: as it is, by `aliases`, or normalised. A normalised name that fits
/// several candidates fits none: nothing is guessed.
IdentityMatch matchIdentity(
    const QString &name, const QStringList &candidates, const AliasTable &aliases = {});
/// "checkout is shop/checkout there (same name without prefix)", or empty when it is exact.
QString describeMatch(const QString &name, const IdentityMatch &match);

/// The value of an identity field (service, route, namespace, cluster, environment, instance, version) in
/// the labels of an alert, a deploy or a series: the first label that is there and not empty.
QString identityField(const Labels &labels, const QString &field);
/// True when `labels` say of a field of `context` that they are of something else. A label that is missing
/// says nothing.
bool isOfOther(const Labels &labels, const QMap<QString, QString> &context, const AliasTable &aliases = {});

} // namespace bw
