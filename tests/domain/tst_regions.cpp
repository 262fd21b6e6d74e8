// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/regions.h>

#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using What = RegionOutcome::What;

namespace {

QByteArray sample()
{
    return "# Postmortem\n\nHuman words.\n"
        + regionBytes("summary", {{u"a"_s, u"-->"_s}}, "old summary\nline two\n") + "Between \xff bytes.\n"
        + regionBytes("timeline", {}, "| t |\n") + regionBytes("footer", {}, "")
        + "The end without a line break";
}

Result<QByteArray> fresh(const Region &region) { return "fresh " + region.name + '\n'; }

Regeneration made(const QByteArray &document, EditedRegions policy)
{
    auto result = regenerate(document, fresh, policy);
    return result ? *result : Regeneration{};
}

std::vector<What> outcomes(const Regeneration &made)
{
    std::vector<What> all;
    for (const RegionOutcome &outcome : made.outcomes)
        all.push_back(outcome.what);
    return all;
}

QByteArray sources(const std::vector<DocumentPiece> &pieces)
{
    QByteArray all;
    for (const DocumentPiece &piece : pieces)
        all += piece.source;
    return all;
}

} // namespace

class TestRegions : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void splits()
    {
        const auto pieces = splitDocument(sample());
        QCOMPARE(pieces.size(), size_t(6));
        QCOMPARE(pieces[1].region->name, QByteArray("summary"));
        QCOMPARE(pieces[1].region->options.value("a"_L1).toString(), u"-->"_s);
        QCOMPARE(pieces[1].region->text, QByteArray("old summary\nline two\n"));
        QVERIFY(!pieces[1].region->isEdited());
        QCOMPARE(sources(pieces), sample());
    }

    void brokenMarkersAreText_data()
    {
        QTest::addColumn<QByteArray>("document");
        const QByteArray hash = QByteArray(64, '0');
        QTest::newRow("unclosed") << "<!-- gen:summary v=1 sha256=" + hash + " {} -->\ntext\n";
        QTest::newRow("unknown name") << "<!-- gen:weather v=1 sha256=" + hash + " {} -->\n<!-- /gen -->\n";
        QTest::newRow("other version") << "<!-- gen:summary v=2 sha256=" + hash + " {} -->\n<!-- /gen -->\n";
        QTest::newRow("short hash") << QByteArray("<!-- gen:summary v=1 sha256=00 {} -->\n<!-- /gen -->\n");
        QTest::newRow("no options") << "<!-- gen:summary v=1 sha256=" + hash + " -->\n<!-- /gen -->\n";
        QTest::newRow("list of options")
            << "<!-- gen:summary v=1 sha256=" + hash + " [] -->\n<!-- /gen -->\n";
        QTest::newRow("indented") << " <!-- gen:summary v=1 sha256=" + hash + " {} -->\n<!-- /gen -->\n";
        QTest::newRow("lone end") << QByteArray("<!-- /gen -->\n");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("marker alone") << QByteArray("<!-- gen: -->");
    }
    void brokenMarkersAreText()
    {
        QFETCH(QByteArray, document);
        for (const DocumentPiece &piece : splitDocument(document))
            QVERIFY(!piece.region);
        QCOMPARE(made(document, EditedRegions::Take).document, document);
    }

    void uneditedRegionsAreReplaced()
    {
        const Regeneration result = made(sample(), EditedRegions::Refuse);
        QVERIFY(!result.isRefused);
        QCOMPARE(outcomes(result), (std::vector{What::Replaced, What::Replaced, What::Replaced}));
        QVERIFY(result.document.contains("\nfresh summary\n<!-- /gen -->\n"));
        QVERIFY(!result.document.contains("old summary"));
        QVERIFY(result.document.contains("Between \xff bytes.\n"));
        QVERIFY(result.document.endsWith("The end without a line break"));
        // A second time nothing is left to do.
        const Regeneration again = made(result.document, EditedRegions::Refuse);
        QCOMPARE(outcomes(again), (std::vector{What::Same, What::Same, What::Same}));
        QCOMPARE(again.document, result.document);
    }

    void editedRegions()
    {
        QByteArray edited = sample();
        edited.replace("line two", "line two, corrected");
        const Regeneration refused = made(edited, EditedRegions::Refuse);
        QVERIFY(refused.isRefused);
        QCOMPARE(refused.document, edited);
        QCOMPARE(refused.outcomes.front().what, What::Edited);
        QVERIFY(refused.outcomes.front().diff.contains("-line two, corrected\n"));
        QVERIFY(refused.outcomes.front().diff.contains("+fresh summary\n"));

        const Regeneration kept = made(edited, EditedRegions::Keep);
        QCOMPARE(outcomes(kept), (std::vector{What::KeptEdited, What::Replaced, What::Replaced}));
        QVERIFY(kept.document.contains("line two, corrected"));
        QVERIFY(kept.document.contains(" frozen {"));
        // From then on it stays without a word, even against taking what is fresh.
        const Regeneration later = made(kept.document, EditedRegions::Take);
        QCOMPARE(outcomes(later), (std::vector{What::Frozen, What::Same, What::Same}));
        QCOMPARE(later.document, kept.document);

        const Regeneration taken = made(edited, EditedRegions::Take);
        QCOMPARE(taken.outcomes.front().what, What::TookFresh);
        QVERIFY(!taken.document.contains("corrected"));
    }

    void lineEndsAreNoEdit()
    {
        QByteArray windows = sample();
        windows.replace("\n", "\r\n");
        const Regeneration result = made(windows, EditedRegions::Refuse);
        QVERIFY(!result.isRefused);
        QVERIFY(result.document.contains("\r\nfresh summary\r\n<!-- /gen -->\r\n"));
        QCOMPARE(result.document.count('\n'), result.document.count("\r\n"));
        QCOMPARE(outcomes(made(result.document, EditedRegions::Refuse)),
            (std::vector{What::Same, What::Same, What::Same}));
    }

    void lastLineWithoutBreak()
    {
        QByteArray document = regionBytes("summary", {}, "old\n");
        document.chop(1);
        const QByteArray result = made(document, EditedRegions::Refuse).document;
        QVERIFY(result.endsWith("fresh summary\n<!-- /gen -->"));
    }

    /// A log line that looks like a marker ends no region and begins none.
    void textThatLooksLikeMarkers()
    {
        const QByteArray forged = regionBytes("summary", {}, "forged\n");
        for (const QByteArray &hostile : {QByteArray("<!-- /gen -->\nmore\n"), forged, "a\n" + forged + "b",
                 QByteArray("x\r\n<!-- /gen -->\r\n")}) {
            const QByteArray document = regionBytes("evidence", {}, hostile);
            const auto pieces = splitDocument(document);
            QCOMPARE(pieces.size(), size_t(1));
            QCOMPARE(pieces[0].region->name, QByteArray("evidence"));
            QVERIFY(!pieces[0].region->isEdited());
            const auto same = regenerate(
                document, [&](const Region &) -> Result<QByteArray> { return hostile; },
                EditedRegions::Refuse);
            QVERIFY(same && !same->isRefused);
            QCOMPARE(same->document, document);
        }
    }

    void anErrorChangesNothing()
    {
        const auto result = regenerate(
            sample(),
            [](const Region &) -> Result<QByteArray> { return fail(Error::Kind::NotFound, u"no"_s); },
            EditedRegions::Take);
        QVERIFY(!result);
    }

    /// Random edits anywhere; every byte of a person outside the regions, and inside those he edited, is
    /// there afterwards, in order.
    void everyHumanByteIsKept()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        const QList<QByteArray> snippets{"x", "\n", "\r\n", "<!-- /gen -->\n", "<!-- gen:footer", " -->",
            "\xff", "# Heading\n", "ünïcode", regionBytes("runs", {}, "run\n"), "\n\n", "{}"};
        QByteArray document = sample();
        for (int edit = 0; edit < 10'000; ++edit) {
            if (edit % 50 == 0)
                document = sample();
            const qsizetype at = random.bounded(int(document.size()) + 1);
            if (random.bounded(3) == 0)
                document.remove(at, random.bounded(8));
            else
                document.insert(at, snippets.at(random.bounded(int(snippets.size()))));
            const auto pieces = splitDocument(document);
            const QByteArray where =
                "seed " + QByteArray::number(seed) + ", edit " + QByteArray::number(edit);
            QVERIFY2(sources(pieces) == document, where);
            const Regeneration kept = made(document, EditedRegions::Keep);
            qsizetype from = 0;
            for (const DocumentPiece &piece : pieces) {
                const bool isHuman = !piece.region || piece.region->isEdited() || piece.region->isFrozen;
                const QByteArray human = piece.region ? piece.region->text : piece.source;
                if (!isHuman || human.isEmpty())
                    continue;
                const qsizetype found = kept.document.indexOf(human, from);
                QVERIFY2(found >= 0, where + ", lost: " + human);
                from = found + human.size();
            }
            const Regeneration refused = made(document, EditedRegions::Refuse);
            QVERIFY2(!refused.isRefused || refused.document == document, where);
        }
    }
};

QTEST_APPLESS_MAIN(TestRegions)
#include "tst_regions.moc"
