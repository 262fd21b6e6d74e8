// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>
#include <domain/base/untrusted.h>

#include <QByteArray>
#include <QTimeZone>

namespace bw {

/// Text from outside inside a paragraph, heading or table cell of Markdown (CommonMark and GitHub's tables):
/// visible as it is, no markup, link or HTML in it. One line; line breaks become " ⏎ ".
QString markdownText(const Untrusted &text);
/// The same with its line breaks, which stay breaks: for a paragraph of its own.
QString markdownLines(const Untrusted &text);
/// A fenced block longer than any run of backticks inside; ends with a line break.
QString markdownCode(const Untrusted &text);

/// An address that can be clicked: absolute, http or https, a host, no user name, percent-encoded so that it
/// can stand in any of our formats between quotes or angle brackets. Empty for every other.
QByteArray safeAddress(const Untrusted &address);

/// A name for a file out of any text: letters, digits, "._-", at most 80, no dot in front, no name of a
/// device.
QString fileNameFrom(const QString &text);

/// Writes moments in one zone: "2026-05-01 16:02:11 +02:00", "2026-05-01 14:02:11 UTC". Dates are always
/// there.
class TimeWriter
{
public:
    enum class Precision : quint8 { Seconds, Milliseconds };
    /// An invalid zone is UTC.
    TimeWriter(const QTimeZone &zone, Precision precision);
    QString local(Timestamp t) const;
    QString utc(Timestamp t) const; ///< "2026-05-01 14:02:11" or with ".123"
    QString iso(Timestamp t) const; ///< "2026-05-01T14:02:11Z" or with ".123"
    bool isUtc() const { return m_isUtc; }
    QString zoneName() const;

private:
    QString text(Timestamp t, int offsetSeconds, QChar separator) const;
    QTimeZone m_zone;
    Precision m_precision;
    bool m_isUtc = true;
};

} // namespace bw
