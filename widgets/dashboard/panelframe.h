// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/panels/panelcontroller.h>

#include <QWidget>

class QMenu;
class QToolButton;

namespace bw {

class FreshnessOverlay;

/// One panel on a dashboard: title row with source, warnings and age, menu, the view, and over the view what
/// its freshness has to say. Keys: v maximises, i inspects, c compares with the past, Shift+F10 opens the
/// menu. Owns view and controller. UI thread.
class PanelFrame final : public QWidget
{
    Q_OBJECT
public:
    PanelFrame(const Panel &panel, DashboardPorts ports, FrameTick &tick, QWidget *parent);
    ~PanelFrame() override;

    const Panel &panel() const { return m_controller->panel(); }
    PanelController &controller() { return *m_controller; }
    PanelView *view() { return m_view; } ///< null for rows
    bool isRow() const { return m_view == nullptr; }
    bool isCollapsed() const { return m_isCollapsed; }
    void setCollapsed(bool collapsed);
    /// Panels that share this place; their titles stand beside each other, `current` is this one. Fewer than
    /// two: just the title.
    void setTabs(const QStringList &titles, int current);
    void setMaximised(bool maximised) { m_isMaximised = maximised; }
    /// A display without controls: no menu, no tooltips, no focus.
    void setBare(bool bare);
    /// Ages move on; once a second while visible.
    void beat();
    /// What the inspector shows, as text.
    QString inspection() const;
    /// The expressions as sent, one a line.
    QString expressions() const;

signals:
    void maximiseToggled();
    void collapseToggled();
    void refreshRequested();
    /// Offered in the menu only where somebody listens.
    void editRequested();
    /// "png", "svg" or "csv"; likewise.
    void exportRequested(const QString &suffix);
    void tabChosen(int index);
    /// With nothing, a day or a week earlier.
    void compareChosen(bw::Compare compare);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    int titleHeight() const;
    QRect titleRect() const;
    void placeView();
    void updateState();
    void openMenu(const QPoint &at);
    void inspect();
    void compareNext();
    void addCompareMenu(QMenu &menu);
    void paintTitle(QPainter &painter);
    void paintTabs(QPainter &painter, const QRect &room);

    DashboardPorts m_ports;
    PanelView *m_view = nullptr;
    FreshnessOverlay *m_overlay = nullptr;
    QToolButton *m_menu = nullptr, *m_why = nullptr;
    PanelController *m_controller = nullptr;
    QStringList m_tabs;
    int m_tab = 0;
    std::vector<QRect> m_tabRects; ///< as painted
    std::optional<qint64> m_pointedAt; ///< moment last pointed at, ns
    bool m_isCollapsed = false, m_isMaximised = false, m_hasFocusInside = false, m_isBare = false;
};

} // namespace bw
