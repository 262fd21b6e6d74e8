// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/cli/clioutput.h>
#include <app/cli/clisession.h>
#include <store/documents/dashboardfile.h>
#include <store/documents/yamlreader.h>

#include <QEventLoop>
#include <QFileInfo>
#include <QTimer>

#include <optional>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

Result<std::unique_ptr<CliSession>> CliSession::open(
    const CliContext &context, const Session::Options &options)
{
    std::unique_ptr<CliSession> made(new CliSession);
    made->m_files = loadFiles(context.configDir, nullptr);
    for (const Finding &finding : made->m_files.findings)
        printMessage(finding.toString());
    if (!made->m_files.configGood)
        return fail(Error::Kind::Invalid, u"the configuration in %1 cannot be used"_s.arg(context.configDir));
    made->m_session = std::make_unique<Session>(options);
    made->m_session->applyFiles(made->m_files);
    return made;
}

Result<QueryResult> CliSession::ask(QuerySpec spec, std::chrono::milliseconds deadline)
{
    std::optional<Result<QueryResult>> answer;
    QObject receiver;
    const QueryTicket ticket = m_session->executor().submit(std::move(spec),
        {.priority = Priority::Visible, .askedBy = AskedBy::User}, &receiver,
        [&answer](const Result<QueryResult> &result) { answer = result; });
    if (!waitUntil([&answer] { return answer.has_value(); }, deadline))
        return fail(Error::Kind::Timeout, u"no answer within %1 s"_s.arg(double(deadline.count()) / 1000));
    return std::move(*answer);
}

bool CliSession::waitUntil(const std::function<bool()> &done, std::chrono::milliseconds deadline)
{
    bool late = false;
    QTimer timer;
    timer.setSingleShot(true);
    timer.setTimerType(Qt::PreciseTimer);
    QObject::connect(&timer, &QTimer::timeout, &timer, [&late] { late = true; });
    timer.start(deadline);
    QEventLoop loop;
    while (!done() && !late)
        loop.processEvents(QEventLoop::WaitForMoreEvents);
    return done();
}

Result<SourceInfo> CliSession::source(const QString &id, const QStringList &kinds) const
{
    const SourceBoard &board = m_session->board();
    if (id.isEmpty()) {
        for (const QString &kind : kinds) {
            if (const SourceInfo *found = board.defaultOf(kind))
                return *found;
        }
        return fail(
            Error::Kind::Invalid, u"no datasource of kind %1 is configured"_s.arg(kinds.join(u" or "_s)));
    }
    QStringList known;
    for (const SourceInfo &info : board.sources()) {
        if (info.id.id == id || info.source == id) {
            if (kinds.contains(info.kind))
                return info;
            return fail(Error::Kind::Invalid,
                u"%1 is of kind %2; this needs one of kind %3"_s.arg(id, info.kind, kinds.join(u" or "_s)));
        }
        known += info.id.id;
    }
    return fail(Error::Kind::Invalid,
        u"there is no datasource %1; configured: %2"_s.arg(
            id, known.isEmpty() ? u"none"_s : known.join(u", "_s)));
}

Result<Dashboard> CliSession::dashboard(const QString &name) const
{
    for (const Dashboard &dashboard : m_files.dashboards) {
        if (dashboard.id == name)
            return dashboard;
    }
    if (!QFileInfo::exists(name)) {
        QStringList known;
        for (const Dashboard &dashboard : m_files.dashboards)
            known += dashboard.id;
        return fail(Error::Kind::Invalid,
            u"there is no dashboard or file %1; dashboards: %2"_s.arg(name, known.join(u", "_s)));
    }
    auto loaded = readDashboard(name);
    if (!loaded)
        return tl::make_unexpected(loaded.error());
    for (const Finding &finding : loaded->findings)
        printMessage(finding.toString());
    if (hasErrors(loaded->findings))
        return fail(Error::Kind::Invalid, u"%1 has errors"_s.arg(name));
    return std::move(loaded->dashboard);
}

Result<Timestamp> CliSession::time(const std::string &text) const
{
    const QString asked = fromArgument(text).trimmed();
    bool isNumber = false;
    const double number = asked.toDouble(&isNumber);
    if (isNumber) {
        // Seconds until the year 5138 have less than twelve digits, milliseconds since 1973 have twelve.
        if (std::abs(number) >= 1e11)
            return fromUnixMs(qint64(number));
        return fromUnixSeconds(number);
    }
    return resolveTime(asked, m_session->clock().utcNow(), QTimeZone::utc());
}

} // namespace bw
