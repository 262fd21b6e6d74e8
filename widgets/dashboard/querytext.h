// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/panels/panelports.h>

#include <QPlainTextEdit>

namespace bw {

/// Where an expression is typed. The one place to change for another input; `ports` say what its source
/// knows.
inline QPlainTextEdit *newQueryText(const DashboardPorts &ports, QWidget *parent)
{
    Q_UNUSED(ports)
    return new QPlainTextEdit(parent);
}

} // namespace bw
