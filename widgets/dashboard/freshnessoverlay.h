// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/freshness.h>

#include <QWidget>

namespace bw {

/// Lies over a panel's view and paints what is to be said of its data; lets every event through. Hidden while
/// there is nothing to say.
class FreshnessOverlay final : public QWidget
{
    Q_OBJECT
public:
    explicit FreshnessOverlay(QWidget *parent);
    /// `howToEnable`: nothing failed, there is nothing here yet, and this line says what would change that.
    void showState(const Freshness &freshness, const QString &howToEnable, BootTime now);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Freshness m_freshness;
    QString m_howToEnable;
    BootTime m_now;
};

} // namespace bw
