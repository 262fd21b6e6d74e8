// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/sourceboard.h>

#include <QAbstractButton>
#include <QTimeZone>
#include <QTimer>

#include <vector>

class QHBoxLayout;

namespace bw {

class PlainLabel;

/// One source in the strip: shape, name, age of its last good answer, latency, skew, countdown to the next
/// try. A click asks it again.
class SourceChip final : public QAbstractButton
{
    Q_OBJECT
public:
    explicit SourceChip(QWidget *parent);
    void showSource(const SourceInfo &info, BootTime now);
    const SourceInfo &source() const { return m_info; }
    /// As drawn behind the shape: "prom-eu 2 s 14 ms".
    QString shownText() const { return m_text; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    SourceInfo m_info;
    QString m_text;
};

/// Every source, always visible, each with its own age: there is no global "last updated". The clock on the
/// right ticks in the same event loop that draws everything else: when it stands, the window stands. UI
/// thread.
class SourceStrip final : public QWidget
{
    Q_OBJECT
public:
    /// Both outlive the strip.
    SourceStrip(SourceBoard &board, const Clock &clock, QWidget *parent = nullptr);
    std::vector<SourceChip *> chips() const { return m_chips; }
    /// Ages and clock; called by the own timer each second.
    void beat();
    /// Of the clock; UTC unless told otherwise.
    void setZone(const QTimeZone &zone);

private:
    void reload();

    SourceBoard &m_board;
    const Clock &m_clock;
    QTimer m_beat;
    QTimeZone m_zone = QTimeZone::utc();
    QHBoxLayout *m_layout;
    PlainLabel *m_none, *m_time;
    std::vector<SourceChip *> m_chips;
};

} // namespace bw
