// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/tracediff.h>
#include <widgets/base/background.h>

#include <QWidget>

class QCheckBox;
class QTableView;

namespace bw {

class PlainLabel;
class TraceDiffModel;

/// Two traces compared place by place: what is new, what is gone, what became slower. UI thread.
class TraceCompareView final : public QWidget
{
    Q_OBJECT
public:
    explicit TraceCompareView(QWidget *parent = nullptr);
    void compare(const Trace &a, const Trace &b);

signals:
    /// Show this one, at this row.
    void spanChosen(const bw::Trace &trace, int row);
    void closeRequested();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void nextDifference(bool backwards);

    Trace m_a, m_b;
    PlainLabel *m_title, *m_sums;
    QCheckBox *m_only;
    QTableView *m_table;
    TraceDiffModel *m_model;
    std::unique_ptr<Background> m_background;
};

} // namespace bw
