// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/owndata.h>
#include <domain/slo/sloport.h>

#include <QWidget>

class QListWidget;

namespace bw {

class PlainLabel;
class SloCanvas;

/// Every objective, worst first, and one of them in full. Reads the board and the alerts; asks nothing. UI
/// thread.
class SloPage final : public QWidget
{
    Q_OBJECT
public:
    /// Both outlive the page.
    SloPage(const SloBoard &slos, const OwnData &own, QWidget *parent = nullptr);
    /// By key or id; one that is not there (yet) is chosen as soon as it is. Empty: the worst.
    void open(const QString &key);
    /// Where the files are looked for, for the hint while there are none.
    void setFolder(const QString &folder);
    QString current() const { return m_wanted; }

protected:
    void keyPressEvent(QKeyEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void refill();
    void showCurrent();

    const SloBoard &m_slos;
    const OwnData &m_own;
    PlainLabel *m_state;
    QListWidget *m_list;
    SloCanvas *m_canvas;
    QString m_wanted, m_folder;
    bool m_isFilling = false;
};

} // namespace bw
