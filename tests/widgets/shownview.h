// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "panelfakes.h"

#include <widgets/dashboard/dashboardview.h>

#include <QCoreApplication>
#include <QTimer>

namespace bw::test {

/// Lets happen what is queued for `object`, and what that queues in turn. No time passes on a fake clock.
inline void settle(QObject &object)
{
    for (int round = 0; round < 3; ++round) {
        bool isIdle = false; // a zero timer comes after everything that was queued before it
        QTimer::singleShot(0, &object, [&isIdle] { isIdle = true; });
        while (!isIdle)
            QCoreApplication::processEvents();
    }
}

/// A dashboard's view with everything around it faked.
struct ShownView
{
    ShownView()
        : time(session.clock)
        , view(session.ports(), time)
    {
    }
    void open(const Dashboard &dashboard)
    {
        view.show(dashboard);
        view.QWidget::show();
        settle();
    }
    void settle() { test::settle(view); }
    void pass(Nanoseconds by)
    {
        session.clock.advance(by);
        view.beat();
        settle();
    }

    Session session;
    TimeNavigator time;
    DashboardView view;
};

} // namespace bw::test
