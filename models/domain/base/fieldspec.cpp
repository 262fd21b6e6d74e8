// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/fieldspec.h>

#include <domain/base/format.h>
#include <domain/base/timerange.h>

#include <QRegularExpression>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

tl::unexpected<Error> refused(const FieldSpec &spec, const QVariant &value, const QString &allowed)
{
    const bool structured =
        value.typeId() == QMetaType::QVariantList || value.typeId() == QMetaType::QVariantMap;
    QString found = structured ? QString::fromLatin1(value.typeName()) : value.toString();
    if (value.typeId() == QMetaType::QVariantList || value.typeId() == QMetaType::QStringList)
        found = u"a list"_s;
    else if (value.typeId() == QMetaType::QVariantMap)
        found = u"a map"_s;
    else
        found = u'"' + found + u'"';
    return fail(Error::Kind::Invalid, u"%1: found %2, allowed is %3"_s.arg(spec.key, found, allowed));
}

bool isScalar(const QVariant &value)
{
    return value.canConvert<QString>() && value.typeId() != QMetaType::QVariantList
        && value.typeId() != QMetaType::QVariantMap && value.typeId() != QMetaType::QStringList;
}

bool isNumber(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::Int:
    case QMetaType::UInt:
    case QMetaType::LongLong:
    case QMetaType::ULongLong:
    case QMetaType::Double:
    case QMetaType::Float:
        return true;
    default:
        return false;
    }
}

std::optional<double> numberFrom(const QVariant &value)
{
    bool ok = isNumber(value);
    const double number =
        value.typeId() == QMetaType::QString ? value.toString().trimmed().toDouble(&ok) : value.toDouble();
    return ok && !std::isnan(number) ? std::optional(number) : std::nullopt;
}

QString boundsText(const FieldSpec &spec, const QString &noun)
{
    const bool low = spec.min > -1e307, high = spec.max < 1e307;
    if (low && high)
        return u"%1 from %2 to %3"_s.arg(noun, formatExact(spec.min), formatExact(spec.max));
    if (low)
        return u"%1 of at least %2"_s.arg(noun, formatExact(spec.min));
    return high ? u"%1 of at most %2"_s.arg(noun, formatExact(spec.max)) : noun;
}

Result<QVariant> checkedNumber(const FieldSpec &spec, const QVariant &value)
{
    const bool whole = spec.kind == FieldSpec::Kind::Integer;
    const QString allowed = boundsText(spec, whole ? u"a whole number"_s : u"a number"_s);
    const std::optional<double> number = numberFrom(value);
    if (!number || *number < spec.min || *number > spec.max)
        return refused(spec, value, allowed);
    if (!whole)
        return QVariant(*number);
    if (*number != std::floor(*number) || std::abs(*number) > 9e15)
        return refused(spec, value, allowed);
    return QVariant(qlonglong(*number));
}

Result<QVariant> checkedBoolean(const FieldSpec &spec, const QVariant &value)
{
    if (value.typeId() == QMetaType::Bool)
        return value;
    const QString text = isScalar(value) ? value.toString().trimmed() : QString();
    if (text == "true"_L1 || text == "false"_L1)
        return QVariant(text == "true"_L1);
    return refused(spec, value, u"true or false"_s);
}

Result<QVariant> checkedDuration(const FieldSpec &spec, const QVariant &value)
{
    const QString text = isScalar(value) ? value.toString().trimmed() : QString();
    if (!parseDuration(text))
        return refused(spec, value, u"a duration such as 90s or 1h30m"_s);
    return QVariant(text);
}

Result<QVariant> checkedChoice(const FieldSpec &spec, const QVariant &value)
{
    const QString text = isScalar(value) ? value.toString() : QString();
    if (spec.choices.contains(text))
        return QVariant(text);
    QString allowed = u"one of "_s + spec.choices.join(u", "_s);
    if (const QString nearest = nearestKey(text, spec.choices); !nearest.isEmpty())
        allowed += u" (did you mean %1?)"_s.arg(nearest);
    return refused(spec, value, allowed);
}

Result<QVariant> checkedSecret(const FieldSpec &spec, const QVariant &value)
{
    static const QRegularExpression reference(u"\\A(?:keyring|env|file|command):\\S.*\\z"_s);
    const QString text = isScalar(value) ? value.toString() : QString();
    if (reference.match(text).hasMatch())
        return QVariant(text);
    // The text may be the secret itself: it is not repeated.
    return fail(Error::Kind::Invalid,
        u"%1: a secret is not written here; allowed is a reference: keyring:NAME, env:VAR, file:PATH or "
        "command:PROGRAM"_s.arg(spec.key));
}

} // namespace

Result<QVariant> checkedField(const FieldSpec &spec, const QVariant &value)
{
    if (!value.isValid() || value.isNull()) {
        if (spec.required)
            return fail(Error::Kind::Invalid, u"%1 is missing"_s.arg(spec.key));
        return spec.fallback;
    }
    switch (spec.kind) {
    case FieldSpec::Kind::Text:
        return isScalar(value) ? Result<QVariant>(value.toString()) : refused(spec, value, u"text"_s);
    case FieldSpec::Kind::Integer:
    case FieldSpec::Kind::Number:
        return checkedNumber(spec, value);
    case FieldSpec::Kind::Boolean:
        return checkedBoolean(spec, value);
    case FieldSpec::Kind::Duration:
        return checkedDuration(spec, value);
    case FieldSpec::Kind::Choice:
        return checkedChoice(spec, value);
    case FieldSpec::Kind::List:
        if (value.typeId() == QMetaType::QVariantList || value.typeId() == QMetaType::QStringList)
            return QVariant(value.toList());
        // One value stands for a list of one.
        return isScalar(value) ? Result<QVariant>(QVariantList{value}) : refused(spec, value, u"a list"_s);
    case FieldSpec::Kind::Map:
        return value.typeId() == QMetaType::QVariantMap ? Result<QVariant>(value)
                                                        : refused(spec, value, u"a map"_s);
    case FieldSpec::Kind::Secret:
        return checkedSecret(spec, value);
    }
    return value;
}

QString nearestKey(const QString &key, const QStringList &known)
{
    constexpr int kFarthest = 2;
    QString best;
    int bestDistance = kFarthest + 1;
    for (const QString &candidate : known) {
        if (std::abs(candidate.size() - key.size()) > kFarthest)
            continue;
        std::vector<int> row(size_t(candidate.size()) + 1);
        std::iota(row.begin(), row.end(), 0);
        for (qsizetype i = 0; i < key.size(); ++i) {
            int diagonal = std::exchange(row[0], int(i) + 1);
            for (qsizetype j = 0; j < candidate.size(); ++j) {
                const int replaced = diagonal + int(key.at(i) != candidate.at(j));
                diagonal = row[size_t(j) + 1];
                row[size_t(j) + 1] = std::min({replaced, row[size_t(j)] + 1, diagonal + 1});
            }
        }
        if (row.back() < bestDistance) {
            bestDistance = row.back();
            best = candidate;
        }
    }
    return best;
}

} // namespace bw
