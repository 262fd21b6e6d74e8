// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/clock.h>
#include <domain/base/untrusted.h>

#include <app/system/logging.h>

#include <cstdio>

using namespace Qt::Literals::StringLiterals;

namespace bw {

Q_LOGGING_CATEGORY(logApp, "bw.app", QtInfoMsg)

namespace {

const char *levelName(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return "debug";
    case QtInfoMsg:
        return "info";
    case QtWarningMsg:
        return "warning";
    case QtCriticalMsg:
        return "error";
    case QtFatalMsg:
        return "fatal";
    }
    return "info";
}

void writeLine(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    // The offscreen platform says so of every window with a minimum size.
    if (text.startsWith("This plugin does not support"_L1))
        return;
    // A message may quote a server: made inert, and on one line, before a terminal sees it.
    const QByteArray line = isoUtc(SystemClock().utcNow()).toUtf8() + ' '
        + (context.category ? context.category : "default") + ' ' + levelName(type) + ": "
        + render::line(Untrusted(text)).toUtf8() + '\n';
    std::fwrite(line.constData(), 1, size_t(line.size()), stderr);
}

} // namespace

void installLogging() { qInstallMessageHandler(writeLine); }

} // namespace bw
