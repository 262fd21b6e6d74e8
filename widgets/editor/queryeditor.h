// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/metrics/promqltext.h>
#include <widgets/editor/completionpopup.h>
#include <widgets/editor/promqlnames.h>

#include <QPlainTextEdit>

namespace bw {

/// A PromQL expression being written: coloured, its brackets paired, with what could be typed next out of the
/// source's own names. Ctrl+Space asks for suggestions, Ctrl+Return runs. UI thread.
class QueryEditor final : public QPlainTextEdit
{
    Q_OBJECT
public:
    /// Both outlive the editor.
    QueryEditor(QueryExecutor &executor, const Clock &clock, QWidget *parent = nullptr);

    /// Whose names are offered.
    void setSource(const DatasourceId &source) { m_names->setSource(source); }
    /// Names of the dashboard's variables, without `$`.
    void setVariables(const QStringList &names) { m_variables = names; }
    /// What is wrong, and from where on; an empty message is nothing. Forgotten with the next change.
    void setProblem(const QString &message, std::optional<qsizetype> at = std::nullopt);
    const QString &problem() const { return m_problem; }
    const CompletionPopup &popup() const { return *m_popup; }
    QSize sizeHint() const override;

signals:
    void runRequested();
    void problemChanged();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void changeEvent(QEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    bool focusNextPrevChild(bool next) override;

private:
    void updateColors();
    void updateMarks();
    void suggest(bool isWanted);
    void closePopup();
    std::vector<CompletionChoice> choicesFor(const PromqlCompletion &place);
    void insert(const CompletionChoice &choice);

    PromqlNames *m_names;
    CompletionPopup *m_popup;
    QStringList m_variables;
    PromqlCompletion m_place;
    bool m_isWanted = false; ///< also without a letter typed
    bool m_isWaiting = false; ///< for names; the list opens when they come
    QString m_problem;
    std::optional<qsizetype> m_problemAt;
};

} // namespace bw
