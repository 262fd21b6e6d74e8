// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/panelframe.h>

#include <domain/base/format.h>
#include <widgets/base/freshnesspainter.h>
#include <widgets/base/safetext.h>
#include <widgets/dashboard/freshnessoverlay.h>
#include <widgets/dashboard/panelexport.h>
#include <widgets/dashboard/queryinspector.h>
#include <widgets/panels/panelkinds.h>

#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QLayout>
#include <QLineEdit>
#include <QMenu>
#include <QMetaMethod>
#include <QPainter>
#include <QShortcut>
#include <QToolButton>
#include <QToolTip>

namespace bw {
using namespace Qt::Literals::StringLiterals;

PanelFrame::PanelFrame(const Panel &panel, DashboardPorts ports, FrameTick &tick, QWidget *parent)
    : QWidget(parent)
    , m_ports(ports)
    , m_isCollapsed(panel.collapsed)
{
    setFocusPolicy(Qt::StrongFocus);
    setObjectName(panel.id);
    setAccessibleName(panel.title);
    if (panel.kind != "row"_L1) {
        m_view = createPanelView(panel, this);
        m_overlay = new FreshnessOverlay(this);
        connect(m_view, &PanelView::crosshairMoved, this, [this](std::optional<qint64> moment) {
            if (moment)
                m_pointedAt = moment; // the last one under the pointer; a menu takes the pointer away
        });
        m_menu = new QToolButton(this);
        m_menu->setText(u"⋯"_s);
        m_menu->setAutoRaise(true);
        m_menu->setFocusPolicy(Qt::NoFocus); // Shift+F10 opens the same menu
        m_menu->setAccessibleName(tr("Menu of %1").arg(panel.title));
        connect(m_menu, &QToolButton::clicked, this,
            [this] { openMenu(m_menu->mapToGlobal(m_menu->rect().bottomLeft())); });
        for (const auto &[key, run] : {std::pair(Qt::Key_V, &PanelFrame::maximiseToggled)}) {
            auto *shortcut = new QShortcut(QKeySequence(key), this);
            shortcut->setContext(Qt::WidgetWithChildrenShortcut);
            connect(shortcut, &QShortcut::activated, this, run);
        }
        auto *tabKey = new QShortcut(QKeySequence(Qt::Key_T), this);
        tabKey->setContext(Qt::WidgetWithChildrenShortcut);
        connect(tabKey, &QShortcut::activated, this, [this] {
            if (m_tabs.size() > 1)
                emit tabChosen((m_tab + 1) % int(m_tabs.size()));
        });
        auto *compareKey = new QShortcut(QKeySequence(Qt::Key_C), this);
        compareKey->setContext(Qt::WidgetWithChildrenShortcut);
        connect(compareKey, &QShortcut::activated, this, &PanelFrame::compareNext);
        auto *inspectKey = new QShortcut(QKeySequence(Qt::Key_I), this);
        inspectKey->setContext(Qt::WidgetWithChildrenShortcut);
        connect(inspectKey, &QShortcut::activated, this, &PanelFrame::inspect);
    }
    if (m_view) {
        m_why = new QToolButton(this);
        m_why->setText(tr("Why is this empty?"));
        m_why->setFocusPolicy(Qt::TabFocus);
        m_why->hide();
        // The page of sources has a line for every panel; the view in between adds which dashboard this is.
        connect(m_why, &QToolButton::clicked, this, [this] {
            emit m_view->openRequested(DashboardLink{u"@doctor"_s, {{u"panel"_s, this->panel().id}}, {}});
        });
    }
    m_controller = new PanelController(panel, ports, tick, m_view, this);
    connect(m_controller, &PanelController::stateChanged, this, &PanelFrame::updateState);
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget *, QWidget *now) {
        const bool inside = now && (now == this || isAncestorOf(now));
        if (inside != m_hasFocusInside) {
            m_hasFocusInside = inside;
            update();
        }
    });
}

PanelFrame::~PanelFrame()
{
    delete m_controller; // before the view it hands data to
}

