// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/identity.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

/// Labels that carry a field outside of metrics, whose names the profile knows; in order.
QStringList labelsOf(const QString &field)
{
    static const QMap<QString, QStringList> table{
        {u"service"_s,
            {u"service"_s, u"service_name"_s, u"app"_s, u"application"_s, u"job"_s, u"deployment"_s}},
        {u"route"_s, {u"route"_s, u"handler"_s, u"http_route"_s}},
        {u"namespace"_s, {u"namespace"_s, u"exported_namespace"_s}},
        {u"cluster"_s, {u"cluster"_s}},
        {u"environment"_s, {u"environment"_s, u"env"_s}},
        {u"instance"_s, {u"pod"_s, u"instance"_s}},
        {u"version"_s, {u"version"_s}},
    };
    return table.value(field);
}

bool areAliases(const QString &a, const QString &b, const AliasTable &aliases)
{
    for (const QStringList &group : aliases) {
        if (group.contains(a) && group.contains(b))
            return true;
    }
    return false;
}

} // namespace

QString normalisedIdentity(const QString &name)
{
    QString out = name.mid(name.lastIndexOf(u'/') + 1).toLower().trimmed();
    return out.replace(u'_', u'-').replace(u'.', u'-');
}

IdentityMatch matchIdentity(const QString &name, const QStringList &candidates, const AliasTable &aliases)
{
    using How = IdentityMatch::How;
    if (name.isEmpty())
        return {};
    if (candidates.contains(name))
        return {How::Exact, name};
    for (const QString &candidate : candidates) {
        if (areAliases(name, candidate, aliases))
            return {How::Alias, candidate};
    }
    const QString wanted = normalisedIdentity(name);
    IdentityMatch match;
    for (const QString &candidate : candidates) {
        if (normalisedIdentity(candidate) != wanted)
            continue;
        if (match.how == How::Normalised && match.value != candidate)
            return {};
        match = {How::Normalised, candidate};
    }
    return match;
}

QString describeMatch(const QString &name, const IdentityMatch &match)
{
    if (match.how == IdentityMatch::How::Alias)
        return u"%1 is called %2 here, by your aliases"_s.arg(name, match.value);
    if (match.how == IdentityMatch::How::Normalised)
        return u"%1 is called %2 here: the same name but for case, prefix or separators"_s.arg(
            name, match.value);
    return {};
}

QString identityField(const Labels &labels, const QString &field)
{
    for (const QString &label : labelsOf(field)) {
        const QString value = labels.text(label);
        if (!value.isEmpty())
            return value;
    }
    return {};
}

bool isOfOther(const Labels &labels, const QMap<QString, QString> &context, const AliasTable &aliases)
{
    for (auto field = context.begin(); field != context.end(); ++field) {
        const QString value = identityField(labels, field.key());
        if (value.isEmpty() || field->isEmpty())
            continue;
        if (matchIdentity(*field, {value}, aliases).how == IdentityMatch::How::None)
            return true;
    }
    return false;
}

} // namespace bw
