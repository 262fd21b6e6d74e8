// SPDX-License-Identifier: GPL-3.0-or-later
// The domain is values and rules: no windows, no network, no files, no other library of ours.
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

class TestPurity : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void includes_data()
    {
        QTest::addColumn<QString>("path");
        const QString root = qEnvironmentVariable("BW_SOURCE_DIR");
        if (root.isEmpty())
            QFAIL("BW_SOURCE_DIR is not set; run through ctest");
        QDirIterator files(
            root + u"/models/domain"_s, {u"*.h"_s, u"*.cpp"_s}, QDir::Files, QDirIterator::Subdirectories);
        int count = 0;
        for (; files.hasNext(); ++count) {
            const QString path = files.next();
            QTest::newRow(qPrintable(path.mid(root.size() + 1))) << path;
        }
        QVERIFY(count > 40);
    }
    void includes()
    {
        QFETCH(QString, path);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(file.readAll());
        static const QRegularExpression include(
            u"^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]"_s, QRegularExpression::MultilineOption);
        static const QRegularExpression foreign(
            u"^(?:store|items|http|datasources|widgets|app)/|^Qt(?:Gui|Widgets|Network|Sql|PrintSupport)/"
            "|^Q(?:Gui|Color|Font|Image|Pixmap|Painter|Widget|Action|Palette|Icon|Network|Tcp|Process|File|"
            "Save|Dir|Settings|Thread|Timer)"
            "|^(?:curl|sqlite3|yaml-cpp|nlohmann|simdjson|qcustomplot)|^fstream$|^thread$|^mutex$"_s);
        for (const QRegularExpressionMatch &match : include.globalMatch(text))
            QVERIFY2(!foreign.match(match.captured(1)).hasMatch(), qPrintable(match.captured(1)));
    }
};

QTEST_APPLESS_MAIN(TestPurity)
#include "tst_purity.moc"
