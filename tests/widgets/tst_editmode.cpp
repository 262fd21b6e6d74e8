// SPDX-License-Identifier: GPL-3.0-or-later
#include "panelfakes.h"

#include <widgets/dashboard/dashboardnamedialog.h>
#include <widgets/dashboard/dashboardview.h>
#include <widgets/dashboard/editbar.h>
#include <widgets/dashboard/editlayer.h>
#include <widgets/dashboard/paneleditor.h>
#include <widgets/dashboard/panelframe.h>
#include <widgets/dashboard/queryform.h>
#include <widgets/forms/fieldform.h>

#include <QComboBox>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace bw;
using namespace bw::test;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

Panel panelAt(const QString &id, int col, int row, int width, int height, const QString &kind = u"stat"_s)
{
    Panel panel;
    panel.id = id;
    panel.kind = kind;
    panel.title = u"Panel "_s + id;
    panel.grid = {col, row, width, height};
    if (kind != "row"_L1) {
        PanelQuery query;
        query.id = u"q"_s;
        query.expr = u"up_"_s + id;
        panel.queries.push_back(query);
    }
    return panel;
}

Dashboard board()
{
    Dashboard dashboard;
    dashboard.id = u"mine"_s;
    dashboard.title = u"Mine"_s;
    dashboard.origin = u"/somewhere/mine.yaml"_s;
    dashboard.panels = {
        panelAt(u"a"_s, 0, 0, 12, 6), panelAt(u"b"_s, 12, 0, 12, 6), panelAt(u"c"_s, 0, 6, 24, 6)};
    return dashboard;
}

} // namespace

class TestEditMode : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void dragMovesASnappedPanelAndAsksNothing();
    void escapeGivesADragUp();
    void edgesResize_data();
    void edgesResize();
    void keysMoveResizeAndMerge();
    void tabGoesThroughPanels();
    void otherModifiersAreTheWindows();
    void coveredPanelsRest();
    void dialogsDoNotRevertTheFile();
    void aCopyThatIsGivenUpDoesNotLeave();
    void duplicateDeleteUndo();
    void addAndEditAPanel();
    void savingAndItsAnswers();
    void deletedFileAsksBeforeItComesBack();
    void theEditorMarksAndMeasures();
    void builtInAsksWhereTo();
    void leavingAsksWhenUnsaved();
    void diskChangesLoseNothing();
    void foldedPanelsAreSeenWhileEditing();
    void editorShowsProblemsAtTheirFields();
    void editorKeepsWhatItDoesNotShow();
    void editorPreviewFollows();
    void kindSwitchKeepsWhatFits();
    void queriesAreAddedMovedRemoved();
    void formByFields();
    void exportsCarryThePanel();

private:
    QStringList openExpressions() const
    {
        const auto list = session->executor.openExpressions();
        return {list.begin(), list.end()};
    }
    GridRect gridOf(const QString &id) const { return findPanel(edit().edits().dashboard(), id)->grid; }
    EditMode &edit() const { return *view->editMode(); }
    void drag(const QPoint &from, const QPoint &by)
    {
        QWidget *layer = &edit().layer();
        QTest::mousePress(layer, Qt::LeftButton, {}, from);
        // Moves without a button in the event's state are what a test can send; the layer knows its grip.
        QTest::mouseMove(layer, from + by / 2);
        QTest::mouseMove(layer, from + by);
        QTest::mouseRelease(layer, Qt::LeftButton, {}, from + by);
    }
    QPoint titleOf(const QString &id) const { return edit().layer().rectOf(id).topLeft() + QPoint(60, 12); }
    QMessageBox *question() const
    {
        const auto boxes = view->findChildren<QMessageBox *>();
        for (QMessageBox *box : boxes) {
            if (box->isVisible())
                return box;
        }
        return nullptr;
    }
    void answer(int button)
    {
        QMessageBox *box = question();
        QVERIFY(box);
        box->buttons().at(button)->click();
        QTRY_VERIFY(!question());
    }

    std::unique_ptr<test::Session> session;
    std::unique_ptr<TimeNavigator> time;
    std::unique_ptr<DashboardView> view;
};

