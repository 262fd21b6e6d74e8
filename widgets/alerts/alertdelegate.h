// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>

#include <QStyledItemDelegate>

namespace bw {

/// Paints the cells of an AlertModel: severity and state as shape and word, ages instead of moments, "1 of 2"
/// flagged. Plain text only. UI thread; owned by its view.
class AlertDelegate final : public QStyledItemDelegate
{
    Q_OBJECT
public:
    /// `clock` outlives the delegate.
    explicit AlertDelegate(const Clock &clock, QObject *parent = nullptr);
    /// Pixels above the cells of the first row of a group, left to the heading.
    void setHeadingHeight(int height) { m_headingHeight = height; }
    int headingHeight() const { return m_headingHeight; }
    /// The source does not answer: rows are dimmed.
    void setDimmed(bool dimmed) { m_dimmed = dimmed; }

    void paint(
        QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    const Clock &m_clock;
    int m_headingHeight = 0;
    bool m_dimmed = false;
};

/// "Pages · critical", "Tickets · warning · silenced or inhibited".
QString alertGroupHeading(int group);

} // namespace bw
