// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPointer>
#include <QTimeZone>
#include <QWidget>

#include <vector>

namespace bw {

/// "2026-11-21 14:02:11 UTC", the first line of every hover box.
QString momentText(qint64 time, const QTimeZone &zone);

/// The box beside the pointer that lists values at one moment. Painted plain text; lives above all panels of
/// its window so that small panels do not cut it; never takes the mouse. UI thread.
class HoverBox final : public QWidget
{
    Q_OBJECT
public:
    struct Row
    {
        QColor color; ///< invalid: no swatch
        QString name, value;
    };
    explicit HoverBox(QWidget *window);

    /// `at` in global coordinates. Placed right of it, or left where there is no room.
    void showRows(const QString &title, std::vector<Row> rows, const QPoint &at);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_title;
    std::vector<Row> m_rows;
    QFont m_numbers; ///< as numberFont() gave it
    int m_nameWidth = 0, m_valueWidth = 0;
};

/// The box of one view: made with the first use, above the view's present window, gone with that window.
class HoverSlot
{
public:
    HoverBox &boxFor(QWidget *view);
    void hide();

private:
    QPointer<HoverBox> m_box;
};

} // namespace bw