int PanelFrame::titleHeight() const { return fontMetrics().height() + 10; }

QRect PanelFrame::titleRect() const { return {1, 1, width() - 2, titleHeight()}; }

void PanelFrame::setCollapsed(bool collapsed)
{
    m_isCollapsed = collapsed;
    update();
}

void PanelFrame::setBare(bool bare)
{
    m_isBare = bare;
    setFocusPolicy(bare ? Qt::NoFocus : Qt::StrongFocus);
    // Whatever is inside cannot be hovered, clicked or scrolled.
    setAttribute(Qt::WA_TransparentForMouseEvents, bare);
    if (m_menu)
        m_menu->setVisible(!bare);
    updateState();
    if (m_view && bare) {
        const QList<QAbstractScrollArea *> areas = m_view->findChildren<QAbstractScrollArea *>();
        for (QAbstractScrollArea *area : areas) {
            area->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
            area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        }
        // A filter line that nobody can type into only takes room.
        const QList<QWidget *> inside = m_view->findChildren<QWidget *>();
        for (QWidget *control : inside) {
            if (qobject_cast<QLineEdit *>(control) || qobject_cast<QAbstractButton *>(control)
                || qobject_cast<QComboBox *>(control))
                control->hide();
        }
    }
    update();
}

void PanelFrame::placeView()
{
    if (!m_view)
        return;
    const int top = titleHeight() + 1;
    m_menu->setGeometry(width() - titleHeight() - 2, 1, titleHeight(), titleHeight());
    m_view->setGeometry(1, top, std::max(0, width() - 2), std::max(0, height() - top - 1));
    if (QLayout *layout = m_view->layout())
        layout->activate();
    m_overlay->setGeometry(m_view->dataRect().translated(m_view->pos()));
    m_overlay->raise();
    const QSize size = m_why->sizeHint();
    m_why->setGeometry(
        (width() - size.width()) / 2, height() - size.height() - 8, size.width(), size.height());
}

void PanelFrame::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    placeView();
}

void PanelFrame::beat()
{
    m_controller->beat();
    updateState();
}

void PanelFrame::updateState()
{
    if (m_view && m_controller->hasQueries()) {
        m_overlay->setGeometry(m_view->dataRect().translated(m_view->pos()));
        m_overlay->showState(m_controller->freshness(), m_controller->howToEnable(), m_ports.clock.bootNow());
        m_why->setVisible(
            !m_isBare && !m_controller->howToEnable().isEmpty() && height() > 4 * titleHeight());
        m_why->raise();
    }
    update(titleRect());
}

void PanelFrame::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = themeOf(this);
    if (isRow()) {
        painter.setPen(theme.text);
        const int box = fontMetrics().ascent() - 2;
        const QRectF sign(4, (height() - box) / 2.0, box, box);
        painter.save();
        if (m_isCollapsed) { // the same triangle, pointing right
            painter.translate(sign.center());
            painter.rotate(-90);
            painter.translate(-sign.center());
        }
        paintShape(painter, sign, Shape::TriangleDown, theme.textDim);
        painter.restore();
        painter.drawText(rect().adjusted(box + 12, 0, -8, 0), Qt::AlignLeft | Qt::AlignVCenter,
            fontMetrics().elidedText(
                render::line(Untrusted(m_controller->title()), 300), Qt::ElideRight, width() - box - 20));
        if (hasFocus()) {
            painter.setPen(theme.accent);
            painter.drawRect(rect().adjusted(0, 0, -1, -1));
        }
        return;
    }
    painter.fillRect(rect(), theme.surface);
    painter.setPen(QPen(m_hasFocusInside ? theme.accent : theme.border, m_hasFocusInside ? 2 : 1));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
    paintTitle(painter);
}

