// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/forms/choicebutton.h>

#include <domain/base/untrusted.h>

#include <QFrame>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

// 500: more lines than anybody scrolls through; typing narrows them down.
constexpr int kMaxLines = 500;
constexpr int kValueRole = Qt::UserRole;
constexpr int kAllRole = Qt::UserRole + 1;

} // namespace

ChoiceButton::ChoiceButton(QWidget *parent)
    : QToolButton(parent)
    , m_popup(new QFrame(this, Qt::Popup))
    , m_search(new QLineEdit(m_popup))
    , m_list(new QListWidget(m_popup))
{
    setFocusPolicy(Qt::StrongFocus);
    setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_popup->setFrameShape(QFrame::StyledPanel);
    auto *layout = new QVBoxLayout(m_popup);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->addWidget(m_search);
    layout->addWidget(m_list);
    m_search->setPlaceholderText(tr("Search"));
    m_search->installEventFilter(this);
    m_popup->installEventFilter(this);
    m_list->setUniformItemSizes(true);
    m_list->setFocusPolicy(Qt::NoFocus);
    connect(this, &QToolButton::clicked, this, &ChoiceButton::openList);
    connect(m_search, &QLineEdit::textChanged, this, &ChoiceButton::fill);
    connect(m_search, &QLineEdit::returnPressed, this, [this] {
        take(m_list->currentItem());
        closeList();
    });
    connect(m_list, &QListWidget::itemClicked, this, [this](QListWidgetItem *item) {
        take(item);
        if (!m_multi)
            closeList();
    });
    updateText();
}

void ChoiceButton::setOptions(const QStringList &options) { m_options = options; }

void ChoiceButton::setValues(const QStringList &values)
{
    m_values = values;
    updateText();
}

void ChoiceButton::updateText()
{
    QString text = m_values.isEmpty() ? (m_allOffered ? tr("All") : tr("none")) : m_values.join(u", "_s);
    text = render::line(Untrusted(text), 40);
    setText(text + u" ▾"_s);
}

void ChoiceButton::openList()
{
    m_pending = m_values;
    m_search->clear();
    fill({});
    m_popup->resize(std::max(260, width()), 320);
    m_popup->move(mapToGlobal(QPoint(0, height())));
    m_popup->show();
    m_search->setFocus();
}

void ChoiceButton::fill(const QString &filter)
{
    m_list->clear();
    const auto add = [this](const QString &text, const QString &value, bool isAll) {
        auto *item = new QListWidgetItem(render::line(Untrusted(text), 200), m_list);
        item->setData(kValueRole, value);
        item->setData(kAllRole, isAll);
        if (m_multi)
            item->setCheckState(
                (isAll ? m_pending.isEmpty() : m_pending.contains(value)) ? Qt::Checked : Qt::Unchecked);
    };
    if (m_allOffered && filter.isEmpty())
        add(tr("All"), {}, true);
    for (const QString &option : m_options) {
        if (m_list->count() == kMaxLines)
            break;
        if (option.contains(filter, Qt::CaseInsensitive))
            add(option, option, false);
    }
    for (const QString &value : m_pending) {
        if (!m_options.contains(value) && value.contains(filter, Qt::CaseInsensitive) && !value.isEmpty())
            add(tr("%1 (not found)").arg(value), value, false);
    }
    if (!filter.isEmpty() && !m_options.contains(filter))
        add(filter, filter, false);
    m_list->setCurrentRow(0);
}

void ChoiceButton::take(QListWidgetItem *item)
{
    if (!item)
        return;
    const QString value = item->data(kValueRole).toString();
    if (item->data(kAllRole).toBool())
        m_pending.clear();
    else if (!m_multi)
        m_pending = {value};
    else if (!m_pending.removeOne(value))
        m_pending << value;
    for (int row = 0; m_multi && row < m_list->count(); ++row) {
        QListWidgetItem *line = m_list->item(row);
        const bool isOn = line->data(kAllRole).toBool()
            ? m_pending.isEmpty()
            : m_pending.contains(line->data(kValueRole).toString());
        line->setCheckState(isOn ? Qt::Checked : Qt::Unchecked);
    }
}

void ChoiceButton::closeList()
{
    m_popup->hide();
    if (m_pending == m_values || (m_pending.isEmpty() && !m_allOffered))
        return;
    setValues(m_pending);
    emit chosen(m_values);
}

bool ChoiceButton::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if ((key == Qt::Key_Down || key == Qt::Key_Up) && m_list->count() > 0) {
            const int row = m_list->currentRow() + (key == Qt::Key_Down ? 1 : -1);
            m_list->setCurrentRow(std::clamp(row, 0, m_list->count() - 1));
            return true;
        }
        if (key == Qt::Key_Escape) {
            m_pending = m_values;
            m_popup->hide();
            return true;
        }
        if (key == Qt::Key_Space && m_multi && m_search->text().isEmpty()) {
            take(m_list->currentItem());
            return true;
        }
    }
    if (watched == m_popup && event->type() == QEvent::Hide && m_multi)
        closeList();
    return QToolButton::eventFilter(watched, event);
}

} // namespace bw
