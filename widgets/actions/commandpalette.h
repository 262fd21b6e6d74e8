// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include <functional>
#include <vector>

class QLineEdit;
class QListWidget;

namespace bw {

class ActionRegistry;

/// One line of the palette.
struct PaletteEntry
{
    QString title; ///< "Debug"
    QString kind; ///< "Dashboard", "Action"
    QString hint; ///< a shortcut, or empty
    std::function<void()> run;
};
/// Called each time the palette opens.
using PaletteSource = std::function<std::vector<PaletteEntry>()>;

/// Actions, enabled now, as palette entries.
PaletteSource actionEntries(ActionRegistry &actions);
/// How well `query` fits `text`: the words of the query must occur in order of letters; 0 does not fit, more
/// is better. Starts of words count most.
int paletteScore(const QString &query, const QString &text);

/// Type a few letters, press Return: every action and every dashboard from one key (Ctrl+K). Opened without a
/// nested event loop; one a window, reused.
class CommandPalette final : public QDialog
{
    Q_OBJECT
public:
    explicit CommandPalette(QWidget *parent);
    void addSource(PaletteSource source);
    /// Reads the sources, clears the text and shows itself over the parent.
    void openPalette();
    QStringList shownTitles() const;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void filter(const QString &query);
    void runCurrent();

    std::vector<PaletteSource> m_sources;
    std::vector<PaletteEntry> m_entries;
    QLineEdit *m_input;
    QListWidget *m_list;
};

} // namespace bw
