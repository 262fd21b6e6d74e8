// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/profilefile.h>

#include <store/documents/yamlreader.h>
#include <store/documents/yamlwriter.h>

#include <QRegularExpression>

#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr int kVersion = 1;

bool isMetricName(const QString &name)
{
    static const QRegularExpression form(u"^[A-Za-z_:][A-Za-z0-9_:]*\\z"_s);
    return form.match(name).hasMatch();
}

class ProfileReader
{
public:
    ProfileReader(const YamlNode &root, YamlReport &report)
        : m_report(report)
        , m_top(root, report, u"a profile"_s)
    {
    }

    MetricProfile read()
    {
        m_top.version(kVersion);
        m_top.choice(u"kind"_s, {u"profile"_s}, u"profile"_s);
        m_profile.id = m_top.requiredId(u"id"_s);
        m_profile.priority = m_top.integer(u"priority"_s, 0, 0, 100'000);
        if (const YamlNode *match = m_top.value(u"match"_s)) {
            YamlMap map(*match, m_report, u"match"_s);
            m_profile.anyMetric = map.texts(u"any_metric"_s);
            map.finish();
        }
        readSelector(u"requests"_s, m_top.value(u"requests"_s));
        readSelector(u"errors"_s, m_top.value(u"errors"_s));
        readLatency();
        if (const YamlNode *more = m_top.value(u"selectors"_s)) {
            for (const YamlEntry &entry : more->entries)
                readSelector(entry.key, &entry.value);
        }
        readLabels();
        m_profile.base = m_top.text(u"base"_s);
        m_top.finish();
        if (m_profile.anyMetric.isEmpty() && !m_profile.selectors.value(u"requests"_s).metric.isEmpty())
            m_profile.anyMetric = {m_profile.selectors.value(u"requests"_s).metric};
        return std::move(m_profile);
    }

private:
    void readSelector(const QString &key, const YamlNode *node)
    {
        if (!node)
            return;
        YamlMap map(*node, m_report, key);
        MetricProfile::Selector selector;
        selector.metric = metric(map, u"metric"_s);
        selector.matchers = map.text(u"matchers"_s);
        selector.alternatives = map.texts(u"alternatives"_s);
        map.finish();
        if (selector.metric.isEmpty())
            m_report.error(*node, u"%1 needs 'metric'"_s.arg(key));
        else
            m_profile.selectors.insert(key, selector);
    }

    void readLatency()
    {
        const YamlNode *node = m_top.value(u"latency"_s);
        if (!node)
            return;
        YamlMap map(*node, m_report, u"latency"_s);
        const QString matchers = map.text(u"matchers"_s);
        for (const QString &key : {u"buckets"_s, u"sums"_s, u"counts"_s}) {
            if (const QString name = metric(map, key); !name.isEmpty())
                m_profile.selectors.insert(key, {name, matchers, {}});
        }
        // A native histogram is called as its buckets without their suffix.
        const QString buckets = m_profile.selectors.value(u"buckets"_s).metric;
        if (buckets.endsWith("_bucket"_L1))
            m_profile.selectors.insert(u"native"_s, {buckets.chopped(7), matchers, {}});
        m_profile.latencyUnit = map.choice(u"unit"_s, {u"s"_s, u"ms"_s}, u"s"_s);
        m_profile.nativeHistograms = map.boolean(u"native"_s, false);
        map.finish();
    }

    void readLabels()
    {
        const YamlNode *node = m_top.value(u"labels"_s);
        if (!node)
            return;
        YamlMap map(*node, m_report, u"labels"_s);
        for (const YamlEntry &entry : node->entries) {
            QStringList candidates = map.texts(entry.key);
            // `route: ""` says that this telemetry has no routes.
            candidates.removeAll(QString());
            if (!candidates.isEmpty())
                m_profile.labels.insert(entry.key, candidates);
        }
    }

    QString metric(YamlMap &map, const QString &key)
    {
        const QString name = map.text(key);
        if (name.isEmpty() || isMetricName(name))
            return name;
        map.wrong(*map.node().find(key), key, u"a metric name without braces"_s);
        return {};
    }

    YamlReport &m_report;
    YamlMap m_top;
    MetricProfile m_profile;
};

} // namespace

