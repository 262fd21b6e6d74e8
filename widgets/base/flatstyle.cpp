// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/flatstyle.h>

#include <widgets/base/theme.h>

#include <QGuiApplication>
#include <QIcon>
#include <QPainter>
#include <QPlainTextEdit>
#include <QStyleOption>

#include <algorithm>

namespace bw {
namespace {

void paintBox(QPainter &painter, const QRect &rect, const QColor &fill, const QColor &line)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(line);
    painter.setBrush(fill);
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    painter.restore();
}

void paintButton(QPainter &painter, const QStyleOption &option, bool frameless)
{
    const Theme &t = themeOf(option.palette);
    const bool enabled = option.state & QStyle::State_Enabled;
    const bool hot = enabled && (option.state & QStyle::State_MouseOver);
    const bool down = option.state & (QStyle::State_Sunken | QStyle::State_On);
    if (frameless && !hot && !down)
        return;
    QColor fill = t.raised;
    if (down)
        fill = t.selection;
    else if (hot)
        fill = mixed(t.text, t.raised, 0.08);
    const auto *button = qstyleoption_cast<const QStyleOptionButton *>(&option);
    const bool isDefault = button && (button->features & QStyleOptionButton::DefaultButton);
    const bool focused = option.state & QStyle::State_HasFocus;
    paintBox(painter, option.rect, fill, enabled && (focused || isDefault) ? t.accent : t.border);
}

void paintCheckBox(QPainter &painter, const QStyleOption &option)
{
    const Theme &t = themeOf(option.palette);
    const bool isEnabled = option.state & QStyle::State_Enabled;
    const bool isOn = option.state & QStyle::State_On;
    const bool isPartly = option.state & QStyle::State_NoChange;
    const QColor line = !isEnabled                                          ? t.border
        : option.state & (QStyle::State_MouseOver | QStyle::State_HasFocus) ? t.accent
                                                                            : t.textDim;
    paintBox(
        painter, option.rect, isOn || isPartly ? t.accent : t.surface, isOn || isPartly ? t.accent : line);
    if (!isOn && !isPartly)
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(t.onAccent, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QRectF box(option.rect);
    const auto at = [&box](double x, double y) {
        return QPointF(box.left() + box.width() * x, box.top() + box.height() * y);
    };
    const QPointF tick[] = {at(0.24, 0.52), at(0.43, 0.71), at(0.77, 0.31)};
    const QPointF dash[] = {at(0.25, 0.5), at(0.75, 0.5)};
    isOn ? painter.drawPolyline(tick, 3) : painter.drawPolyline(dash, 2);
    painter.restore();
}

void paintTab(QPainter &painter, const QStyleOptionTab &tab)
{
    const Theme &t = themeOf(tab.palette);
    const bool selected = tab.state & QStyle::State_Selected;
    const bool hot = tab.state & QStyle::State_MouseOver;
    if (selected || hot)
        painter.fillRect(tab.rect, selected ? t.surface : t.hover);
    if (!selected)
        return;
    QRect line = tab.rect;
    if (tab.shape == QTabBar::RoundedSouth || tab.shape == QTabBar::TriangularSouth)
        line.setBottom(line.top() + 1);
    else if (tab.shape == QTabBar::RoundedWest || tab.shape == QTabBar::TriangularWest)
        line.setLeft(line.right() - 1);
    else if (tab.shape == QTabBar::RoundedEast || tab.shape == QTabBar::TriangularEast)
        line.setRight(line.left() + 1);
    else
        line.setTop(line.bottom() - 1);
    painter.fillRect(line, t.accent);
}

/// A letter in a ring.
QIcon signIcon(QChar letter, const QColor &color)
{
    constexpr int kSize = 32, kScale = 2;
    QPixmap pixmap(kSize * kScale, kSize * kScale);
    pixmap.setDevicePixelRatio(kScale);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color, 2));
    painter.drawEllipse(QRectF(3, 3, kSize - 6, kSize - 6));
    QFont font = QGuiApplication::font();
    font.setPixelSize(18);
    font.setWeight(QFont::DemiBold);
    painter.setFont(font);
    painter.drawText(QRectF(0, 0, kSize, kSize), Qt::AlignCenter, QString(letter));
    return pixmap;
}

} // namespace

FlatStyle::FlatStyle()
    : QProxyStyle(QStringLiteral("Fusion"))
{
}

