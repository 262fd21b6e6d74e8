// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/dashboardimport.h>

class QWidget;

namespace bw {

/// What an import did, to be read and closed; the same text lies beside the dashboard's file.
void showImportReport(QWidget *parent, const ImportedFile &imported);

} // namespace bw
