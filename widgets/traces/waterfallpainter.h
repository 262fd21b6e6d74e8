// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/criticalpath.h>
#include <domain/traces/tracefold.h>
#include <widgets/traces/tracestyle.h>

#include <QRectF>

class QPainter;

namespace bw {

/// The stretch of a trace that a view shows, ns since its start. Never empty.
struct TraceWindow
{
    qint64 begin = 0, end = 1;
    qint64 span() const { return end - begin; }
    bool operator==(const TraceWindow &) const = default;
};
/// All of a trace; at least a microsecond.
TraceWindow wholeOf(const Trace &trace);
/// `window` kept within `whole`, not shorter than 100 ns.
TraceWindow clamped(TraceWindow window, const TraceWindow &whole);
/// Zoomed by `factor` (below 1: closer) with the moment `at` staying where it is.
TraceWindow zoomed(const TraceWindow &window, double factor, qint64 at, const TraceWindow &whole);

/// Paints lines of a waterfall. Holds what does not change from line to line; one view's, UI thread.
class WaterfallPainter
{
public:
    void setTrace(const Trace &trace, std::vector<PathSegment> path);
    void setFont(const QFont &font);
    const ServiceColors &colors() const { return m_colors; }
    bool showsPath() const { return m_showPath; }
    void setShowPath(bool show) { m_showPath = show; }

    struct Columns
    {
        int labelWidth = 0; ///< names stand left of it
        int timeLeft = 0, timeWidth = 0; ///< where the window is mapped to
    };
    struct LineState
    {
        bool isSelected = false, isHovered = false, isMatch = false;
    };
    /// The names of one line of `fold`, and its ground.
    void paintNames(QPainter &painter, const QRect &rect, const Columns &columns, const TraceFold &fold,
        const TraceLine &line, LineState state, const Theme &theme);
    /// The time of the same line. The caller clips to the columns of time, once for all lines.
    void paintTime(QPainter &painter, const QRect &rect, const Columns &columns, const TraceWindow &window,
        const TraceFold &fold, const TraceLine &line, LineState state, const Theme &theme);
    /// Ticks and their labels in `rect`; grid lines down to `bottom`.
    void paintHeader(QPainter &painter, const QRect &rect, const Columns &columns, const TraceWindow &window,
        int bottom, const Theme &theme);
    /// Left edge of a line's text, for hit tests: the expander is right before it.
    int indentOf(const TraceLine &line, const Columns &columns) const;

    static constexpr int kExpander = 14;

private:
    void paintLabel(QPainter &painter, const QRect &rect, const Columns &columns, const TraceFold &fold,
        const TraceLine &line, bool isSelected, const Theme &theme);
    void paintBar(QPainter &painter, const QRect &rect, const Columns &columns, const TraceWindow &window,
        const TraceLine &line, const QColor &ground, const Theme &theme);
    void paintGroup(QPainter &painter, const QRect &rect, const Columns &columns, const TraceWindow &window,
        const SiblingGroup &group, const QColor &ground, const Theme &theme);
    void paintPath(QPainter &painter, const QRect &bar, const Columns &columns, const TraceWindow &window,
        int row, const Theme &theme);
    void paintDuration(QPainter &painter, const QRect &rect, const Columns &columns, double x0, double x1,
        const QString &text, const Theme &theme);

    Trace m_trace;
    ServiceColors m_colors;
    NameTexts m_names;
    ShapeStamps m_stamps;
    std::vector<PathSegment> m_path; ///< by row
    QFont m_font;
    bool m_showPath = true;
};

/// x of a moment, not rounded; outside the columns where the moment is outside the window.
double timeToX(qint64 at, const WaterfallPainter::Columns &columns, const TraceWindow &window);
qint64 xToTime(double x, const WaterfallPainter::Columns &columns, const TraceWindow &window);

} // namespace bw
