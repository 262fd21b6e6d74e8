// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QListView>

#include <vector>

namespace bw {

/// One thing that could be typed.
struct CompletionChoice
{
    QString text; ///< what is shown and, unless `inserted` says otherwise, typed
    QString detail; ///< dim, behind it
    QString inserted;
    int cursorBack = 0; ///< characters the cursor stands before the end of what was typed
};

/// The list under the cursor of an editor. Never takes the focus: the editor forwards its keys. UI thread.
class CompletionPopup final : public QListView
{
    Q_OBJECT
public:
    explicit CompletionPopup(QWidget *editor);

    /// Under `line` (global), over it where there is no room below.
    void open(std::vector<CompletionChoice> choices, const QRect &line);
    const std::vector<CompletionChoice> &choices() const { return m_choices; }
    /// True when the key was for the list; chosen() follows for Return and Tab.
    bool takeKey(int key);

signals:
    void chosen(const bw::CompletionChoice &choice);

private:
    void moveBy(int rows);
    std::vector<CompletionChoice> m_choices;
};

} // namespace bw
