// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/forms/choicebutton.h>

#include <domain/base/untrusted.h>
#include <widgets/base/safetext.h>

#include <QFrame>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QScreen>
#include <QVBoxLayout>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

constexpr int kShownValues = 3; // more are counted
constexpr QSize kListSize(280, 340);

} // namespace

ChoiceButton::ChoiceButton(QWidget *parent)
    : QToolButton(parent)
    , m_popup(new QFrame(this, Qt::Popup))
    , m_search(new QLineEdit(m_popup))
    , m_list(new QListView(m_popup))
    , m_hint(new PlainLabel(m_popup))
{
    setFocusPolicy(Qt::StrongFocus);
    setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_popup->setFrameShape(QFrame::StyledPanel);
    auto *layout = new QVBoxLayout(m_popup);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->addWidget(m_search);
    layout->addWidget(m_list);
    layout->addWidget(m_hint);
    m_search->setPlaceholderText(tr("Search"));
    m_search->installEventFilter(this);
    m_popup->installEventFilter(this);
    m_list->setModel(&m_model);
    m_list->setUniformItemSizes(true);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    m_hint->setElideMode(Qt::ElideRight);
    connect(this, &QToolButton::clicked, this, &ChoiceButton::openList);
    connect(m_search, &QLineEdit::textChanged, this, &ChoiceButton::filter);
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex &index) {
        take(index.row());
        if (!m_multi)
            closeList();
    });
    updateText();
}

void ChoiceButton::setOptions(std::vector<VariableOption> options)
{
    if (m_options == options)
        return;
    m_options = std::move(options);
    updateText();
    if (m_popup->isVisible()) {
        m_model.begin(m_options, m_model.chosen(), m_multi, m_allOffered);
        filter(m_search->text());
    }
}

void ChoiceButton::setValues(const QStringList &values)
{
    m_values = values;
    updateText();
}

void ChoiceButton::setMissing(const QStringList &missing)
{
    if (m_missing == missing)
        return;
    m_missing = missing;
    updateText();
}

QString ChoiceButton::textOf(const QString &value) const
{
    const auto at = std::find_if(m_options.begin(), m_options.end(),
        [&](const VariableOption &option) { return option.value == value; });
    const QString text = at == m_options.end() ? value : at->text;
    return m_missing.contains(value) ? tr("%1 (not found)").arg(text) : text;
}

void ChoiceButton::updateText()
{
    QStringList texts;
    for (const QString &value : m_values.mid(0, kShownValues))
        texts << textOf(value);
    QString text = m_values.isEmpty() ? (m_allOffered ? tr("All") : tr("none")) : texts.join(u", "_s);
    text = render::line(Untrusted(text), 40);
    if (m_values.size() > kShownValues)
        text += tr(" and %n more", nullptr, int(m_values.size()) - kShownValues);
    // An ampersand would become a shortcut.
    setText(text.replace(u'&', u"&&"_s) + u" ▾"_s);
}

void ChoiceButton::openList()
{
    m_wasToggled = false;
    m_model.begin(m_options, m_values, m_multi, m_allOffered);
    m_search->clear();
    filter({});
    m_popup->resize(std::max(kListSize.width(), width()), kListSize.height());
    QPoint at = mapToGlobal(QPoint(0, height()));
    if (const QScreen *screen = this->screen()) {
        const QRect room = screen->availableGeometry();
        at.setX(std::clamp(at.x(), room.left(), std::max(room.left(), room.right() - m_popup->width())));
        if (at.y() + m_popup->height() > room.bottom())
            at.setY(std::max(room.top(), at.y() - height() - m_popup->height()));
    }
    m_popup->move(at);
    m_popup->show();
    m_search->setFocus();
}

void ChoiceButton::filter(const QString &text)
{
    m_model.setFilter(text);
    int row = 0;
    // Without a search the list opens where the present value is.
    for (int line = 0; text.isEmpty() && !m_multi && !m_values.isEmpty() && line < m_model.rowCount();
         ++line) {
        if (m_model.index(line).data(ChoiceModel::ValueRole).toString() != m_values.front())
            continue;
        row = line;
        break;
    }
    m_list->setCurrentIndex(m_model.index(row));
    updateHint();
}

void ChoiceButton::updateHint()
{
    const QString count = m_search->text().isEmpty()
        ? tr("%n options", nullptr, int(m_options.size()))
        : tr("%1 of %2").arg(m_model.shownOptions()).arg(m_options.size());
    if (!m_multi) {
        m_hint->setText(count);
        return;
    }
    const QString chosen = m_model.chosen().isEmpty() && m_allOffered
        ? tr("all chosen")
        : tr("%n chosen", nullptr, int(m_model.chosen().size()));
    m_hint->setText(tr("%1, %2 · Space marks, Ctrl+A all shown").arg(count, chosen));
}

void ChoiceButton::take(int row)
{
    m_model.toggle(row);
    m_wasToggled = true;
    updateHint();
}

void ChoiceButton::closeList()
{
    m_popup->hide();
    const QStringList now = m_model.chosen();
    if (now == m_values || (now.isEmpty() && !m_allOffered && !m_multi))
        return;
    setValues(now);
    emit chosen(m_values);
}

bool ChoiceButton::listKey(int key, Qt::KeyboardModifiers modifiers)
{
    const int rows = m_model.rowCount(), row = m_list->currentIndex().row();
    const int page = std::max(1, m_list->viewport()->height() / std::max(1, m_list->sizeHintForRow(0)) - 1);
    static const QMap<int, int> kSteps{{Qt::Key_Down, 1}, {Qt::Key_Up, -1}};
    int step = kSteps.value(key);
    if (key == Qt::Key_PageDown || key == Qt::Key_PageUp)
        step = key == Qt::Key_PageDown ? page : -page;
    if (step != 0 && rows > 0) {
        m_list->setCurrentIndex(m_model.index(std::clamp(row + step, 0, rows - 1)));
        return true;
    }
    if (key == Qt::Key_Return || key == Qt::Key_Enter) {
        if (!m_wasToggled)
            m_model.chooseOnly(row);
        closeList();
        return true;
    }
    if (key == Qt::Key_Escape) {
        m_model.begin(m_options, m_values, m_multi, m_allOffered);
        m_popup->hide();
        return true;
    }
    if (key == Qt::Key_Space && m_multi && (m_search->text().isEmpty() || modifiers & Qt::ControlModifier)) {
        take(row);
        return true;
    }
    if (key == Qt::Key_A && modifiers == Qt::ControlModifier && m_multi) {
        m_model.chooseShown();
        m_wasToggled = true;
        updateHint();
        return true;
    }
    return false;
}

bool ChoiceButton::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        const auto *press = static_cast<QKeyEvent *>(event);
        if (listKey(press->key(), press->modifiers()))
            return true;
    }
    if (watched == m_popup && event->type() == QEvent::Hide && m_multi)
        closeList();
    return QToolButton::eventFilter(watched, event);
}

} // namespace bw
