// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>

#include <QString>
#include <QStringList>
#include <QVariant>

#include <vector>

namespace bw {

/// One typed field of a panel's options, a datasource or a form. One description serves reading YAML, the
/// form builder and `lint`.
struct FieldSpec
{
    enum class Kind { Text, Integer, Number, Boolean, Duration, Choice, List, Map, Secret };
    QString key;
    QString label;
    Kind kind = Kind::Text;
    QVariant fallback;
    QStringList choices; ///< Choice only
    double min = -1e308, max = 1e308; ///< Integer and Number
    bool required = false;
};

/// What `value` becomes under `spec`; Invalid says what was found and what is allowed.
[[nodiscard]] Result<QVariant> checkedField(const FieldSpec &spec, const QVariant &value);
/// The known key nearest to `key` (edit distance at most 2), or empty.
QString nearestKey(const QString &key, const QStringList &known);

} // namespace bw
