// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/dashboard/dashboardedits.h>

#include <QPointer>
#include <QWidget>

namespace bw {

class DashboardView;
class EditBar;
class EditLayer;
class PanelEditor;

/// An edited dashboard on its way to whoever writes files. Values; crosses threads.
struct DashboardToSave
{
    Dashboard edited, base;
    bool mayRewrite = false, mayOverwrite = false;
};

/// A dashboard view while it is edited: the band above it, the layer over its panels, the steps, and the
/// questions before something is lost. Touches no file: saveWanted() asks for it, and one of the answers
/// below follows. Owned by the view. UI thread.
class EditMode final : public QObject
{
    Q_OBJECT
public:
    /// `takenIds`: of every dashboard there is.
    EditMode(DashboardView &view, const Dashboard &dashboard, QStringList takenIds);
    ~EditMode() override;

    DashboardEdits &edits() { return m_edits; }
    EditLayer &layer();
    EditBar &bar();
    /// Null while no panel is edited in detail.
    PanelEditor *panelEditor() const;

    void addPanel(const QString &kind);
    void openPanelEditor(const QString &panelId);
    void save();
    void saveCopy();
    void leave();
    /// Another version of the file was read. Takes it over, or tells when there are edits.
    void diskChanged(const Dashboard &dashboard);
    /// The file was not there when the files were read: tells, once.
    void diskGone();

    /// Goes on with edits of an earlier time, made of `base`. Tells when the file is another one by now.
    void goOn(const Dashboard &edited, Dashboard base);

    /// What the file says, as far as is known.
    const Dashboard &onDisk() const { return m_disk ? *m_disk : m_edits.base(); }
    /// Takes itself off the view, at once.
    void retire();

    // Answers to saveWanted().
    /// `mistakes`: what the file's reader will complain of.
    void saved(const Dashboard &saved, const QStringList &mistakes = {});
    void saveFailed(const QString &why);
    void askRewrite(const QString &path);
    void askOverwrite(const QString &path);
    void askRestore(const QString &path);

signals:
    void saveWanted(const bw::DashboardToSave &save);
    /// Editing is over; the view shows what the file says.
    void left();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void apply();
    void showState();
    void openSettings();
    void takeEditedPanel(const QString &panelId, const Panel &panel);
    void write(Dashboard edited, bool mayRewrite, bool mayOverwrite);
    void askWhatOf(const QString &title, const QString &question,
        std::vector<std::pair<QString, std::function<void()>>> answers);

    DashboardView &m_view;
    DashboardEdits m_edits;
    QStringList m_takenIds;
    QPointer<EditBar> m_bar;
    QPointer<EditLayer> m_layer;
    QPointer<PanelEditor> m_panelEditor;
    QString m_problem;
    std::optional<Dashboard> m_disk; ///< another version that was read meanwhile
    DashboardToSave m_pending; ///< being written; edited.id empty: nothing
    bool m_leavesWhenSaved = false, m_isGone = false;
};

} // namespace bw
