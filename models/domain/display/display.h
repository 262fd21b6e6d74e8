// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>
#include <domain/base/result.h>

#include <QMap>
#include <QSizeF>
#include <QString>
#include <QStringList>
#include <QTime>

#include <optional>
#include <vector>

namespace bw {

/// One dashboard of a rotation: how long it stays, and with which saved set.
struct RotationStop
{
    QString dashboard, set;
    std::chrono::seconds dwell{30};
    bool operator==(const RotationStop &) const = default;
};

struct Rotation
{
    QString id;
    std::vector<RotationStop> stops; ///< at least one
    bool operator==(const Rotation &) const = default;
};

/// What happens when a page alert is new.
struct NotificationSettings
{
    bool desktop = true, sound = false;
    std::optional<QTime> quietFrom, quietTo; ///< both or none; local time; may cross midnight
    bool operator==(const NotificationSettings &) const = default;
};

/// display.yaml as values.
struct DisplaySettings
{
    double scale = 1.5; ///< of text and lines together
    std::vector<Rotation> rotations;
    NotificationSettings notifications;
    bool operator==(const DisplaySettings &) const = default;
};

/// What `--display` names.
struct DisplayTarget
{
    enum class Kind : quint8 { Dashboard, Rotation };
    Kind kind = Kind::Dashboard;
    QString id;
    bool operator==(const DisplayTarget &) const = default;
};
/// Reads "dashboard:ID" or "rotation:NAME". Invalid otherwise, naming what is allowed; for "war-room", which
/// needs incidents, it says so.
[[nodiscard]] Result<DisplayTarget> parseDisplayTarget(const QString &text);

/// True between the quiet hours' ends.
bool isQuiet(const NotificationSettings &settings, const QTime &now);

// Secondary text 12 mm high is read at 4 m; our text has capitals of 9 px at scale 1.
constexpr double kReadableMillimetres = 12, kReadingMetres = 4, kCapitalPixels = 9;
/// Height in millimetres of small text at `scale` on a screen of this size; nullopt when the screen does not
/// say how large it is.
std::optional<double> textMillimetres(double scale, const QSizeF &millimetres, const QSize &pixels);
/// The scale at which small text is read from `metres`; nullopt as above.
std::optional<double> scaleFor(double metres, const QSizeF &millimetres, const QSize &pixels);

} // namespace bw
