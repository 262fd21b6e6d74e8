// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/incidents/bundle.h>
#include <store/incidents/tararchive.h>

#include <support/incidententries.h>

#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <functional>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

/// The lines one writer's journal would hold.
std::vector<JournalLine> linesOf(const EntryMaker &maker)
{
    std::vector<JournalLine> lines;
    QByteArray previous = noHash();
    for (const TimelineEntry &entry : maker.entries()) {
        auto line = encodeLine(entry, previous, QByteArray(16, 's'));
        if (!line)
            return {};
        previous = line->hash;
        lines.push_back(std::move(*line));
    }
    return lines;
}

IncidentBundle bundleOf(quint32 writer, int notes)
{
    EntryMaker maker(1, writer);
    maker.add(u"incident.declared"_s, u"Checkout fails"_s,
        {{u"key"_s, u"INC-2026-0001"_s}, {u"severity"_s, u"SEV2"_s}});
    for (int i = 0; i < notes; ++i)
        maker.wait(1).add(u"note.text"_s, u"note %1"_s.arg(i));
    IncidentBundle bundle;
    bundle.incident = IncidentId{testUuid(1)};
    bundle.lines = linesOf(maker);
    const QByteArray blob = "blob " + QByteArray::number(writer);
    bundle.blobs[QString::fromLatin1(sha256(blob))] = blob;
    return bundle;
}

/// The bundle's files, changed, packed again with a manifest that still fits when `fixManifest` says so.
QByteArray altered(const QByteArray &bytes, const std::function<void(std::vector<ArchiveFile> &)> &change)
{
    auto files = *readTar(*decompressed(bytes));
    change(files);
    return *compressed(*writeTar(files, 0));
}

ArchiveFile &file(std::vector<ArchiveFile> &files, const QString &name)
{
    return *std::find_if(
        files.begin(), files.end(), [&](const ArchiveFile &one) { return one.name == name; });
}

} // namespace

class TestBundle : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void roundTrip()
    {
        const IncidentBundle bundle = bundleOf(1, 5);
        QCOMPARE(bundle.lines.size(), size_t(6));
        const auto bytes = bundleBytes(bundle);
        QVERIFY(bytes);
        QCOMPARE(*bundleBytes(bundle), *bytes);
        const auto read = readBundle(*bytes);
        QVERIFY2(read.has_value(), qPrintable(read ? QString() : read.error().message));
        QCOMPARE(read->findings, QStringList());
        QVERIFY(read->bundle == bundle);
        auto shuffled = bundle;
        std::reverse(shuffled.lines.begin(), shuffled.lines.end());
        QCOMPARE(*bundleBytes(shuffled), *bytes);
    }

    void whatIsMissingIsTold()
    {
        IncidentBundle bundle = bundleOf(1, 5);
        bundle.lines.erase(bundle.lines.begin() + 2);
        const auto read = readBundle(*bundleBytes(bundle));
        QVERIFY(read);
        QVERIFY2(read->findings.join(u'|').contains("entries 3 to 3 are missing"_L1),
            qPrintable(read->findings.join(u'|')));
    }

    void damageIsRefused()
    {
        const QByteArray bytes = *bundleBytes(bundleOf(1, 3));
        QVERIFY(!readBundle("no bundle"));
        QVERIFY(!readBundle(bytes.left(bytes.size() / 2)));
        QVERIFY(!readBundle(altered(
            bytes, [](auto &files) { file(files, u"journal.jsonl"_s).bytes.replace("note 1", "note 9"); })));
        QVERIFY(
            !readBundle(altered(bytes, [](auto &files) { file(files, u"manifest.json"_s).bytes = "{}"; })));
        QVERIFY(!readBundle(altered(bytes, [](auto &files) { files.push_back({u"extra"_s, "x"}); })));
        QVERIFY(!readBundle(altered(bytes, [](auto &files) {
            std::erase_if(files, [](const ArchiveFile &one) { return one.name == u"journal.jsonl"; });
        })));
    }

    void mergingIsAUnion()
    {
        const IncidentBundle a = bundleOf(1, 4), b = bundleOf(2, 3), shorter = bundleOf(1, 2);
        const auto merge = [](std::vector<IncidentBundle> bundles) { return *mergedBundle(bundles); };
        const IncidentBundle both = merge({a, b});
        QCOMPARE(both.lines.size(), size_t(9));
        QCOMPARE(both.blobs.size(), size_t(2));
        QVERIFY(both.conflicts.empty());
        QVERIFY(merge({b, a}) == both);
        QVERIFY(merge({a, b, a, b}) == both);
        QVERIFY(merge({merge({a, b}), shorter}) == merge({a, merge({b, shorter})}));
        QVERIFY(merge({shorter, a}) == merge({a}));
        QCOMPARE(readBundle(*bundleBytes(both))->findings, QStringList());
    }

    void conflictsAreKept()
    {
        EntryMaker maker(1, 1);
        maker.add(u"incident.declared"_s, u"One"_s, {{u"key"_s, u"INC-2026-0001"_s}});
        IncidentBundle first = bundleOf(1, 0);
        first.blobs.clear();
        IncidentBundle second = first;
        second.lines = linesOf(maker);
        QVERIFY(first.lines.front().entry.id == second.lines.front().entry.id);
        const std::vector<IncidentBundle> pair{first, second}, other{second, first};
        const auto merged = mergedBundle(pair);
        QCOMPARE(merged->lines.size(), size_t(1));
        QCOMPARE(merged->conflicts.size(), size_t(1));
        QVERIFY(*mergedBundle(other) == *merged);
        const auto read = readBundle(*bundleBytes(*merged));
        QVERIFY(read->findings.join(u'|').contains("more than one version"_L1));
        QVERIFY(read->bundle == *merged);
    }

    void whatWasRedactedStaysRedacted()
    {
        const IncidentBundle whole = bundleOf(1, 2);
        IncidentBundle redacted = whole;
        redacted.lines[1] = *decodeLine(redactedLine(whole.lines[1].bytes));
        for (const auto &pair : {std::vector{whole, redacted}, std::vector{redacted, whole}}) {
            const auto merged = mergedBundle(pair);
            QVERIFY(merged->conflicts.empty());
            QVERIFY(merged->lines[1].entry.redacted);
            QVERIFY(!bundleBytes(*merged)->isEmpty());
        }
    }

    void otherIncidentsAreRefused()
    {
        IncidentBundle other = bundleOf(1, 1);
        EntryMaker maker(2, 1);
        maker.add(u"incident.declared"_s, u"Another"_s, {{u"key"_s, u"INC-2026-0002"_s}});
        other.incident = IncidentId{testUuid(2)};
        other.lines = linesOf(maker);
        const std::vector<IncidentBundle> pair{bundleOf(1, 1), other};
        QVERIFY(!mergedBundle(pair));
        other.incident = IncidentId{testUuid(1)};
        QVERIFY(!bundleBytes(other));
        QVERIFY(!bundleBytes({}));
    }
};

QTEST_APPLESS_MAIN(TestBundle)
#include "tst_bundle.moc"
