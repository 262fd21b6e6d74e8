// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/link.h>
#include <domain/query/queryresult.h>

#include <QDialog>
#include <QTimeZone>

namespace bw {

class PanelView;
class PlainLabel;

/// What changed around one moment: deploys and alerts by distance, then what moved most. Opened without a
/// nested event loop; deletes itself when closed. UI thread.
class ChangesDialog final : public QDialog
{
    Q_OBJECT
public:
    ChangesDialog(Timestamp at, const QString &service, const QTimeZone &zone, QWidget *parent);

    /// What was found; `now` and `utcNow` are for ages.
    void show(const QueryResult &result, BootTime now, Timestamp utcNow);
    using QDialog::show;

signals:
    void linkActivated(const bw::Link &link);

private:
    PlainLabel *m_state;
    PanelView *m_list;
};

} // namespace bw
