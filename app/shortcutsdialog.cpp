// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/actions/actionregistry.h>
#include <widgets/base/safetext.h>

#include <app/shortcutsdialog.h>

#include <QDialogButtonBox>
#include <QGridLayout>

#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace bw {

ShortcutsDialog::ShortcutsDialog(const ActionRegistry &actions, QWidget *parent)
    : QDialog(parent)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Keyboard shortcuts"));
    auto *grid = new QGridLayout(this);
    grid->setHorizontalSpacing(24);
    grid->setVerticalSpacing(4);
    const auto add = [&](const QString &keys, const QString &text) {
        const int row = grid->rowCount();
        auto *name = new PlainLabel(keys, this);
        QFont bold = name->font();
        bold.setWeight(QFont::DemiBold);
        name->setFont(bold);
        grid->addWidget(name, row, 0);
        grid->addWidget(new PlainLabel(text, this), row, 1);
    };
    for (const ActionSpec &spec : actions.specs()) {
        if (!spec.shortcut.isEmpty()
            && (!spec.isEnabled || spec.isEnabled() || !spec.id.startsWith("dashboards."_L1)))
            add(spec.shortcut.toString(QKeySequence::NativeText), spec.text);
    }
    const std::pair<QString, QString> inside[] = {
        {u"v, i, Shift+F10"_s, tr("On a panel: maximise, inspect, menu")},
        {u"c"_s, tr("On a panel: compare with 24 h earlier, 168 h earlier, nothing")},
        {u"t, e"_s, tr("On a panel with tabs: the next one; on a dashboard: edit")},
        {u"/, Return, Escape"_s, tr("In the alert list: filter, open, clear")},
        {tr("Drag, double click"), tr("On a graph: zoom in, zoom out")}};
    for (const auto &[keys, text] : inside)
        add(keys, text);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    grid->addWidget(buttons, grid->rowCount(), 0, 1, 2);
}

} // namespace bw
