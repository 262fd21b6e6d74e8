// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace bw {

class ActionRegistry;

/// Every key the window knows, read from the actions themselves. Opened without a nested event loop; deletes
/// itself when closed.
class ShortcutsDialog : public QDialog
{
    Q_OBJECT
public:
    ShortcutsDialog(const ActionRegistry &actions, QWidget *parent);
};

} // namespace bw