Result<LoadedProfile> parseProfile(const QByteArray &text, const QString &file)
{
    YamlReport report(file);
    const auto root = parseYaml(text, file, report.findings());
    if (!root)
        return tl::unexpected(root.error());
    LoadedProfile loaded;
    loaded.profile = ProfileReader(*root, report).read();
    loaded.findings = std::move(report.findings());
    if (loaded.profile.id.isEmpty() || loaded.profile.selectors.value(u"requests"_s).metric.isEmpty())
        return fail(Error::Kind::Invalid,
            loaded.findings.empty() ? u"%1: not a profile: needs 'id' and 'requests: {metric: …}'"_s.arg(file)
                                    : loaded.findings.front().toString());
    return loaded;
}

QByteArray writeProfile(const MetricProfile &profile)
{
    YamlWriter out;
    out.integer(u"version"_s, 1);
    out.text(u"kind"_s, u"profile"_s);
    out.text(u"id"_s, profile.id);
    out.integer(u"priority"_s, profile.priority);
    if (!profile.anyMetric.isEmpty()) {
        out.begin(u"match"_s);
        out.texts(u"any_metric"_s, profile.anyMetric);
        out.end();
    }
    for (const QString &key : {u"requests"_s, u"errors"_s}) {
        const MetricProfile::Selector selector = profile.selectors.value(key);
        if (selector.metric.isEmpty())
            continue;
        out.begin(key);
        out.text(u"metric"_s, selector.metric);
        out.textUnless(u"matchers"_s, selector.matchers, {});
        out.texts(u"alternatives"_s, selector.alternatives);
        out.end();
    }
    out.begin(u"latency"_s);
    for (const QString &key : {u"buckets"_s, u"sums"_s, u"counts"_s})
        out.textUnless(key, profile.selectors.value(key).metric, {});
    out.textUnless(u"matchers"_s, profile.selectors.value(u"buckets"_s).matchers, {});
    out.text(u"unit"_s, profile.latencyUnit);
    if (profile.nativeHistograms)
        out.boolean(u"native"_s, true);
    out.end();
    // What has a place of its own above, or follows from it.
    static const QStringList placed{
        u"requests"_s, u"errors"_s, u"buckets"_s, u"sums"_s, u"counts"_s, u"native"_s};
    const auto &selectors = profile.selectors;
    bool isOpen = false;
    for (auto selector = selectors.begin(); selector != selectors.end(); ++selector) {
        if (placed.contains(selector.key()) || selector->metric.isEmpty())
            continue;
        if (!std::exchange(isOpen, true))
            out.begin(u"selectors"_s);
        out.begin(selector.key());
        out.text(u"metric"_s, selector->metric);
        out.textUnless(u"matchers"_s, selector->matchers, {});
        out.texts(u"alternatives"_s, selector->alternatives);
        out.end();
    }
    if (isOpen)
        out.end();
    out.begin(u"labels"_s);
    for (auto label = profile.labels.begin(); label != profile.labels.end(); ++label)
        out.texts(label.key(), label.value());
    out.end();
    out.textUnless(u"base"_s, profile.base, {});
    return out.take();
}

ProfileShelf loadProfiles(const QStringList &directories)
{
    ProfileShelf shelf;
    for (const QString &directory : directories) {
        for (const QString &path : yamlFiles(directory)) {
            const auto loaded =
                readDocument(path).and_then([&](const QByteArray &text) { return parseProfile(text, path); });
            if (!loaded) {
                shelf.findings.push_back({Finding::Level::Error, path, 0, 0, loaded.error().message});
                continue;
            }
            shelf.findings.insert(shelf.findings.end(), loaded->findings.begin(), loaded->findings.end());
            std::erase_if(
                shelf.profiles, [&](const MetricProfile &other) { return other.id == loaded->profile.id; });
            shelf.profiles.push_back(loaded->profile);
        }
    }
    std::stable_sort(shelf.profiles.begin(), shelf.profiles.end(),
        [](const MetricProfile &a, const MetricProfile &b) { return a.priority > b.priority; });
    return shelf;
}

} // namespace bw
