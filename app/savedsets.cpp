// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/untrusted.h>
#include <widgets/base/safetext.h>

#include <app/savedsets.h>

#include <QDialog>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

auto placeOf(std::vector<SavedSet> &sets, const QString &name)
{
    return std::find_if(sets.begin(), sets.end(), [&](const SavedSet &set) { return set.name == name; });
}

void fill(QListWidget *list, const SavedSets &sets)
{
    const int row = list->currentRow();
    list->clear();
    for (const SavedSet &set : sets.all()) {
        auto *item = new QListWidgetItem(render::line(Untrusted(set.name), 100), list);
        item->setData(Qt::UserRole, set.name);
    }
    list->setCurrentRow(std::clamp(row, 0, std::max(0, list->count() - 1)));
}

} // namespace

const SavedSet *SavedSets::find(const QString &name) const
{
    const auto at =
        std::find_if(m_sets.begin(), m_sets.end(), [&](const SavedSet &set) { return set.name == name; });
    return at == m_sets.end() ? nullptr : &*at;
}

void SavedSets::put(SavedSet set)
{
    if (set.name.isEmpty())
        return;
    const auto at = placeOf(m_sets, set.name);
    if (at == m_sets.end())
        m_sets.push_back(std::move(set));
    else if (*at == set)
        return;
    else
        *at = std::move(set);
    emit edited();
}

bool SavedSets::rename(const QString &from, const QString &to)
{
    const auto at = placeOf(m_sets, from);
    if (at == m_sets.end() || to.isEmpty() || (from != to && find(to)))
        return false;
    if (from == to)
        return true;
    at->name = to;
    emit edited();
    return true;
}

void SavedSets::remove(const QString &name)
{
    if (std::erase_if(m_sets, [&](const SavedSet &set) { return set.name == name; }) > 0)
        emit edited();
}

void askForName(QWidget *parent, const QString &title, const QString &label, const QString &proposal,
    std::function<void(const QString &)> taken)
{
    auto *dialog = new QInputDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->setLabelText(label);
    dialog->setTextValue(proposal);
    QObject::connect(dialog, &QInputDialog::textValueSelected, parent, [taken](const QString &text) {
        if (!text.trimmed().isEmpty())
            taken(text.trimmed());
    });
    dialog->open();
}

void openSetsDialog(QWidget *parent, SavedSets &sets, std::function<void(const QString &)> opened)
{
    auto *dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(QDialog::tr("Saved sets"));
    dialog->resize(420, 320);
    auto *column = new QVBoxLayout(dialog);
    auto *list = new QListWidget(dialog);
    auto *problem = new PlainLabel(dialog);
    problem->hide();
    auto *row = new QHBoxLayout;
    auto *open = new QPushButton(QDialog::tr("Open"), dialog);
    auto *rename = new QPushButton(QDialog::tr("Rename…"), dialog);
    auto *remove = new QPushButton(QDialog::tr("Delete"), dialog);
    open->setDefault(true);
    for (QPushButton *button : {open, rename, remove})
        row->addWidget(button);
    row->addStretch(1);
    column->addWidget(list);
    column->addWidget(problem);
    column->addLayout(row);
    fill(list, sets);
    const auto update = [=] {
        for (QPushButton *button : {open, rename, remove})
            button->setEnabled(list->currentItem() != nullptr);
    };
    const auto current = [list] {
        return list->currentItem() ? list->currentItem()->data(Qt::UserRole).toString() : QString();
    };
    const auto openNow = [=] {
        if (!current().isEmpty()) {
            opened(current());
            dialog->close();
        }
    };
    QObject::connect(list, &QListWidget::currentRowChanged, dialog, update);
    QObject::connect(list, &QListWidget::itemActivated, dialog, openNow);
    QObject::connect(open, &QPushButton::clicked, dialog, openNow);
    QObject::connect(rename, &QPushButton::clicked, dialog, [=, &sets] {
        askForName(dialog, QDialog::tr("Rename a set"), QDialog::tr("New name"), current(),
            [=, &sets, from = current()](const QString &to) {
                const bool done = sets.rename(from, to);
                problem->setText(QDialog::tr("Another set is called so."));
                problem->setVisible(!done);
                fill(list, sets);
            });
    });
    QObject::connect(remove, &QPushButton::clicked, dialog, [=, &sets] {
        PlainMessageBox::ask(dialog, QDialog::tr("Delete a set"),
            QDialog::tr("Delete “%1”?").arg(render::line(Untrusted(current()), 80)), QDialog::tr("Delete"),
            [=, &sets, name = current()] {
                sets.remove(name);
                fill(list, sets);
            });
    });
    update();
    dialog->open();
}

} // namespace bw
