// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/cli/cli.h>
#include <app/cli/clioutput.h>
#include <app/cli/subcommands.h>
#include <app/system/logging.h>
#include <app/system/paths.h>
#include <app/windowapp.h>

#include <QApplication>

#include <CLI/CLI.hpp>

#include <cstdio>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr const char *kVersion = BW_VERSION;
constexpr const char *kFooter = "Exit codes: 0 done, 1 negative answer, 2 usage or unreadable file, 3 "
                                "refused, 4 cannot know, 5 not durable,\n"
                                "6 outcome unknown, 124 timeout, 130 cancelled.";

struct Root
{
    std::string config;
    bool json = false;
    std::string theme, dashboard, refresh, trace, display, screen;
    double scale = 0;
    bool benchFirstPaint = false;
};

void addRootOptions(CLI::App &app, Root &root)
{
    app.set_version_flag("--version", std::string("bridgewatch ") + kVersion);
    app.add_option("--config", root.config, "Configuration folder")->type_name("DIR");
    app.add_flag("--json", root.json, "One JSON document on standard output");
    app.add_option("--theme", root.theme, "Colours of the window")
        ->check(CLI::IsMember({"system", "light", "dark"}));
    app.add_option("--dashboard", root.dashboard, "Dashboard to open")->type_name("ID");
    app.add_option("--trace", root.trace, "File of traces to open: OTLP, Jaeger or Zipkin JSON")
        ->type_name("FILE");
    app.add_option("--refresh", root.refresh, "Refresh interval of the window")->type_name("DURATION");
    auto *display = app.add_option(
        "--display", root.display, "Over a whole monitor, without controls: dashboard:ID or rotation:NAME");
    display->type_name("WHAT");
    app.add_option("--screen", root.screen, "Monitor of the display, by name")
        ->type_name("NAME")
        ->needs(display);
    app.add_option("--scale", root.scale, "Size of the display's text and lines")
        ->check(CLI::Range(0.5, 8.0))
        ->needs(display);
    // For tests/bench: prints milliseconds from exec to the first finished paint, then ends.
    app.add_flag("--bench-first-paint", root.benchFirstPaint)->group("");
    app.footer(kFooter);
}

ExitCode runSubcommand(const CliRun &command, const CliContext &context, int argc, char **argv)
{
    if (!command.paints) {
        QCoreApplication application(argc, argv);
        return command.run(context);
    }
    // A picture needs no display, whatever the environment says.
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    return command.run(context);
}

} // namespace

int runProgram(int argc, char **argv)
{
    installLogging();
    QCoreApplication::setApplicationName(u"bridgewatch"_s);
    QCoreApplication::setApplicationVersion(QString::fromUtf8(kVersion));
    CLI::App app("An on-call operations console. Without a subcommand it opens its window.", "bridgewatch");
    Root root;
    addRootOptions(app, root);
    app.fallthrough();
    app.require_subcommand(0, 1);
    std::vector<std::pair<CLI::App *, std::function<CliRun()>>> attached;
    for (const Subcommand &subcommand : subcommands()) {
        CLI::App *child = app.add_subcommand(subcommand.id.toStdString(), subcommand.summary.toStdString());
        child->fallthrough();
        attached.emplace_back(child, subcommand.attach(*child));
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success &help) {
        return app.exit(help); // --help and --version print to standard output, status 0
    } catch (const CLI::ParseError &error) {
        app.exit(error);
        return int(ExitCode::Usage); // CLI11's own codes collide with ours
    }
    CliContext context{configDirectory(QString::fromStdString(root.config)), root.json};
    for (const auto &[child, finish] : attached) {
        if (child->parsed())
            return int(runSubcommand(finish(), context, argc, argv));
    }
    return runWindow({.configDir = context.configDir,
                         .theme = QString::fromStdString(root.theme),
                         .dashboard = QString::fromStdString(root.dashboard),
                         .refresh = QString::fromStdString(root.refresh),
                         .traceFile = QString::fromStdString(root.trace),
                         .display = QString::fromStdString(root.display),
                         .screen = QString::fromStdString(root.screen),
                         .scale = root.scale,
                         .benchFirstPaint = root.benchFirstPaint},
        argc, argv);
}

} // namespace bw
