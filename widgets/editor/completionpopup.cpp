// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/editor/completionpopup.h>

#include <widgets/base/theme.h>

#include <QAbstractListModel>
#include <QPainter>
#include <QScreen>
#include <QScrollBar>
#include <QStyledItemDelegate>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kRows = 10; // on screen at once
constexpr int kPad = 6;
constexpr int kDetailRole = Qt::UserRole;

class ChoiceModel final : public QAbstractListModel
{
public:
    ChoiceModel(const std::vector<CompletionChoice> &choices, QObject *parent)
        : QAbstractListModel(parent)
        , m_choices(choices)
    {
    }
    void changed()
    {
        beginResetModel();
        endResetModel();
    }
    int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(m_choices.size());
    }
    QVariant data(const QModelIndex &index, int role) const override
    {
        if (!checkIndex(index, CheckIndexOption::IndexIsValid))
            return {};
        const CompletionChoice &choice = m_choices[size_t(index.row())];
        return role == Qt::DisplayRole ? choice.text
            : role == kDetailRole      ? QVariant(choice.detail)
                                       : QVariant();
    }

private:
    const std::vector<CompletionChoice> &m_choices;
};

class ChoiceDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Theme &theme = themeOf(option.widget);
        const bool isCurrent = option.state & QStyle::State_Selected;
        painter->fillRect(option.rect, isCurrent ? theme.selection : theme.raised);
        const QRect room = option.rect.adjusted(kPad, 0, -kPad, 0);
        const QString text = index.data().toString(), detail = index.data(kDetailRole).toString();
        painter->setFont(option.font);
        painter->setPen(theme.text);
        painter->drawText(room, Qt::AlignVCenter | Qt::AlignLeft,
            option.fontMetrics.elidedText(text, Qt::ElideMiddle, room.width()));
        const int used = option.fontMetrics.horizontalAdvance(text) + 2 * kPad;
        if (detail.isEmpty() || used + 40 > room.width())
            return;
        painter->setPen(isCurrent ? theme.text : theme.textDim);
        painter->drawText(room.adjusted(used, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
            option.fontMetrics.elidedText(detail, Qt::ElideRight, room.width() - used));
    }
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const override
    {
        return {100, option.fontMetrics.height() + 6};
    }
};

} // namespace

CompletionPopup::CompletionPopup(QWidget *editor)
    : QListView(editor)
{
    setWindowFlags(Qt::ToolTip | Qt::FramelessWindowHint);
    setAttribute(Qt::WA_ShowWithoutActivating);
    setFocusPolicy(Qt::NoFocus);
    setFocusProxy(editor);
    setModel(new ChoiceModel(m_choices, this));
    setItemDelegate(new ChoiceDelegate(this));
    setUniformItemSizes(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSelectionMode(SingleSelection);
    setAccessibleName(tr("Suggestions"));
    connect(this, &QListView::clicked, this,
        [this](const QModelIndex &index) { emit chosen(m_choices[size_t(index.row())]); });
}

void CompletionPopup::open(std::vector<CompletionChoice> choices, const QRect &line)
{
    m_choices = std::move(choices);
    static_cast<ChoiceModel *>(model())->changed();
    if (m_choices.empty())
        return hide();
    int width = 240;
    const QFontMetrics metrics = fontMetrics();
    for (size_t i = 0; i < std::min<size_t>(m_choices.size(), 50); ++i)
        width = std::max(width,
            metrics.horizontalAdvance(m_choices[i].text) + metrics.horizontalAdvance(m_choices[i].detail)
                + 40);
    const int rows = std::min<int>(kRows, int(m_choices.size()));
    const QSize size(std::min(width, 640), rows * sizeHintForRow(0) + 2 * frameWidth());
    const QRect room = parentWidget()->screen()->availableGeometry();
    QPoint at = line.bottomLeft() + QPoint(0, 2);
    if (at.y() + size.height() > room.bottom())
        at.setY(line.top() - size.height() - 2);
    at.setX(std::clamp(at.x(), room.left(), std::max(room.left(), room.right() - size.width())));
    setGeometry(QRect(at, size));
    setCurrentIndex(model()->index(0, 0));
    show();
}

void CompletionPopup::moveBy(int rows)
{
    const int row = std::clamp(currentIndex().row() + rows, 0, int(m_choices.size()) - 1);
    setCurrentIndex(model()->index(row, 0));
}

bool CompletionPopup::takeKey(int key)
{
    if (!isVisible())
        return false;
    switch (key) {
    case Qt::Key_Down:
        moveBy(1);
        return true;
    case Qt::Key_Up:
        moveBy(-1);
        return true;
    case Qt::Key_PageDown:
        moveBy(kRows);
        return true;
    case Qt::Key_PageUp:
        moveBy(-kRows);
        return true;
    case Qt::Key_Escape:
        hide();
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Tab: {
        const CompletionChoice choice = m_choices[size_t(std::max(0, currentIndex().row()))];
        hide();
        emit chosen(choice);
        return true;
    }
    default:
        return false;
    }
}

} // namespace bw
