// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/panelcheck.h>
#include <app/sourcesurvey.h>

#include <QHash>
#include <QWidget>

class QTreeWidget;
class QTreeWidgetItem;

namespace bw {

class PlainLabel;
class Session;

/// The datasource doctor: every source with what was looked at, found, what that means and what to do; the
/// metric profile of each metric source, to be edited and saved; and on request what each panel has to show.
/// UI thread.
class DoctorPage final : public QWidget
{
    Q_OBJECT
public:
    /// `session` outlives the page and has the option `profiles`.
    DoctorPage(Session &session, QWidget *parent);

    /// The panels that "Check every panel" asks for.
    void setDashboards(const std::vector<Dashboard> &dashboards);
    /// Examines and lists anew; cheap when nothing changed.
    void refresh();
    /// Goes to the line of a panel; asks for the verdicts when there are none yet.
    void showPanel(const QString &dashboard, const QString &panel);

signals:
    /// A profile that was edited, as a file's text, for profiles/`id`.yaml.
    void profileSaved(const QString &id, const QByteArray &text);

private:
    void rebuild();
    void addSource(const SourceInfo &source);
    void addKept();
    void addProfile(QTreeWidgetItem *parent, const SourceInfo &source);
    void addVerdicts();
    void checkPanels();
    void saveProfile();
    void selectWanted();

    Session &m_session;
    PanelCheck m_check;
    std::vector<Dashboard> m_dashboards;
    PlainLabel *m_state;
    QTreeWidget *m_tree;
    bool m_isBehind = false; ///< something was found out while a name was typed
    QHash<QString, QString> m_edits; ///< written and not saved yet, by line
    QString m_wanted; ///< "dashboard/panel" to go to
};

} // namespace bw
