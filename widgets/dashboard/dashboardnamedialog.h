// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/dashboard.h>

#include <QDialog>

class QLineEdit;
class QPushButton;

namespace bw {

class PlainLabel;

/// Title, description and tags of a dashboard; with ids that are taken it also gives it an id of its own, to
/// become another dashboard. UI thread.
class DashboardNameDialog final : public QDialog
{
    Q_OBJECT
public:
    /// `taken` empty: the id stays.
    DashboardNameDialog(const Dashboard &dashboard, const QStringList &taken, QWidget *parent);
    /// The dashboard with what was entered.
    Dashboard dashboard() const;

private:
    void check();

    Dashboard m_dashboard;
    QStringList m_taken;
    QLineEdit *m_title, *m_description, *m_tags, *m_id;
    PlainLabel *m_problem;
    QPushButton *m_ok;
    bool m_isIdTyped = false;
};

} // namespace bw
