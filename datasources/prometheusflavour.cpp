// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/prometheusflavour.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
struct BuildInfo
{
    QString application, version, revision, goVersion;
    bool isQuery = false;
    int fields = 0;
};

/// Nobody says it outright except Mimir and Cortex; the rest shows by what their build information lacks.
QString productOf(const BuildInfo &info)
{
    const QString application = info.application.toLower();
    for (const QString &name : {u"mimir"_s, u"cortex"_s, u"thanos"_s, u"victoriametrics"_s}) {
        if (application.contains(name))
            return name;
    }
    if (!application.isEmpty())
        return application.left(40);
    // VictoriaMetrics answers with a fixed 2.24.0 and nothing else, or with nothing at all.
    if (info.fields == 0 || (info.version == u"2.24.0" && info.goVersion.isEmpty()))
        return u"victoriametrics"_s;
    if (info.version.startsWith(u"0."))
        return u"thanos"_s; // Prometheus has been 1.x since 2016
    return u"prometheus"_s;
}
} // namespace

Result<ServerStatus> readBuildInfo(od::Value data)
{
    BuildInfo info;
    const auto field = [&info](std::string_view key, od::Value value) -> Result<void> {
        ++info.fields;
        if (key == "application")
            return od::into(od::text(value), info.application);
        if (key == "version")
            return od::into(od::text(value), info.version);
        if (key == "revision")
            return od::into(od::text(value), info.revision);
        if (key == "goVersion")
            return od::into(od::text(value), info.goVersion);
        info.isQuery = info.isQuery || key == "resultType";
        return {};
    };
    if (Result<void> read = od::eachField(data, field); !read)
        return tl::unexpected(std::move(read.error()));
    ServerStatus status;
    if (info.isQuery) {
        status.notes << u"answers queries, but has no build information (404 or not allowed)"_s;
        return status;
    }
    status.product = productOf(info);
    status.version = info.version.left(80);
    if (status.product == u"victoriametrics" && info.version == u"2.24.0") {
        status.version.clear();
        status.notes << u"reports version 2.24.0 for compatibility; its own version is not told"_s;
    }
    if (!info.revision.isEmpty())
        status.notes << u"revision "_s + info.revision.left(12);
    return status;
}

} // namespace bw
