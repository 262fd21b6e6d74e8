// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace bw {

/// Turns SIGTERM, SIGINT and SIGHUP into a signal of the event loop, so that the program ends in its written
/// order. At most one instance; the old handlers come back with its end. UI thread.
class Termination : public QObject
{
    Q_OBJECT
public:
    explicit Termination(QObject *parent = nullptr);
    ~Termination() override;

signals:
    void requested();

private:
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace bw
