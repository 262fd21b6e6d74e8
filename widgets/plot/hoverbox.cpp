// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/plot/hoverbox.h>

#include <widgets/base/theme.h>

#include <QDateTime>
#include <QFontMetrics>
#include <QPainter>

namespace bw {
namespace {
constexpr int kMargin = 7;
constexpr int kSwatch = 8;
constexpr int kMaxNameWidth = 340;
} // namespace

QString momentText(qint64 time, const QTimeZone &zone)
{
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(time / 1'000'000, zone);
    return at.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss ")) + at.timeZoneAbbreviation();
}

HoverBox::HoverBox(QWidget *window)
    : QWidget(window)
    , m_numbers(numberFont(font()))
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setFocusPolicy(Qt::NoFocus);
    hide();
}

void HoverBox::showRows(const QString &title, std::vector<Row> rows, const QPoint &at)
{
    m_title = title;
    m_rows = std::move(rows);
    const QFontMetrics names = fontMetrics();
    const QFontMetrics numbers(m_numbers);
    m_nameWidth = m_valueWidth = 0;
    for (const Row &row : m_rows) {
        m_nameWidth = std::max(m_nameWidth, names.horizontalAdvance(row.name) + 1);
        m_valueWidth = std::max(m_valueWidth, numbers.horizontalAdvance(row.value) + 1);
    }
    m_nameWidth = std::min(m_nameWidth, kMaxNameWidth);
    const int line = names.height() + 1;
    const int width = std::max(2 * kMargin + kSwatch + 6 + m_nameWidth + 12 + m_valueWidth,
        2 * kMargin + numbers.horizontalAdvance(title));
    resize(width, 2 * kMargin + line * (int(m_rows.size()) + 1) + 2);
    const QRect room = parentWidget()->rect();
    QPoint place = parentWidget()->mapFromGlobal(at) + QPoint(14, 14);
    if (place.x() + width > room.right())
        place.setX(parentWidget()->mapFromGlobal(at).x() - 14 - width);
    if (place.y() + height() > room.bottom())
        place.setY(room.bottom() - height());
    move(std::max(place.x(), 0), std::max(place.y(), 0));
    show();
    raise();
    update();
}

void HoverBox::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = themeOf(this);
    painter.fillRect(rect(), theme.border);
    painter.fillRect(rect().adjusted(1, 1, -1, -1), theme.raised);
    const QFont plain = font(), numbers = m_numbers;
    const int line = fontMetrics().height() + 1;
    int y = kMargin;
    painter.setFont(numbers);
    painter.setPen(theme.textDim);
    painter.drawText(
        QRect(kMargin, y, width() - 2 * kMargin, line), Qt::AlignVCenter | Qt::TextSingleLine, m_title);
    y += line + 2;
    for (const Row &row : m_rows) {
        if (row.color.isValid())
            painter.fillRect(QRect(kMargin, y + (line - 3) / 2, kSwatch, 3), row.color);
        painter.setFont(plain);
        painter.setPen(theme.text);
        painter.drawText(QRect(kMargin + kSwatch + 6, y, m_nameWidth, line),
            Qt::AlignVCenter | Qt::TextSingleLine,
            painter.fontMetrics().elidedText(row.name, Qt::ElideMiddle, m_nameWidth));
        painter.setFont(numbers);
        painter.drawText(QRect(width() - kMargin - m_valueWidth, y, m_valueWidth, line),
            Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine, row.value);
        y += line;
    }
}

HoverBox &HoverSlot::boxFor(QWidget *view)
{
    if (m_box && m_box->parentWidget() != view->window()) // the panel went to another window
        delete m_box;
    if (!m_box)
        m_box = new HoverBox(view->window());
    return *m_box;
}

void HoverSlot::hide()
{
    if (m_box)
        m_box->hide();
}

} // namespace bw