void TestEditMode::init()
{
    QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support)"_s));
    session = std::make_unique<test::Session>();
    time = std::make_unique<TimeNavigator>(session->clock);
    view = std::make_unique<DashboardView>(session->ports(), *time);
    view->resize(1000, 700);
    static_cast<QWidget *>(view.get())->show();
    view->show(board());
    QVERIFY(QTest::qWaitForWindowExposed(view.get()));
    QTRY_VERIFY(session->executor.open() >= 3);
    session->answerAll();
    session->executor.clear();
    view->startEditing();
    QTest::qWait(0);
    session->executor.clear();
}

void TestEditMode::cleanup()
{
    view.reset();
    time.reset();
    session.reset();
}

void TestEditMode::dragMovesASnappedPanelAndAsksNothing()
{
    PanelFrame *frame = view->frame(u"a"_s);
    const QRect before = frame->geometry();
    drag(titleOf(u"a"_s), QPoint(edit().layer().rectOf(u"b"_s).x() - before.x() + 7, 0));
    QCOMPARE(gridOf(u"a"_s), (GridRect{12, 0, 12, 6}));
    QCOMPARE(gridOf(u"b"_s), (GridRect{12, 6, 12, 6}));
    QCOMPARE(view->frame(u"a"_s), frame); // the same picture
    QCOMPARE(frame->geometry(), edit().layer().rectOf(u"a"_s));
    QVERIFY(frame->geometry() != before);
    QTest::qWait(0); // what is asked is asked on the next turn of the event loop
    QCOMPARE(session->executor.open(), 0);
    QVERIFY(edit().edits().isDirty());
    QVERIFY(edit().bar().text().contains(u"not saved"_s));
}

void TestEditMode::escapeGivesADragUp()
{
    QWidget *layer = &edit().layer();
    const QPoint from = titleOf(u"a"_s);
    QTest::mousePress(layer, Qt::LeftButton, {}, from);
    QTest::mouseMove(layer, from + QPoint(300, 0));
    QVERIFY(edit().layer().preview());
    QTest::keyClick(layer, Qt::Key_Escape);
    QVERIFY(!edit().layer().preview());
    QTest::mouseRelease(layer, Qt::LeftButton, {}, from + QPoint(300, 0));
    QVERIFY(!edit().edits().isDirty());
    QVERIFY(view->editMode());
}

void TestEditMode::edgesResize_data()
{
    QTest::addColumn<QPointF>("place"); // share of the rectangle
    QTest::addColumn<QPoint>("cells");
    QTest::addColumn<GridRect>("after");
    QTest::newRow("right") << QPointF(1, 0.5) << QPoint(-3, 0) << GridRect{0, 0, 9, 6};
    QTest::newRow("bottom") << QPointF(0.5, 1) << QPoint(0, 2) << GridRect{0, 0, 12, 8};
    QTest::newRow("corner") << QPointF(1, 1) << QPoint(-2, 1) << GridRect{0, 0, 10, 7};
    QTest::newRow("left") << QPointF(0, 0.5) << QPoint(4, 0) << GridRect{4, 0, 8, 6};
    QTest::newRow("never smaller than two") << QPointF(1, 1) << QPoint(-40, -40) << GridRect{0, 0, 2, 2};
}

void TestEditMode::edgesResize()
{
    QFETCH(QPointF, place);
    QFETCH(QPoint, cells);
    QFETCH(GridRect, after);
    const QRect rect = edit().layer().rectOf(u"a"_s).adjusted(1, 1, -2, -2);
    const GridMetrics metrics = view->gridMetrics();
    drag(QPoint(rect.left() + int(place.x() * rect.width()), rect.top() + int(place.y() * rect.height())),
        QPoint(cells.x() * metrics.room / 24, cells.y() * metrics.unit));
    QCOMPARE(gridOf(u"a"_s), after);
}

