// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/display/savedset.h>

#include <QObject>

#include <functional>

class QWidget;

namespace bw {

/// The named sets of variables and range a user keeps. Read and written by whoever owns the files. UI thread.
class SavedSets final : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    /// What the file says; silent.
    void setAll(std::vector<SavedSet> sets) { m_sets = std::move(sets); }
    const std::vector<SavedSet> &all() const { return m_sets; }
    /// Null when there is none.
    const SavedSet *find(const QString &name) const;
    /// Adds, or replaces the one of the same name. Nothing without a name.
    void put(SavedSet set);
    /// False when there is no `from`, `to` is empty, or another set has it.
    bool rename(const QString &from, const QString &to);
    void remove(const QString &name);

signals:
    /// To be written down.
    void edited();

private:
    std::vector<SavedSet> m_sets;
};

/// Asks for a name, over `parent`; without a nested event loop. `taken` is called only with a text.
void askForName(QWidget *parent, const QString &title, const QString &label, const QString &proposal,
    std::function<void(const QString &)> taken);
/// The list of sets to open, rename and delete. Deletes itself when closed.
void openSetsDialog(QWidget *parent, SavedSets &sets, std::function<void(const QString &)> opened);

} // namespace bw
