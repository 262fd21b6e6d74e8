// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/plot/hoverbox.h>
#include <widgets/plot/plotscene.h>

#include <QSet>

#include <functional>

namespace bw {

/// A plot of curves over time with legend, crosshair and markers. Shows scenes; what they mean is the
/// panel's. Adds to PictureWidget: drag on the value axis zooms values until the next double click there, a
/// click on a legend row isolates its curve, with Ctrl it toggles it, the wheel over a long legend scrolls
/// it. UI thread.
class PlotWidget final : public PictureWidget
{
    Q_OBJECT
public:
    explicit PlotWidget(QWidget *parent = nullptr, QThreadPool *pool = nullptr);
    ~PlotWidget() override;

    /// Which curves the user hid survives, by name.
    void setScene(PlotScene scene);
    const PlotScene &scene() const { return m_scene; }
    const PlotPicture *plotPicture() const { return static_cast<const PlotPicture *>(picture()); }

    struct Nearest
    {
        int curve = 0;
        size_t sample = 0;
        double value = 0;
        bool found = false; ///< a sample not further than one step (of the scene) away
    };
    /// One entry a visible curve: the sample nearest to `time`.
    std::vector<Nearest> nearestTo(qint64 time) const;
    /// Rows of the hover box at the crosshair: name and value, highest first, at most twelve.
    std::vector<HoverBox::Row> hoverRows() const;
    /// A click on a diamond.
    std::function<void(const PlotExemplar &exemplar)> onExemplar;
    bool isHidden(int curve) const { return !m_scene.curves[size_t(curve)].visible; }

protected:
    Job makeJob(const QSize &size, qreal ratio) override;
    void paintOverlay(QPainter &painter) override;
    void crosshairChanged(bool own) override;
    void clicked(const QPoint &at, Qt::KeyboardModifiers modifiers) override;
    void valueDragged(int from, int to) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    bool event(QEvent *event) override;

private:
    void applyVisibility();
    /// What hides a curve: its name, or the name of the one it is the past of.
    QString hiddenBy(const PlotCurve &curve) const;
    QString valueText(const Nearest &now, int past, const PlotAxis &axis) const;
    /// The sample nearest to `time`; nullopt when it is further than one step away.
    std::optional<size_t> sampleNear(const PlotCurve &curve, qint64 time) const;
    QString markerText(int first) const;
    const PlotExemplar *exemplarAt(const QPoint &at) const;

    PlotScene m_scene;
    std::optional<std::pair<double, double>> m_valueZoom; ///< left axis
    QSet<QString> m_hidden; ///< names
    HoverSlot m_hover;
};

} // namespace bw
