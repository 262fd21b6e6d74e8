// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace bw {

/// What the window shows while no datasource is configured: which file to write, and an example to start
/// from.
class EmptyState : public QWidget
{
    Q_OBJECT
public:
    /// `file` is the full path of bridgewatch.yaml.
    explicit EmptyState(const QString &file, QWidget *parent = nullptr);
    /// What the example is, for the clipboard and for tests.
    static QString example();
};

} // namespace bw
