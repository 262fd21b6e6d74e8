// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/dashboard/variableset.h>

#include <QHash>
#include <QWidget>

class QHBoxLayout;

namespace bw {

/// A VariableSet on screen: one labelled control a variable that is shown. Hides itself when there is none.
/// UI thread.
class VariableBar final : public QWidget
{
    Q_OBJECT
public:
    /// `variables` outlives the bar.
    explicit VariableBar(VariableSet &variables, QWidget *parent = nullptr);

private:
    struct Control
    {
        QWidget *label = nullptr, *input = nullptr;
        QString name, kind;
    };
    void update();
    void rebuild();
    void fill(const Control &control, const VariableSet::State &state);
    bool fitsControls() const;

    VariableSet &m_variables;
    QHBoxLayout *m_layout;
    std::vector<Control> m_controls;
};

} // namespace bw
