// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/editbar.h>

#include <domain/base/untrusted.h>
#include <widgets/base/safetext.h>
#include <widgets/base/theme.h>
#include <widgets/panels/panelkinds.h>

#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
constexpr int kSign = 12;
}

EditBar::EditBar(QWidget *parent)
    : QFrame(parent)
    , m_label(new PlainLabel(this))
    , m_add(new QToolButton(this))
    , m_more(new QToolButton(this))
    , m_edit(new QPushButton(tr("Edit panel…"), this))
    , m_undo(new QPushButton(tr("Undo"), this))
    , m_redo(new QPushButton(tr("Redo"), this))
    , m_save(new QPushButton(tr("Save"), this))
    , m_leave(new QPushButton(tr("Leave"), this))
{
    setObjectName(u"editBar"_s);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(12 + kSign + 8, 5, 8, 5);
    row->addWidget(m_label, 1);
    m_label->setElideMode(Qt::ElideRight);
    m_add->setText(tr("Add panel") + u" ▾"_s);
    m_add->setPopupMode(QToolButton::InstantPopup);
    auto *kinds = new QMenu(m_add);
    for (const PanelKind &kind : builtinPanelKinds()) {
        if (kind.id != "placeholder"_L1)
            kinds->addAction(kind.title, this, [this, id = kind.id] { emit addRequested(id); });
    }
    m_add->setMenu(kinds);
    m_more->setText(u"⋯"_s);
    m_more->setAccessibleName(tr("More to do with this dashboard"));
    m_more->setPopupMode(QToolButton::InstantPopup);
    auto *more = new QMenu(m_more);
    more->addAction(tr("Title and settings…"), this, &EditBar::settingsRequested);
    more->addAction(tr("Save as another dashboard…"), this, &EditBar::copyRequested);
    m_more->setMenu(more);
    for (QAbstractButton *button :
        std::initializer_list<QAbstractButton *>{m_add, m_edit, m_undo, m_redo, m_more, m_save, m_leave})
        row->addWidget(button);
    m_leave->setObjectName(u"leaveEditing"_s);
    m_save->setObjectName(u"saveDashboard"_s);
    connect(m_edit, &QPushButton::clicked, this, &EditBar::editRequested);
    connect(m_undo, &QPushButton::clicked, this, &EditBar::undoRequested);
    connect(m_redo, &QPushButton::clicked, this, &EditBar::redoRequested);
    connect(m_save, &QPushButton::clicked, this, &EditBar::saveRequested);
    connect(m_leave, &QPushButton::clicked, this, &EditBar::leaveRequested);
    setTip(m_save, tr("Ctrl+S"));
    setTip(m_leave, tr("Esc"));
}

void EditBar::showState(const State &state)
{
    const QString title = render::line(Untrusted(state.title), 80);
    QString text = state.problem;
    if (text.isEmpty()) {
        text = state.isSaving ? tr("Saving %1…").arg(title)
            : state.isDirty   ? tr("Editing %1 – not saved yet").arg(title)
                              : tr("Editing %1").arg(title);
    }
    m_label->setText(text);
    setAccessibleName(text);
    m_isAlarming = !state.problem.isEmpty();
    m_edit->setEnabled(state.hasSelection);
    m_undo->setEnabled(!state.undo.isEmpty());
    m_redo->setEnabled(!state.redo.isEmpty());
    setTip(m_undo, state.undo.isEmpty() ? tr("Ctrl+Z") : tr("%1 (Ctrl+Z)").arg(state.undo));
    setTip(m_redo, state.redo.isEmpty() ? tr("Ctrl+Shift+Z") : tr("%1 (Ctrl+Shift+Z)").arg(state.redo));
    m_save->setEnabled(state.isDirty && !state.isSaving);
    m_save->setDefault(state.isDirty);
    update();
}

QString EditBar::text() const { return m_label->text(); }

void EditBar::paintEvent(QPaintEvent *)
{
    const Theme &theme = themeOf(this);
    const QString role = m_isAlarming ? u"critical"_s : u"notice"_s;
    const QColor color = roleColor(theme, role);
    QPainter painter(this);
    painter.fillRect(rect(), mixed(color, theme.surface, 0.16));
    painter.fillRect(QRect(0, 0, 3, height()), color);
    painter.fillRect(QRect(0, height() - 1, width(), 1), mixed(color, theme.surface, 0.4));
    painter.setRenderHint(QPainter::Antialiasing);
    paintShape(painter, QRectF(12, (height() - kSign) / 2.0, kSign, kSign), roleGlyph(role).shape, color);
}

} // namespace bw
