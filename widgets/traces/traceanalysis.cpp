// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/traces/traceanalysis.h>

#include <domain/traces/clockskew.h>
#include <domain/traces/tracestats.h>

namespace bw {

TraceAnalysis analysed(const Trace &trace, bool correctClocks)
{
    TraceAnalysis done;
    done.trace = correctClocks ? withShifts(trace, clockSkewShifts(trace)) : trace;
    done.isCorrected = correctClocks;
    done.groups = siblingGroups(done.trace);
    done.path = criticalPath(done.trace);
    done.onPath = onPath(done.trace, done.path);
    done.self = selfTimes(done.trace);
    return done;
}

} // namespace bw
