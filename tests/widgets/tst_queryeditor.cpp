// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/editor/queryeditor.h>

#include "panelfakes.h"

#include <widgets/base/theme.h>

#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <QVBoxLayout>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;

class TestQueryEditor : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_executor = std::make_unique<FakeExecutor>();
        m_editor = std::make_unique<QueryEditor>(*m_executor, m_clock);
        m_editor->setSource({u"prom"_s});
        m_editor->resize(500, 120);
        m_editor->show();
        m_editor->setFocus();
    }
    void cleanup()
    {
        m_editor.reset();
        m_executor.reset();
    }

    void aFunctionBringsItsBrackets()
    {
        type(u"rat"_s);
        QVERIFY(m_editor->popup().isVisible());
        QCOMPARE(m_editor->popup().choices().front().text, u"rate"_s);
        QTest::keyClick(m_editor.get(), Qt::Key_Return);
        QCOMPARE(m_editor->toPlainText(), u"rate()"_s);
        QCOMPARE(m_editor->textCursor().position(), 5);
    }

    void metricsComeFromTheSource()
    {
        type(u"ht"_s);
        QCOMPARE(m_executor->open(), 1);
        const auto &query = std::get<LabelQuery>(m_executor->asked.back().spec.body);
        QCOMPARE(query.label, u"__name__"_s);
        answer({u"http_requests_total"_s, u"go_threads"_s, u"http weird\"name"_s, u"bad\x1b[0m"_s});
        QCOMPARE(shown(), (QStringList{u"http weird\"name"_s, u"http_requests_total"_s}));
        QTest::keyClick(m_editor.get(), Qt::Key_Tab);
        QCOMPARE(m_editor->toPlainText(), u"{\"http weird\\\"name\"}"_s);
    }

    void matchersAreChosenStepByStep()
    {
        m_editor->setPlainText(u"up"_s);
        m_editor->moveCursor(QTextCursor::End);
        type(u"{"_s);
        QCOMPARE(std::get<LabelQuery>(m_executor->asked.back().spec.body).matches, QStringList{u"up"_s});
        answer({u"__name__"_s, u"instance"_s, u"job"_s});
        QCOMPARE(shown(), (QStringList{u"instance"_s, u"job"_s}));
        QTest::keyClick(m_editor.get(), Qt::Key_Down);
        QTest::keyClick(m_editor.get(), Qt::Key_Return);
        QCOMPARE(m_editor->toPlainText(), u"up{job=\"\""_s);
        const auto &query = std::get<LabelQuery>(m_executor->asked.back().spec.body);
        QCOMPARE(query.label, u"job"_s);
        answer({u"checkout"_s, u"we\"b\\"_s});
        QCOMPARE(shown(), (QStringList{u"checkout"_s, u"we\"b\\"_s}));
        QTest::keyClick(m_editor.get(), Qt::Key_Down);
        QTest::keyClick(m_editor.get(), Qt::Key_Return);
        QCOMPARE(m_editor->toPlainText(), u"up{job=\"we\\\"b\\\\\""_s);
    }

    void selectorsWithMacrosAskForEverything()
    {
        m_editor->setPlainText(u"up{a=\"$x\",}"_s);
        m_editor->setTextCursor(cursorAt(10));
        QTest::keyClick(m_editor.get(), Qt::Key_Space, Qt::ControlModifier);
        QCOMPARE(std::get<LabelQuery>(m_executor->asked.back().spec.body).matches, QStringList());
    }

    void variablesAndMacros()
    {
        m_editor->setVariables({u"service"_s, u"namespace"_s});
        type(u"$"_s);
        QVERIFY(shown().contains(u"$service"_s) && shown().contains(u"$__rate_interval"_s));
        type(u"ser"_s);
        QCOMPARE(shown(), QStringList{u"$service"_s});
    }

    void keysOfTheListAndOfTheEditor()
    {
        QSignalSpy ran(m_editor.get(), &QueryEditor::runRequested);
        type(u"su"_s);
        QVERIFY(m_editor->popup().isVisible());
        QTest::keyClick(m_editor.get(), Qt::Key_Escape);
        QVERIFY(!m_editor->popup().isVisible());
        QTest::keyClick(m_editor.get(), Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(ran.size(), 1);
        QCOMPARE(m_editor->toPlainText(), u"su"_s);
        type(u"m"_s);
        QTest::keyClick(m_editor.get(), Qt::Key_Left);
        QVERIFY(!m_editor->popup().isVisible()); // the word is another one now
    }

    void aFailedQuestionOffersWhatIsKnown()
    {
        type(u"ra"_s);
        m_executor->asked.back().done(fail(Error::Kind::Network, u"prom refused"_s));
        QVERIFY(shown().contains(u"rate"_s));
    }

    void aSourceThatRefusesIsNotAskedWithEveryLetter()
    {
        type(u"ra"_s);
        QCOMPARE(m_executor->asked.size(), size_t(1));
        const auto refuse = [this] {
            const auto done = m_executor->asked.back().done;
            done(fail(Error::Kind::Network, u"prom refused"_s));
        };
        refuse();
        QCOMPARE(m_executor->asked.size(), size_t(1));
        type(u"te"_s);
        QCOMPARE(m_executor->asked.size(), size_t(1));
        m_clock.advance(std::chrono::seconds(10));
        type(u"_"_s);
        QCOMPARE(m_executor->asked.size(), size_t(2));
        answer({u"rate_total"_s});
        QVERIFY(shown().contains(u"rate_total"_s));
    }

    void tabTakesASuggestionBeforeItMovesOn()
    {
        QWidget window;
        auto *column = new QVBoxLayout(&window);
        m_editor->setParent(&window);
        column->addWidget(m_editor.get());
        auto *next = new QLineEdit(&window);
        column->addWidget(next);
        m_editor->show();
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        m_editor->setFocus();
        type(u"rat"_s);
        QVERIFY(m_editor->popup().isVisible());
        QTest::keyClick(m_editor.get(), Qt::Key_Tab);
        QCOMPARE(m_editor->toPlainText(), u"rate()"_s);
        QVERIFY(m_editor->hasFocus());
        QTest::keyClick(m_editor.get(), Qt::Key_Escape);
        QVERIFY(!m_editor->popup().isVisible());
        QTest::keyClick(m_editor.get(), Qt::Key_Tab);
        QVERIFY(next->hasFocus());
        m_editor->setParent(nullptr);
    }

    void aProblemIsForgottenWithTheNextChange()
    {
        m_editor->setPlainText(u"rate(up"_s);
        QSignalSpy changed(m_editor.get(), &QueryEditor::problemChanged);
        m_editor->setProblem(u"1:8: parse error"_s, 7);
        QCOMPARE(m_editor->problem(), u"1:8: parse error"_s);
        QVERIFY(hasWave());
        type(u"["_s);
        QVERIFY(m_editor->problem().isEmpty() && !hasWave());
        QCOMPARE(changed.size(), 2);
    }

    void wordsAreSeenInTheirColors()
    {
        m_editor->setPlainText(u"sum by (le) (rate(x[5m]))\nmax(y)"_s);
        const Theme &theme = themeOf(m_editor.get());
        QVERIFY(isPainted(0, 3, theme.accent));
        QVERIFY(isPainted(13, 17, theme.accent)); // behind a bracket that touches it
        QVERIFY(isPainted(20, 22, theme.notice));
        QVERIFY(!isPainted(18, 19, theme.accent));
        QVERIFY(isPainted(26, 29, theme.accent)); // in the next line
        m_editor->setPlainText(u"x"_s);
        QVERIFY(!isPainted(0, 1, theme.accent));
    }

    void longTextStaysQuick()
    {
        m_editor->setPlainText(QString(30'000, u'('));
        type(u"x"_s);
        QCOMPARE(m_editor->toPlainText().size(), 30'001);
    }

private:
    void type(const QString &text)
    {
        for (const QChar c : text)
            QTest::keyClick(m_editor.get(), c.toLatin1());
    }
    QTextCursor cursorAt(int position) const
    {
        QTextCursor cursor = m_editor->textCursor();
        cursor.setPosition(position);
        return cursor;
    }
    void answer(const QStringList &names)
    {
        LabelValues values;
        for (const QString &name : names)
            values.values.emplace_back(name);
        QueryResult result;
        result.spec = m_executor->asked.back().spec;
        result.data = std::make_shared<const QueryData>(std::move(values));
        const auto done = m_executor->asked.back().done;
        done(result);
    }
    QStringList shown() const
    {
        QStringList out;
        for (const CompletionChoice &choice : m_editor->popup().choices())
            out += choice.text;
        return m_editor->popup().isVisible() ? out : QStringList();
    }
    /// Between two positions of one line there is ink of this colour.
    bool isPainted(int begin, int end, const QColor &color) const
    {
        const QRect from = m_editor->cursorRect(cursorAt(begin)), to = m_editor->cursorRect(cursorAt(end));
        const QRect place = from.united(to).adjusted(1, 0, -1, 0);
        const QImage image = m_editor->viewport()->grab(place).toImage();
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                const QColor seen = image.pixelColor(x, y);
                if (std::abs(seen.red() - color.red()) + std::abs(seen.green() - color.green())
                        + std::abs(seen.blue() - color.blue())
                    < 60)
                    return true;
            }
        }
        return false;
    }
    bool hasWave() const
    {
        const auto all = m_editor->extraSelections();
        return std::any_of(all.begin(), all.end(),
            [](const auto &one) { return one.format.underlineStyle() == QTextCharFormat::WaveUnderline; });
    }

    FakeClock m_clock;
    std::unique_ptr<FakeExecutor> m_executor;
    std::unique_ptr<QueryEditor> m_editor;
};

QTEST_MAIN(TestQueryEditor)
#include "tst_queryeditor.moc"
