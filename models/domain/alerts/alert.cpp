// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/alerts/alert.h>

#include <domain/base/identity.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

const Untrusted *firstFilled(const Labels &labels, std::initializer_list<QLatin1StringView> names)
{
    for (const QLatin1StringView name : names) {
        const Untrusted *value = labels.find(QString(name));
        if (value && !value->isEmpty())
            return value;
    }
    return nullptr;
}

} // namespace

Untrusted Alert::name() const
{
    const Untrusted *name = firstFilled(labels, {"alertname"_L1});
    return name ? *name : seriesName(labels);
}

QString Alert::service() const { return identityField(labels, u"service"_s); }

Untrusted Alert::summary() const
{
    const Untrusted *value = firstFilled(annotations, {"summary"_L1, "description"_L1, "message"_L1});
    return value ? *value : Untrusted();
}

QString stateName(AlertState state)
{
    switch (state) {
    case AlertState::Pending:
        return u"pending"_s;
    case AlertState::Firing:
        return u"firing"_s;
    case AlertState::Silenced:
        return u"silenced"_s;
    case AlertState::Inhibited:
        return u"inhibited"_s;
    case AlertState::Muted:
        return u"muted"_s;
    case AlertState::Resolved:
        return u"resolved"_s;
    case AlertState::Unknown:
        break;
    }
    return u"unknown"_s;
}

QString className(AlertClass value)
{
    switch (value) {
    case AlertClass::Health:
        return u"health"_s;
    case AlertClass::Ticket:
        return u"ticket"_s;
    case AlertClass::Page:
        break;
    }
    return u"page"_s;
}

QString severityName(Severity value)
{
    switch (value) {
    case Severity::Info:
        return u"info"_s;
    case Severity::Warning:
        return u"warning"_s;
    case Severity::Error:
        return u"error"_s;
    case Severity::Critical:
        return u"critical"_s;
    case Severity::None:
        break;
    }
    return u"none"_s;
}

} // namespace bw