void TestEditMode::keysMoveResizeAndMerge()
{
    QWidget *layer = &edit().layer();
    edit().edits().select(u"b"_s);
    QTest::keyClick(layer, Qt::Key_Right); // at the edge: nothing
    QCOMPARE(edit().edits().steps().count(), 0);
    for (int i = 0; i < 3; ++i)
        QTest::keyClick(layer, Qt::Key_Down);
    QCOMPARE(edit().edits().steps().count(), 1);
    QTest::keyClick(layer, Qt::Key_Left, Qt::ShiftModifier);
    QTest::keyClick(layer, Qt::Key_Left, Qt::ShiftModifier);
    QCOMPARE(edit().edits().steps().count(), 2);
    QCOMPARE(gridOf(u"b"_s).width, 10);
    QTest::keyClick(layer, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(gridOf(u"b"_s).width, 12);
    QTest::keyClick(layer, Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(!edit().edits().isDirty());
    QTest::keyClick(layer, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(edit().edits().isDirty());
}

void TestEditMode::tabGoesThroughPanels()
{
    QWidget *layer = &edit().layer();
    layer->setFocus();
    QStringList seen;
    for (int i = 0; i < 3; ++i) {
        QTest::keyClick(layer, Qt::Key_Tab);
        seen << edit().edits().selected();
    }
    QCOMPARE(seen, (QStringList{u"a"_s, u"b"_s, u"c"_s}));
    QVERIFY(layer->accessibleDescription().contains(u"Panel c"_s));
    QTest::keyClick(layer, Qt::Key_Left, Qt::ShiftModifier);
    QVERIFY2(
        layer->accessibleDescription().contains(u"23 wide"_s), qPrintable(layer->accessibleDescription()));
    edit().edits().select({});
    QVERIFY(layer->accessibleDescription().isEmpty());
}

void TestEditMode::otherModifiersAreTheWindows()
{
    QWidget *layer = &edit().layer();
    edit().edits().select(u"a"_s);
    for (const Qt::KeyboardModifier held : {Qt::AltModifier, Qt::ControlModifier, Qt::MetaModifier}) {
        QKeyEvent asks(QEvent::ShortcutOverride, Qt::Key_Right, held);
        asks.ignore();
        QCoreApplication::sendEvent(layer, &asks);
        QVERIFY(!asks.isAccepted());
        QTest::keyClick(layer, Qt::Key_Right, held);
        QTest::keyClick(layer, Qt::Key_Delete, held);
    }
    QCOMPARE(edit().edits().steps().count(), 0);
    QKeyEvent own(QEvent::ShortcutOverride, Qt::Key_Right, Qt::NoModifier);
    own.ignore();
    QCoreApplication::sendEvent(layer, &own);
    QVERIFY(own.isAccepted());
}

/// What lies under the layer has neither focus nor keys: V would maximise a panel that is being edited.
void TestEditMode::coveredPanelsRest()
{
    for (PanelFrame *frame : view->frames())
        QVERIFY(!frame->isEnabled());
    edit().addPanel(u"text"_s);
    edit().panelEditor()->reject();
    for (PanelFrame *frame : view->frames())
        QVERIFY(!frame->isEnabled());
    edit().edits().steps().undo();
    edit().leave();
    QVERIFY(!view->editMode());
    for (PanelFrame *frame : view->frames())
        QVERIFY(frame->isEnabled());
}

/// A file that is read while a dialog is open is not put back by the dialog.
void TestEditMode::dialogsDoNotRevertTheFile()
{
    emit edit().bar().settingsRequested();
    auto *settings = view->findChild<DashboardNameDialog *>();
    QVERIFY(settings);
    edit().openPanelEditor(u"a"_s);
    edit().panelEditor()->titleInput().setText(u"Mine still"_s);
    Dashboard theirs = board();
    theirs.panels.erase(theirs.panels.begin());
    theirs.refresh = u"10s"_s;
    view->show(theirs);
    settings->findChild<QLineEdit *>()->setText(u"Named"_s);
    settings->accept();
    QCOMPARE(edit().edits().dashboard().title, u"Named"_s);
    QCOMPARE(edit().edits().dashboard().refresh, u"10s"_s);
    QCOMPARE(edit().edits().dashboard().panels.size(), size_t(2));
    edit().panelEditor()->accept(); // its panel is gone
    QCOMPARE(edit().edits().dashboard().panels.size(), size_t(3));
    QVERIFY(edit().bar().text().contains(u"Mine still was taken out"_s));
}

void TestEditMode::aCopyThatIsGivenUpDoesNotLeave()
{
    QSignalSpy wanted(view.get(), &DashboardView::saveWanted);
    view->setKnownDashboards({u"mine"_s});
    edit().edits().select(u"a"_s);
    edit().layer().removeSelected();
    edit().leave();
    answer(0); // save, then leave
    edit().askOverwrite(u"/somewhere/mine.yaml"_s);
    answer(1); // as another dashboard
    auto *dialog = view->findChild<DashboardNameDialog *>();
    QVERIFY(dialog);
    dialog->reject();
    edit().save();
    QCOMPARE(wanted.count(), 2);
    edit().saved(wanted.at(1).at(0).value<DashboardToSave>().edited);
    QVERIFY(view->editMode()); // leaving was given up with the copy
}

void TestEditMode::duplicateDeleteUndo()
{
    QWidget *layer = &edit().layer();
    edit().edits().select(u"a"_s);
    QTest::keyClick(layer, Qt::Key_D, Qt::ControlModifier);
    QCOMPARE(edit().edits().selected(), u"a-2"_s);
    QVERIFY(view->frame(u"a-2"_s));
    QTRY_COMPARE(session->executor.open(), 1); // the copy asks, nobody else
    QTest::keyClick(layer, Qt::Key_Delete);
    QVERIFY(!view->frame(u"a-2"_s));
    QTest::keyClick(layer, Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(view->frame(u"a-2"_s));
    QCOMPARE(edit().edits().selected(), u"a-2"_s);
    QTest::keyClick(layer, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(view->frames().size(), size_t(3));
    QCOMPARE(view->dashboard().panels, board().panels);
}

void TestEditMode::addAndEditAPanel()
{
    edit().addPanel(u"timeseries"_s);
    PanelEditor *editor = edit().panelEditor();
    QVERIFY(editor);
    QCOMPARE(view->frames().size(), size_t(4));
    editor->titleInput().setText(u"Latency"_s);
    editor->accept();
    QVERIFY(!edit().panelEditor() || !edit().panelEditor()->isVisible());
    const Panel &added = view->dashboard().panels.back();
    QCOMPARE(added.title, u"Latency"_s);
    QCOMPARE(added.kind, u"timeseries"_s);
    QVERIFY(view->frame(added.id));
    QVERIFY(lint(view->dashboard(), {u"stat"_s, u"timeseries"_s}).empty());
}

void TestEditMode::savingAndItsAnswers()
{
    QSignalSpy wanted(view.get(), &DashboardView::saveWanted);
    edit().save();
    QCOMPARE(wanted.count(), 0); // nothing to save
    edit().edits().select(u"a"_s);
    QTest::keyClick(&edit().layer(), Qt::Key_Delete);
    QTest::keyClick(&edit().layer(), Qt::Key_S, Qt::ControlModifier);
    QCOMPARE(wanted.count(), 1);
    auto save = wanted.takeFirst().at(0).value<DashboardToSave>();
    QCOMPARE(save.edited.panels.size(), size_t(2));
    QCOMPARE(save.base, board());
    QVERIFY(!save.mayRewrite && !save.mayOverwrite);
    QVERIFY(edit().bar().text().contains(u"Saving"_s));

    edit().saveFailed(u"/somewhere/mine.yaml cannot be written: No space left on device"_s);
    QVERIFY(edit().bar().text().contains(u"No space left"_s));
    QVERIFY(edit().edits().isDirty());

    edit().save();
    edit().askRewrite(u"/somewhere/mine.yaml"_s);
    QVERIFY(question()->text().contains(u"by hand"_s) || question()->text().contains(u"comments"_s));
    answer(0);
    QCOMPARE(wanted.count(), 2);
    QVERIFY(wanted.at(1).at(0).value<DashboardToSave>().mayRewrite);

    edit().askOverwrite(u"/somewhere/mine.yaml"_s);
    answer(0);
    QCOMPARE(wanted.count(), 3);
    save = wanted.at(2).at(0).value<DashboardToSave>();
    QVERIFY(save.mayOverwrite);
    Dashboard saved = save.edited;
    saved.panels[0].line = 12;
    edit().saved(saved);
    QVERIFY(!edit().edits().isDirty());
    QVERIFY(edit().bar().text().startsWith(u"Editing"_s));
    QCOMPARE(view->dashboard(), saved); // what the watch reads next is what is shown
    QTest::keyClick(&edit().layer(), Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(edit().edits().isDirty()); // undo goes past a save
}

void TestEditMode::deletedFileAsksBeforeItComesBack()
{
    QSignalSpy wanted(view.get(), &DashboardView::saveWanted);
    edit().edits().select(u"a"_s);
    QTest::keyClick(&edit().layer(), Qt::Key_Delete);
    edit().diskGone();
    QVERIFY(edit().bar().text().contains(u"deleted"_s));
    edit().save();
    QCOMPARE(wanted.count(), 1);
    edit().askRestore(u"/somewhere/mine.yaml"_s);
    QVERIFY(question()->text().contains(u"deleted"_s));
    QTest::keyClick(question(), Qt::Key_Escape); // goes on, and writes nothing
    QCOMPARE(wanted.count(), 1);
    QVERIFY(edit().edits().isDirty());
    QTRY_VERIFY(!question());
    edit().askRestore(u"/somewhere/mine.yaml"_s);
    answer(0);
    QCOMPARE(wanted.count(), 2);
    QVERIFY(wanted.at(1).at(0).value<DashboardToSave>().mayOverwrite);
    // It came back by itself: nothing to say any more.
    edit().saveFailed(QString());
    view->show(board());
    QVERIFY(!edit().bar().text().contains(u"deleted"_s));
}

void TestEditMode::theEditorMarksAndMeasures()
{
    edit().openPanelEditor(u"a"_s);
    PanelEditor *editor = edit().panelEditor();
    auto *text = qobject_cast<QueryEditor *>(editor->queryForm().text());
    QVERIFY(text);
    text->setPlainText(u"sum(up_a !!)"_s);
    editor->runNow();
    session->executor.answerAll([&](const QuerySpec &spec) -> Result<QueryResult> {
        if (FakeExecutor::expressionOf(spec) == u"sum(up_a !!)")
            return fail(Error::Kind::Invalid, u"prom: 1:10: parse error: unexpected character: '!'"_s);
        return constantAnswer(spec, session->clock);
    });
    QTRY_VERIFY(text->problem().contains(u"parse error"_s));
    QVERIFY(editor->costText().contains(u"parse error"_s)); // there is nothing to measure
    const auto marks = text->extraSelections();
    QVERIFY(std::any_of(marks.begin(), marks.end(), [](const QTextEdit::ExtraSelection &mark) {
        return mark.format.underlineStyle() == QTextCharFormat::WaveUnderline
            && mark.cursor.selectionStart() == 9;
    }));
    text->setPlainText(u"sum(up_a)"_s);
    QVERIFY(text->problem().isEmpty()); // it was about another text
    QTest::keyClick(text, Qt::Key_Return, Qt::ControlModifier);
    session->executor.answerAll([&](const QuerySpec &spec) -> Result<QueryResult> {
        QueryResult result = constantAnswer(spec, session->clock);
        MetricData data = *dataAs<MetricData>(result);
        data.cost.emplace();
        data.cost->totalSamples = 99;
        result.data = std::make_shared<const QueryData>(std::move(data));
        return result;
    });
    QTRY_VERIFY2(editor->costText().contains(u"99 samples read"_s), qPrintable(editor->costText()));
    QVERIFY(editor->costText().contains(u"series"_s));
    text->setPlainText(u"sum(up_b)"_s);
    QVERIFY(editor->costText().isEmpty()); // so were the figures
}

void TestEditMode::builtInAsksWhereTo()
{
    Dashboard builtIn = board();
    builtIn.id = u"on-call"_s;
    builtIn.origin = u":/dashboards/on-call.yaml"_s;
    edit().leave();
    QVERIFY(!view->editMode());
    view->setKnownDashboards({u"on-call"_s, u"mine"_s});
    view->show(builtIn);
    view->startEditing();
    QSignalSpy wanted(view.get(), &DashboardView::saveWanted);
    edit().addPanel(u"text"_s);
    edit().panelEditor()->accept();
    edit().save();
    QCOMPARE(wanted.count(), 0);
    answer(0);
    QCOMPARE(wanted.count(), 1);
    QCOMPARE(wanted.at(0).at(0).value<DashboardToSave>().edited.id, u"on-call"_s);
    edit().saveFailed(u"x"_s);
    edit().save();
    answer(1);
    auto *dialog = view->findChild<DashboardNameDialog *>();
    QVERIFY(dialog);
    QCOMPARE(dialog->dashboard().id, u"mine-mine"_s);
    dialog->accept();
    QCOMPARE(wanted.at(1).at(0).value<DashboardToSave>().edited.title, u"Mine (mine)"_s);
    Dashboard copy = dialog->dashboard();
    edit().saved(copy);
    QVERIFY(!view->editMode()); // the copy is another page
    QCOMPARE(view->dashboard(), builtIn);
}

void TestEditMode::leavingAsksWhenUnsaved()
{
    QSignalSpy wanted(view.get(), &DashboardView::saveWanted);
    edit().edits().select(u"a"_s);
    edit().layer().removeSelected();
    QTest::keyClick(&edit().layer(), Qt::Key_Escape);
    answer(2); // go on
    QVERIFY(view->editMode());
    QTest::keyClick(&edit().layer(), Qt::Key_Escape);
    answer(0); // save, then leave
    QCOMPARE(wanted.count(), 1);
    edit().saveFailed(u"no"_s);
    QVERIFY(view->editMode());
    QTest::keyClick(&edit().layer(), Qt::Key_Escape);
    answer(1); // discard
    QVERIFY(!view->editMode());
    QCOMPARE(view->dashboard(), board());
    QCOMPARE(view->frames().size(), size_t(3));
}

void TestEditMode::diskChangesLoseNothing()
{
    Dashboard theirs = board();
    theirs.title = u"Theirs"_s;
    view->show(theirs); // nothing was edited: taken over
    QCOMPARE(edit().edits().dashboard().title, u"Theirs"_s);
    QVERIFY(!edit().edits().isDirty());
    edit().edits().select(u"a"_s);
    edit().layer().removeSelected();
    theirs.title = u"Theirs again"_s;
    view->show(theirs);
    QCOMPARE(view->dashboard().panels.size(), size_t(2));
    QVERIFY(edit().bar().text().contains(u"changed on disk"_s));
    view->setFocus(); // as the window does when files have been read
    QVERIFY(edit().layer().hasFocus());
    edit().leave();
    answer(1);
    QCOMPARE(view->dashboard(), theirs); // what the file says now, not what it said before
}

void TestEditMode::foldedPanelsAreSeenWhileEditing()
{
    edit().leave();
    Dashboard folded = board();
    folded.panels.insert(folded.panels.begin(), panelAt(u"r"_s, 0, 0, 24, 1, u"row"_s));
    folded.panels[0].collapsed = true;
    for (size_t i = 1; i < folded.panels.size(); ++i)
        folded.panels[i].grid.row += 1;
    view->show(folded);
    QVERIFY(!view->frame(u"a"_s)->isVisible());
    view->startEditing();
    QVERIFY(view->frame(u"a"_s)->isVisible());
    edit().leave();
    QVERIFY(!view->frame(u"a"_s)->isVisible());
}

void TestEditMode::editorShowsProblemsAtTheirFields()
{
    PanelEditor editor(board().panels[0], board(), view->editorContext(), view.get());
    QVERIFY(editor.problems().empty());
    editor.queryForm().text()->setPlainText(u"up{job=\"$nobody\"}"_s);
    editor.updateNow();
    QCOMPARE(editor.problems().size(), size_t(1));
    QCOMPARE(editor.problems()[0].field, u"queries"_s);
    const auto lines = editor.queryForm().findChildren<QLabel *>(u"problem"_s);
    QVERIFY(std::any_of(lines.begin(), lines.end(),
        [](const QLabel *line) { return !line->isHidden() && line->text().contains(u"$nobody"_s); }));
    editor.queryForm().text()->setPlainText(u"up"_s);
    editor.updateNow();
    QVERIFY(editor.problems().empty());
    QVERIFY(std::all_of(lines.begin(), lines.end(), [](const QLabel *line) { return line->isHidden(); }));
}

void TestEditMode::editorKeepsWhatItDoesNotShow()
{
    Panel panel = panelAt(u"a"_s, 0, 0, 12, 6, u"table"_s);
    panel.queries[0].fallbacks = QStringList{u"up2"_s};
    panel.queries[0].extra.insert(u"future"_s, 1);
    panel.joinBy = QStringList{u"service"_s};
    panel.options = {{u"columns"_s, QVariantList{QVariantMap{{u"field"_s, u"x"_s}}}}, {u"limit"_s, 5},
        {u"unknown"_s, u"kept"_s}};
    panel.thresholds = {
        {u"q"_s, true, {{{}, u"good"_s}, {1.5, u"critical"_s}}}, {u"other"_s, false, {{{}, u"good"_s}}}};
    panel.mappings.push_back({ValueMapping::Kind::Value, u"1"_s, 0, 0, u"up"_s, u"good"_s});
    panel.links = {{u"Debug"_s, u"debug"_s, {}, {{u"service"_s, u"${__row.service}"_s}}}};
    panel.decimals = 2;
    const PanelEditor editor(panel, board(), view->editorContext(), view.get());
    QCOMPARE(editor.panel(), panel);
}

void TestEditMode::editorPreviewFollows()
{
    PanelEditor editor(board().panels[0], board(), view->editorContext(), view.get());
    editor.show();
    QVERIFY(QTest::qWaitForWindowExposed(&editor));
    QTRY_VERIFY(openExpressions().contains(u"up_a"_s));
    QSignalSpy previewed(&editor, &PanelEditor::previewed);
    for (const QString &text : {u"rate(up"_s, u"rate(up["_s, u"rate(up[5m])"_s})
        editor.queryForm().text()->setPlainText(text);
    QTRY_COMPARE(previewed.count(), 1); // once for all three
    QTRY_VERIFY(openExpressions().contains(u"rate(up[5m])"_s));
    QVERIFY(!openExpressions().contains(u"up_a"_s)); // no longer wanted
    QVERIFY(editor.preview()->isVisible());
}

void TestEditMode::kindSwitchKeepsWhatFits()
{
    Panel panel = board().panels[0];
    panel.options = {{u"calc"_s, u"max"_s}, {u"sparkline"_s, false}};
    PanelEditor editor(panel, board(), view->editorContext(), view.get());
    QComboBox &kinds = editor.kindChoice();
    kinds.setCurrentIndex(kinds.findData(u"gauge"_s));
    QCOMPARE(editor.panel().kind, u"gauge"_s);
    QCOMPARE(editor.panel().options.value(u"calc"_s).toString(), u"max"_s);
    QVERIFY(!editor.panel().options.contains(u"sparkline"_s));
    QCOMPARE(editor.panel().queries, panel.queries);
    for (int i = 0; i < kinds.count(); ++i) { // every kind can be shown
        kinds.setCurrentIndex(i);
        editor.updateNow();
        QVERIFY(editor.preview());
    }
}

void TestEditMode::queriesAreAddedMovedRemoved()
{
    QueryForm form(board().panels[0].queries, session->ports(), {}, nullptr);
    QSignalSpy changed(&form, &QueryForm::changed);
    form.addQuery();
    QCOMPARE(form.queries()[1].id, u"a"_s);
    form.text()->setPlainText(u"b"_s);
    form.moveQuery(-1);
    QCOMPARE(form.queries()[0].expr, u"b"_s);
    form.choose(1);
    QCOMPARE(form.text()->toPlainText(), u"up_a"_s);
    form.removeQuery();
    QCOMPARE(form.queries().size(), size_t(1));
    form.removeQuery();
    form.removeQuery(); // nothing left to remove
    QVERIFY(form.queries().empty());
    QVERIFY(changed.count() >= 4);
}

void TestEditMode::formByFields()
{
    std::vector<FieldSpec> fields;
    const auto add = [&](const QString &key, FieldSpec::Kind kind, QVariant fallback = {}) {
        FieldSpec field;
        field.key = field.label = key;
        field.kind = kind;
        field.fallback = std::move(fallback);
        fields.push_back(field);
    };
    add(u"n"_s, FieldSpec::Kind::Number);
    add(u"b"_s, FieldSpec::Kind::Boolean, true);
    add(u"d"_s, FieldSpec::Kind::Duration);
    add(u"l"_s, FieldSpec::Kind::List);
    FieldForm form;
    const QVariantMap given{{u"n"_s, 5}, {u"l"_s, QVariantList{1.0, u"x"_s}}, {u"other"_s, u"kept"_s}};
    form.setFields(fields, given);
    QCOMPARE(form.values(), given); // nothing was touched
    form.findChild<QLineEdit *>(u"option.n"_s)->setText(u"7.5"_s);
    QCOMPARE(form.values().value(u"n"_s), QVariant(7.5));
    form.findChild<QLineEdit *>(u"option.n"_s)->setText(u"many"_s);
    QCOMPARE(form.values().value(u"n"_s), QVariant(u"many"_s)); // for the check to complain of
    form.findChild<QLineEdit *>(u"option.n"_s)->clear();
    QVERIFY(!form.values().contains(u"n"_s));
    form.findChild<QLineEdit *>(u"option.d"_s)->setText(u"1h"_s);
    QCOMPARE(form.values().value(u"d"_s), QVariant(u"1h"_s));
    auto *list = form.findChild<QPlainTextEdit *>(u"option.l"_s);
    list->setPlainText(u"[1, 2"_s);
    const QVariantMap mistyped = form.values();
    QCOMPARE(mistyped.value(u"l"_s), QVariant(u"[1, 2"_s));
    form.setFields(fields, mistyped); // as when the kind is chosen again, or the panel opened
    list = form.findChild<QPlainTextEdit *>(u"option.l"_s);
    QCOMPARE(list->toPlainText(), u"[1, 2"_s);
    QCOMPARE(form.values(), mistyped);
    list->setPlainText(u"[1, 2]"_s);
    QCOMPARE(form.values().value(u"l"_s), QVariant(QVariantList{1, 2}));
    form.setProblems({{u"d"_s, u"too long"_s}});
    const auto lines = form.findChildren<QLabel *>(u"problem"_s);
    QCOMPARE(
        std::count_if(lines.begin(), lines.end(), [](const QLabel *line) { return !line->isHidden(); }), 1);
}

void TestEditMode::exportsCarryThePanel()
{
    PanelFrame &frame = *view->frame(u"a"_s);
    const PanelExport png = exportOf(frame, u"png"_s);
    QCOMPARE(png.name, u"panel-a.png"_s);
    QCOMPARE(png.image.size(), frame.size() * 2);
    const PanelExport svg = exportOf(frame, u"svg"_s);
    QVERIFY(svg.bytes.contains("<svg"));
    QVERIFY(svg.bytes.contains("Panel a"));
    QVERIFY(!svg.bytes.contains("<image") && svg.note.isEmpty()); // a stat panel is words and lines
    QCOMPARE(exportSuffixes(frame), (QStringList{u"png"_s, u"svg"_s, u"csv"_s}));
    QVERIFY(exportOf(frame, u"csv"_s).bytes.startsWith("name,value\r\n"));
}

QTEST_MAIN(TestEditMode)
#include "tst_editmode.moc"
