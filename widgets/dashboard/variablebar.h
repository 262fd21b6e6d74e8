// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/dashboard/variableset.h>

#include <QWidget>

namespace bw {

class FlowLayout;
class PlainLabel;

/// A VariableSet on screen: fields of the service context and other variables, in the file's order, one
/// labelled control each, in as many lines as they need. Hides itself when there is none. UI thread.
class VariableBar final : public QWidget
{
    Q_OBJECT
public:
    /// `variables` and `ports` outlive the bar.
    VariableBar(VariableSet &variables, DashboardPorts ports, QWidget *parent = nullptr);
    ~VariableBar() override;
    /// Never shown, whatever the variables are: a display without controls.
    void setSuppressed(bool suppressed);
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Control
    {
        QWidget *box = nullptr; ///< holds both
        PlainLabel *label = nullptr;
        QWidget *input = nullptr;
        QString name, kind, show;
    };
    void update();
    void rebuild();
    Control made(const VariableSet::State &state);
    QWidget *inputFor(const VariableSet::State &state, QWidget *parent);
    void fill(const Control &control, const VariableSet::State &state);
    std::vector<const VariableSet::State *> shownStates() const;
    static bool isFor(const Control &control, const VariableSet::State &state);
    bool fitsControls(const std::vector<const VariableSet::State *> &states) const;

    VariableSet &m_variables;
    DashboardPorts m_ports;
    FlowLayout *m_layout;
    std::vector<Control> m_controls;
    bool m_isSuppressed = false;
};

} // namespace bw
