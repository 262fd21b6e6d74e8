// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/display/display.h>

#include <QSize>

namespace bw {
using namespace Qt::Literals::StringLiterals;

Result<DisplayTarget> parseDisplayTarget(const QString &text)
{
    if (text == "war-room"_L1) {
        return fail(Error::Kind::Invalid,
            u"--display war-room: there are no incidents yet that it could show; "
            "dashboard:ID and rotation:NAME work"_s);
    }
    const qsizetype colon = text.indexOf(u':');
    const QString kind = text.left(colon), id = text.mid(colon + 1);
    if (colon > 0 && !id.isEmpty() && kind == "dashboard"_L1)
        return DisplayTarget{DisplayTarget::Kind::Dashboard, id};
    if (colon > 0 && !id.isEmpty() && kind == "rotation"_L1)
        return DisplayTarget{DisplayTarget::Kind::Rotation, id};
    return fail(Error::Kind::Invalid,
        u"--display: found \"%1\", allowed are dashboard:ID and rotation:NAME"_s.arg(text));
}

bool isQuiet(const NotificationSettings &settings, const QTime &now)
{
    if (!settings.quietFrom || !settings.quietTo || *settings.quietFrom == *settings.quietTo)
        return false;
    const bool isBehind = now >= *settings.quietFrom, isBefore = now < *settings.quietTo;
    return *settings.quietFrom < *settings.quietTo ? isBehind && isBefore : isBehind || isBefore;
}

std::optional<double> textMillimetres(double scale, const QSizeF &millimetres, const QSize &pixels)
{
    // Televisions say 160 × 90 mm, or the aspect ratio, or nothing.
    if (millimetres.width() < 200 || pixels.width() <= 0)
        return std::nullopt;
    return kCapitalPixels * scale * millimetres.width() / pixels.width();
}

std::optional<double> scaleFor(double metres, const QSizeF &millimetres, const QSize &pixels)
{
    const auto one = textMillimetres(1, millimetres, pixels);
    if (!one)
        return std::nullopt;
    return kReadableMillimetres * metres / kReadingMetres / *one;
}

} // namespace bw
