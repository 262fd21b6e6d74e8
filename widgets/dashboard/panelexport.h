// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QString>

namespace bw {

class PanelFrame;

/// One panel on its way to a file, made on the UI thread; encoding and writing are a worker's. A value.
struct PanelExport
{
    QString name; ///< proposed, without a folder: "cpu.png"
    QString suffix; ///< png, svg, csv
    QImage image; ///< png
    QByteArray bytes; ///< svg, csv
    QString note; ///< what is not as one would expect; empty: nothing
};

/// What can be written of a panel: png and svg always, csv when there are rows.
QStringList exportSuffixes(const PanelFrame &frame);
/// Twice the pixels for png. In an svg words, axes and lines are vectors; what a panel paints as a picture
/// stays one, and `note` says so.
PanelExport exportOf(PanelFrame &frame, const QString &suffix);

} // namespace bw
