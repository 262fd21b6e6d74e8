// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/jsonguard.h>
#include <http/httptransport.h>

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

namespace bw::recorded {

/// A recorded answer, "prometheus/vector.json", with the padding the decoders want; empty when absent.
inline QByteArray body(const QString &name)
{
    QFile file(qEnvironmentVariable("BW_TEST_DATA") + u'/' + name);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return padded(file.readAll());
}

/// The same with the status and content type it came with.
inline HttpResponse response(const QString &name)
{
    const qsizetype slash = name.indexOf(u'/');
    const QJsonObject entry = QJsonDocument::fromJson(body(name.left(slash) + QStringLiteral("/index.json")))
                                  .object()
                                  .value(name.mid(slash + 1))
                                  .toObject();
    HttpResponse out;
    out.status = entry.value(QStringLiteral("status")).toInt();
    out.headers = {{"Content-Type", entry.value(QStringLiteral("type")).toString().toLatin1()}};
    out.body = body(name);
    out.url = "http://server" + entry.value(QStringLiteral("path")).toString().toLatin1() + "?query=x";
    return out;
}

} // namespace bw::recorded
