// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panellinks.h>

#include <QRegularExpression>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

/// One pass: what a value contains is never expanded again.
QString expanded(const QString &text, const TimeRange &range, bool isUrl,
    const std::function<QString(const QString &)> &field)
{
    static const QRegularExpression reference(u"\\$\\{__(row|series|time)\\.([^}]+)\\}|\\$\\{__value\\}"_s);
    QString out;
    qsizetype from = 0;
    for (auto it = reference.globalMatch(text); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        out += QStringView(text).mid(from, match.capturedStart() - from);
        QString value;
        if (match.captured(1) == "time"_L1)
            value = QString::number(toUnixMs(match.captured(2) == "from"_L1 ? range.begin : range.end));
        else
            value = field(match.captured(1).isEmpty() ? u"__value"_s : match.captured(2));
        out += isUrl ? QString::fromLatin1(render::url(Untrusted(value))) : value;
        from = match.capturedEnd();
    }
    out += QStringView(text).mid(from);
    return out;
}

} // namespace

Link linkFrom(
    const PanelLink &link, const TimeRange &range, const std::function<QString(const QString &)> &field)
{
    if (link.dashboard.isEmpty())
        return WebLink{expanded(link.url, range, true, field)};
    DashboardLink target;
    target.dashboard = link.dashboard;
    for (auto entry = link.context.begin(); entry != link.context.end(); ++entry)
        target.context.insert(entry.key(), expanded(entry.value(), range, false, field));
    return target;
}

} // namespace bw