int FlatStyle::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) {
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
        return 6;
    case PM_LayoutLeftMargin:
    case PM_LayoutRightMargin:
    case PM_LayoutTopMargin:
    case PM_LayoutBottomMargin:
        return 8;
    case PM_ScrollBarExtent:
        return 12;
    case PM_SplitterWidth:
        return 4;
    case PM_ToolBarItemSpacing:
        return 2;
    case PM_HeaderMargin:
        return 3;
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabShiftHorizontal:
    case PM_TabBarTabOverlap:
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

QSize FlatStyle::sizeFromContents(
    ContentsType type, const QStyleOption *option, const QSize &contents, const QWidget *widget) const
{
    QSize size = QProxyStyle::sizeFromContents(type, option, contents, widget);
    if (type == CT_ItemViewItem) // lists and trees breathe as tables do
        size.setHeight(std::max(size.height(), option->fontMetrics.height() + 6));
    return size;
}

int FlatStyle::styleHint(
    StyleHint hint, const QStyleOption *option, const QWidget *widget, QStyleHintReturn *data) const
{
    switch (hint) {
    case SH_ToolTip_WakeUpDelay:
        return 400;
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
        return 0;
    case SH_ItemView_ShowDecorationSelected:
        return 1;
    case SH_DialogButtonBox_ButtonsHaveIcons: // their words say it
        return 0;
    case SH_Widget_Animate: // nothing moves that the data did not move
    case SH_Widget_Animation_Duration:
        return 0;
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QIcon FlatStyle::standardIcon(StandardPixmap which, const QStyleOption *option, const QWidget *widget) const
{
    const Theme &t = themeOf(widget ? widget->palette() : QGuiApplication::palette());
    switch (which) {
    case SP_MessageBoxQuestion:
        return signIcon(u'?', t.accent);
    case SP_MessageBoxInformation:
        return signIcon(u'i', t.accent);
    case SP_MessageBoxWarning:
        return signIcon(u'!', t.warning);
    case SP_MessageBoxCritical:
        return signIcon(u'!', t.critical);
    default:
        return QProxyStyle::standardIcon(which, option, widget);
    }
}

void FlatStyle::drawComplexControl(
    ComplexControl control, const QStyleOptionComplex *option, QPainter *painter, const QWidget *widget) const
{
    if (const auto *button = qstyleoption_cast<const QStyleOptionToolButton *>(option);
        control == CC_ToolButton && button) {
        QStyleOptionToolButton plain = *button;
        plain.features &= ~QStyleOptionToolButton::HasMenu; // the text says it, where it is worth saying
        return QProxyStyle::drawComplexControl(control, &plain, painter, widget);
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

void FlatStyle::drawPrimitive(
    PrimitiveElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const
{
    const Theme &t = themeOf(option->palette);
    switch (element) {
    case PE_PanelButtonCommand:
        return paintButton(*painter, *option, false);
    case PE_PanelButtonTool:
        return paintButton(*painter, *option, true);
    case PE_IndicatorCheckBox:
        return paintCheckBox(*painter, *option);
    case PE_Frame: // text of several lines has the frame of a line
        if (!qobject_cast<const QPlainTextEdit *>(widget))
            break;
        painter->save();
        painter->setPen(option->state & State_HasFocus ? t.accent : t.border);
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        painter->restore();
        return;
    case PE_FrameLineEdit:
        return paintBox(*painter, option->rect, option->palette.color(QPalette::Base),
            option->state & State_HasFocus ? t.accent : t.border);
    case PE_FrameTabBarBase:
        painter->fillRect(option->rect.adjusted(0, option->rect.height() - 1, 0, 0), t.border);
        return;
    case PE_FrameTabWidget:
    case PE_PanelToolBar:
        return;
    case PE_FrameFocusRect: {
        // One rule for keyboard focus everywhere: a hairline in the accent colour.
        painter->save();
        painter->setPen(t.accent);
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        painter->restore();
        return;
    }
    default:
        break;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void FlatStyle::drawControl(
    ControlElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const
{
    const Theme &t = themeOf(option->palette);
    switch (element) {
    case CE_HeaderSection:
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, t.raised);
        painter->fillRect(option->rect.adjusted(0, option->rect.height() - 1, 0, 0), t.border);
        if (element == CE_HeaderSection)
            painter->fillRect(option->rect.adjusted(option->rect.width() - 1, 4, 0, -4), t.border);
        return;
    case CE_TabBarTabShape:
        if (const auto *tab = qstyleoption_cast<const QStyleOptionTab *>(option))
            return paintTab(*painter, *tab);
        break;
    case CE_ToolBar:
        return;
    case CE_Splitter:
        painter->fillRect(option->rect, option->state & State_MouseOver ? t.border : t.window);
        return;
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

} // namespace bw