void PanelFrame::paintTitle(QPainter &painter)
{
    const Theme &theme = themeOf(this);
    QRect room = titleRect().adjusted(9, 0, m_isBare ? -9 : -titleHeight() - 4, 0);
    const BootTime now = m_ports.clock.bootNow();
    const Freshness freshness = m_controller->freshness();
    const auto rightText = [&](const QString &text, const QColor &color) {
        const int wide = painter.fontMetrics().horizontalAdvance(text);
        if (text.isEmpty() || wide > room.width() / 2)
            return;
        painter.setPen(color);
        painter.drawText(room, Qt::AlignRight | Qt::AlignVCenter, text);
        room.setRight(room.right() - wide - 8);
    };
    if (m_controller->hasQueries()) {
        const QString how = m_controller->howToEnable();
        if (freshness.lastGood && how.isEmpty())
            rightText(agoText(std::max(now - *freshness.lastGood, Nanoseconds::zero())), theme.textDim);
        const QRect badge(room.left() + room.width() / 2, room.top(), room.width() / 2, room.height());
        if (how.isEmpty()) {
            if (const int wide = paintFreshnessBadge(painter, badge, freshness, now, theme); wide > 0)
                room.setRight(room.right() - wide - 8);
        }
        if (const size_t count = m_controller->warnings().size(); count > 0)
            rightText(count == 1 ? tr("1 warning") : tr("%1 warnings").arg(count), theme.warning);
        rightText(m_controller->note(), theme.textDim);
    }
    QFont bold = painter.font();
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    if (m_tabs.size() > 1)
        return paintTabs(painter, room);
    painter.setPen(theme.text);
    painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(
            render::line(Untrusted(m_controller->title()), 300), Qt::ElideRight, room.width()));
}

void PanelFrame::setTabs(const QStringList &titles, int current)
{
    if (titles == m_tabs && current == m_tab)
        return;
    m_tabs = titles;
    m_tab = current;
    m_tabRects.clear();
    setAccessibleDescription(
        titles.size() > 1 ? tr("One of %1 tabs; t shows the next").arg(titles.size()) : QString());
    update(titleRect());
}

void PanelFrame::paintTabs(QPainter &painter, const QRect &room)
{
    const Theme &theme = themeOf(this);
    m_tabRects.clear();
    int left = room.left();
    for (int i = 0; i < m_tabs.size(); ++i) {
        const QString title = painter.fontMetrics().elidedText(
            render::line(Untrusted(m_tabs[i]), 80), Qt::ElideRight, std::max(0, room.right() - left));
        const int wide = painter.fontMetrics().horizontalAdvance(title);
        const QRect tab(left, room.top(), wide, room.height());
        painter.setPen(i == m_tab ? theme.text : theme.textDim);
        painter.drawText(tab, Qt::AlignLeft | Qt::AlignVCenter, title);
        if (i == m_tab)
            painter.fillRect(QRect(left, room.bottom() - 1, wide, 2), theme.accent);
        m_tabRects.push_back(tab.adjusted(-6, 0, 6, 0));
        left += wide + 18;
    }
}

bool PanelFrame::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip && titleRect().contains(static_cast<QHelpEvent *>(event)->pos())) {
        QStringList lines;
        if (!panel().description.isEmpty())
            lines << panel().description;
        const FreshnessText state = describe(m_controller->freshness(), m_ports.clock.bootNow());
        if (m_controller->hasQueries() && !state.sentence.isEmpty())
            lines << state.sentence;
        for (const Untrusted &warning : m_controller->warnings())
            lines << render::line(warning, 300);
        QToolTip::showText(
            static_cast<QHelpEvent *>(event)->globalPos(), tip(lines.join(u'\n')), this, titleRect());
        return true;
    }
    if (event->type() == QEvent::FontChange)
        placeView();
    return QWidget::event(event);
}

void PanelFrame::mousePressEvent(QMouseEvent *event)
{
    if (isRow() && event->button() == Qt::LeftButton)
        emit collapseToggled();
    for (size_t i = 0; i < m_tabRects.size() && event->button() == Qt::LeftButton; ++i) {
        if (m_tabRects[i].contains(event->position().toPoint()) && int(i) != m_tab)
            return emit tabChosen(int(i)); // another frame takes this place
    }
    QWidget::mousePressEvent(event);
}

