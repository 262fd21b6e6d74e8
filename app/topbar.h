// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/context/timenavigator.h>

#include <QWidget>

class QComboBox;
class QTabBar;
class QToolButton;

namespace bw {

class ActionRegistry;

/// The slim bar on top of the window: which dashboard, which time, how often, and whether time stands still.
/// UI thread.
class TopBar : public QWidget
{
    Q_OBJECT
public:
    /// `time` outlives the bar.
    TopBar(TimeNavigator &time, QWidget *parent);

    struct Entry
    {
        QString id, title;
        bool operator==(const Entry &) const = default;
    };
    void setDashboards(const std::vector<Entry> &entries);
    void setCurrent(const QString &id);
    /// Fills the buttons at the end: theme, palette, menu.
    void setActions(ActionRegistry &actions);
    void openTimePicker();

signals:
    void dashboardChosen(const QString &id);
    void menuRequested(const QPoint &at);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void buildRefresh();
    void showRefresh();
    void showPaused();

    TimeNavigator &m_time;
    std::vector<Entry> m_entries;
    QTabBar *m_tabs;
    class TimeRangePicker *m_picker;
    QComboBox *m_refresh;
    QToolButton *m_reload, *m_pause, *m_theme, *m_palette, *m_menu;
};

} // namespace bw
