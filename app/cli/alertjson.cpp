// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/cli/alertjson.h>

using namespace Qt::Literals::StringLiterals;

namespace bw {

QString hexFingerprint(quint64 fingerprint)
{
    return QString::number(fingerprint, 16).rightJustified(16, u'0');
}

void writeAlert(JsonWriter &json, const Alert &alert)
{
    json.beginObject().member(u"fingerprint", hexFingerprint(alert.key.fingerprint));
    json.member(u"source", alert.key.source.id).member(u"name", verbatim(alert.name()));
    json.member(u"state", stateName(alert.state)).member(u"class", className(alert.alertClass));
    json.member(u"severity", severityName(alert.severity)).member(u"service", alert.service());
    json.member(u"labels", alert.labels).member(u"annotations", alert.annotations);
    json.member(u"startsAt", alert.startsAt).member(u"updatedAt", alert.updatedAt).key(u"endsAt");
    if (alert.endsAt)
        json.value(*alert.endsAt);
    else
        json.null();
    json.member(u"generatorUrl", verbatim(alert.generatorUrl)).member(u"receivers", alert.receivers);
    json.member(u"silencedBy", alert.silencedBy).member(u"inhibitedBy", alert.inhibitedBy);
    json.member(u"mutedBy", alert.mutedBy).key(u"members").beginArray();
    for (const MemberReport &report : alert.members)
        json.value(report.member.id);
    json.endArray().member(u"membersAsked", alert.membersAsked).endObject();
}

} // namespace bw