void PanelFrame::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (!isRow() && titleRect().contains(event->position().toPoint()))
        emit maximiseToggled();
}

void PanelFrame::contextMenuEvent(QContextMenuEvent *event)
{
    if (!isRow())
        openMenu(event->reason() == QContextMenuEvent::Keyboard ? mapToGlobal(titleRect().bottomLeft())
                                                                : event->globalPos());
}

void PanelFrame::keyPressEvent(QKeyEvent *event)
{
    const bool isActivation =
        event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space;
    if (isRow() && isActivation)
        emit collapseToggled();
    else if (m_isMaximised && event->key() == Qt::Key_Escape)
        emit maximiseToggled();
    else
        QWidget::keyPressEvent(event);
}

void PanelFrame::compareNext()
{
    if (m_view->comparesWithPast())
        return emit compareChosen(nextOf(m_controller->compare()));
    QToolTip::showText(mapToGlobal(titleRect().bottomLeft()),
        tip(tr("This kind of panel is not compared with the past")), this, titleRect());
}

void PanelFrame::addCompareMenu(QMenu &menu)
{
    QMenu *choices = menu.addMenu(tr("Compare with"));
    const std::pair<Compare, QString> all[] = {{Compare::Off, tr("Nothing")},
        {Compare::Day, tr("24 h earlier")}, {Compare::Week, tr("A week (168 h) earlier")}};
    for (const auto &[compare, text] : all) {
        QAction *action =
            choices->addAction(text, this, [this, chosen = compare] { emit compareChosen(chosen); });
        action->setCheckable(true);
        action->setChecked(m_controller->compare() == compare);
    }
}

void PanelFrame::openMenu(const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(m_isMaximised ? tr("Restore") : tr("Maximise"), this, &PanelFrame::maximiseToggled);
    if (m_controller->hasQueries()) {
        menu->addAction(tr("Refresh"), this, &PanelFrame::refreshRequested);
        if (m_view->comparesWithPast())
            addCompareMenu(*menu);
        menu->addSeparator();
        menu->addAction(tr("Inspect query…"), this, &PanelFrame::inspect);
        menu->addAction(
            tr("Copy expression"), this, [this] { QApplication::clipboard()->setText(expressions()); });
    }
    if (m_pointedAt) {
        const Timestamp moment = fromNs(*m_pointedAt);
        menu->addSeparator();
        menu->addAction(tr("What changed around %1…")
                            .arg(toDateTime(moment).toTimeZone(m_controller->zone()).toString(u"HH:mm:ss"_s)),
            this, [this, moment] {
                emit m_view->openRequested(
                    DashboardLink{u"@changes"_s, {{u"at"_s, QString::number(toNs(moment))}}, {}});
            });
    }
    if (m_view->hasCsv())
        menu->addAction(
            tr("Copy as CSV"), this, [this] { QApplication::clipboard()->setText(m_view->toCsv()); });
    menu->addAction(tr("Copy as image"), this, [this] { QApplication::clipboard()->setPixmap(grab()); });
    if (isSignalConnected(QMetaMethod::fromSignal(&PanelFrame::exportRequested))) {
        for (const QString &suffix : exportSuffixes(*this))
            menu->addAction(tr("Save as %1…").arg(suffix.toUpper()), this,
                [this, suffix] { emit exportRequested(suffix); });
    }
    if (isSignalConnected(QMetaMethod::fromSignal(&PanelFrame::editRequested))) {
        menu->addSeparator();
        menu->addAction(tr("Edit panel…"), this, &PanelFrame::editRequested);
    }
    menu->popup(at);
}

QString PanelFrame::expressions() const
{
    QStringList lines;
    for (const QueryInspection &query : m_controller->inspections()) {
        if (!query.isPast)
            lines << query.expression;
    }
    return lines.join(u'\n');
}

QString PanelFrame::inspection() const { return inspectionText(m_controller->inspections()); }

void PanelFrame::inspect()
{
    if (!m_controller->hasQueries())
        return;
    auto *dialog = new QueryInspector(*m_controller, m_ports, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

} // namespace bw
