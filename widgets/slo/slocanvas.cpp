// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/slo/slocanvas.h>

#include <domain/base/format.h>
#include <domain/slo/slotext.h>
#include <widgets/base/theme.h>

#include <QPainter>
#include <QPainterPath>

#include <cmath>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr int kMargin = 16, kChartHeight = 190;

QString dayText(Timestamp t) { return toDateTime(t).toString(u"d MMM hh:mm"_s); }

} // namespace

QString budgetRole(const SloStatus &status)
{
    if (!status.budget.remaining)
        return u"unknown"_s;
    return *status.budget.remaining <= 0  ? u"critical"_s
        : *status.budget.remaining < 0.25 ? u"warning"_s
                                          : u"good"_s;
}

SloCanvas::SloCanvas(QWidget *parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void SloCanvas::show(std::optional<SloStatus> status, const QString &agreement, const QString &hint)
{
    m_status = std::move(status);
    m_agreement = agreement;
    m_hint = hint;
    setAccessibleName(m_status ? titleOf(*m_status) : tr("Objective"));
    setAccessibleDescription(text());
    updateGeometry();
    update();
}

QString SloCanvas::text() const
{
    if (!m_status)
        return m_hint;
    const QString own = QString::fromUtf8(detailText(*m_status));
    return m_agreement.isEmpty() ? own : own + u"  "_s + m_agreement + u'\n';
}

QStringList SloCanvas::notes() const
{
    const SloStatus &status = *m_status;
    QStringList lines;
    if (!status.problem.isEmpty())
        lines += tr("Cannot be asked: %1").arg(status.problem);
    if (!status.retentionWarning.isEmpty())
        lines += status.retentionWarning;
    if (status.isRefilling)
        lines += tr("The query was changed; these figures are of the former one until the new is complete.");
    lines += tr("%1. Known: %2.").arg(formulaText(status), coverageText(status));
    if (status.recorded.remaining)
        lines += tr("Recorded by other rules: %1 left; the difference comes from how time is weighted.")
                     .arg(percentText(status.recorded.remaining, 2));
    if (!m_agreement.isEmpty())
        lines += m_agreement;
    const SloQueries queries = queriesOf(status.slo);
    for (const auto &[name, expression] :
        {std::pair(tr("bad"), queries.bad), std::pair(tr("good"), queries.good),
            std::pair(tr("total"), queries.total), std::pair(tr("error ratio"), queries.ratio)}) {
        if (!expression.isEmpty())
            lines += u"%1: %2"_s.arg(name, expression.simplified());
    }
    lines += tr("From %1, line %2 (%3)%4")
                 .arg(status.slo.file)
                 .arg(status.slo.line)
                 .arg(originName(status.slo.origin),
                     status.slo.owner.isEmpty() ? QString() : tr("; owner %1").arg(status.slo.owner));
    for (const QString &note : status.slo.approximated)
        lines += tr("Approximated: %1").arg(note);
    for (const QString &note : status.slo.notTaken)
        lines += tr("Not taken from the file: %1").arg(note);
    return lines;
}

int SloCanvas::heightFor(int width) const
{
    const int line = fontMetrics().height();
    if (!m_status)
        return 6 * line;
    int high =
        kMargin + 5 * line + kChartHeight + 3 * line + int(m_status->burn.size() + 3) * (line + 6) + kMargin;
    for (const QString &note : notes())
        high += fontMetrics()
                    .boundingRect(QRect(0, 0, std::max(100, width - 2 * kMargin), 10'000),
                        Qt::TextWordWrap | Qt::TextWrapAnywhere, note)
                    .height()
            + 6;
    return high;
}

void SloCanvas::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = themeOf(this);
    painter.fillRect(rect(), theme.surface);
    if (!m_status) {
        painter.setPen(theme.textDim);
        painter.drawText(rect().adjusted(kMargin, kMargin, -kMargin, -kMargin),
            Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_hint);
        return;
    }
    int y = paintHead(painter, theme, kMargin);
    y = paintChart(painter, theme, y);
    y = paintRows(painter, theme, y);
    paintNotes(painter, theme, y);
}

int SloCanvas::paintHead(QPainter &painter, const Theme &theme, int top) const
{
    const SloStatus &status = *m_status;
    const int line = QFontMetrics(numberFont(font())).height() + 2, wide = width() - 2 * kMargin;
    QFont big = font();
    big.setPointSizeF(big.pointSizeF() * 1.5);
    big.setWeight(QFont::DemiBold);
    painter.setFont(big);
    const QString role = budgetRole(status);
    const int box = QFontMetrics(big).ascent() - 4;
    paintShape(painter, QRectF(kMargin, top + 4, box, box), roleGlyph(role).shape, roleColor(theme, role));
    painter.setPen(theme.text);
    painter.drawText(QRect(kMargin + box + 10, top, wide - box - 10, QFontMetrics(big).height()),
        Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetrics(big).elidedText(titleOf(status), Qt::ElideRight, wide - box - 10));
    int y = top + QFontMetrics(big).height() + 4;
    painter.setFont(numberFont(font()));
    painter.setPen(roleColor(theme, role));
    const QString left = status.budget.remaining
        ? tr("%1 of the budget left").arg(percentText(status.budget.remaining, 1))
        : stateText(status);
    painter.drawText(QRect(kMargin, y, wide, line), Qt::AlignLeft | Qt::AlignVCenter, left);
    const int at = painter.fontMetrics().horizontalAdvance(left) + 16;
    painter.setPen(theme.text);
    const QString figures =
        tr("attained %1, target %2 over %3; budget gone %4")
            .arg(percentText(status.budget.attained, 3), percentText(status.slo.target, -1),
                describe(status.slo.period), exhaustionText(status));
    painter.drawText(QRect(kMargin + at, y, wide - at, line), Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(figures, Qt::ElideRight, wide - at));
    y += line + 4;
    painter.setPen(theme.textDim);
    QStringList more;
    if (status.countsEvents && status.budget.remaining)
        more += tr("%1 bad of %2 events, %3 more may be bad")
                    .arg(formatValue(status.budget.sum.bad, u"short"),
                        formatValue(status.budget.sum.total, u"short"),
                        formatValue(std::max(0.0, status.badLeft), u"short"));
    if (status.budget.remaining)
        more += tr("%1 of full failure left of %2")
                    .arg(formatAge(Nanoseconds(qint64(std::max(0.0, *status.budget.remaining)
                             * double(status.budget.allowedTime.count())))),
                        formatAge(status.budget.allowedTime));
    painter.drawText(QRect(kMargin, y, wide, line), Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(more.join(u" · "_s), Qt::ElideRight, wide));
    painter.setFont(font());
    return y + line + 10;
}

int SloCanvas::paintChart(QPainter &painter, const Theme &theme, int top) const
{
    const SloStatus &status = *m_status;
    const int line = fontMetrics().height();
    const QRect area(kMargin + fontMetrics().horizontalAdvance(u"-100 %"_s) + 6, top,
        width() - 2 * kMargin - fontMetrics().horizontalAdvance(u"-100 %"_s) - 6, kChartHeight - line - 6);
    const TimeRange period = status.budget.period;
    const double low = status.budget.remaining && *status.budget.remaining < 0
        ? std::max(-1.0, *status.budget.remaining)
        : 0.0;
    const auto y = [&](double share) {
        return area.bottom() - (std::clamp(share, low, 1.0) - low) / (1 - low) * area.height();
    };
    const auto x = [&](Timestamp t) {
        return area.left()
            + double((t - period.begin).count()) / double(period.span().count()) * area.width();
    };
    for (const double share : {1.0, 0.5, 0.0, -1.0}) {
        if (share < low - 1e-9)
            continue;
        painter.setPen(QPen(share == 0 ? theme.textDim : theme.grid, 1));
        painter.drawLine(QPointF(area.left(), y(share)), QPointF(area.right(), y(share)));
        painter.setPen(theme.textDim);
        painter.drawText(QRectF(0, y(share) - line / 2.0, area.left() - 6, line),
            Qt::AlignRight | Qt::AlignVCenter, formatValue(share, u"percentunit", 0));
    }
    painter.drawText(
        QRect(area.left(), area.bottom() + 4, area.width(), line), Qt::AlignLeft, dayText(period.begin));
    painter.drawText(QRect(area.left(), area.bottom() + 4, area.width(), line), Qt::AlignRight,
        dayText(period.end) + u" UTC"_s);
    painter.drawText(QRect(area.left(), area.bottom() + 4, area.width(), line), Qt::AlignHCenter,
        tr("budget left; dashed: spent evenly"));
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.textDim, 1, Qt::DashLine));
    painter.drawLine(QPointF(area.left(), y(1)), QPointF(area.right(), y(0)));
    QPainterPath path;
    bool isOpen = false;
    for (const BudgetPoint &point : status.trend) {
        const QPointF at(x(point.at), y(point.remaining));
        if (point.isKnown && isOpen)
            path.lineTo(at);
        else if (point.isKnown)
            path.moveTo(at);
        isOpen = point.isKnown;
    }
    painter.setPen(QPen(roleColor(theme, budgetRole(status)), 2));
    painter.drawPath(path);
    painter.restore();
    if (status.trend.empty()) {
        painter.setPen(theme.textDim);
        painter.drawText(area, Qt::AlignCenter, stateText(status));
    }
    return top + kChartHeight + 8;
}

int SloCanvas::paintRows(QPainter &painter, const Theme &theme, int top) const
{
    const SloStatus &status = *m_status;
    const int high = fontMetrics().height() + 6, wide = width() - 2 * kMargin;
    const int columns[] = {
        0, wide * 24 / 100, wide * 38 / 100, wide * 52 / 100, wide * 66 / 100, wide * 80 / 100};
    const auto cell = [&](int column, int y, const QString &text, const QColor &color) {
        const int left = columns[column], right = column < 5 ? columns[column + 1] : wide;
        painter.setPen(color);
        painter.drawText(QRect(kMargin + left, y, right - left - 8, high), Qt::AlignLeft | Qt::AlignVCenter,
            painter.fontMetrics().elidedText(text, Qt::ElideRight, right - left - 8));
    };
    int y = top;
    const QStringList heads{tr("Burn windows"), tr("Limit"), tr("Long"), tr("Short"), tr("Spent"), tr("Now")};
    for (int column = 0; column < 6; ++column)
        cell(column, y, heads[column], theme.textDim);
    y += high;
    painter.setFont(numberFont(font()));
    const auto row = [&](const QStringList &texts, const QString &role) {
        painter.setPen(theme.grid);
        painter.drawLine(kMargin, y, kMargin + wide, y);
        for (int column = 0; column < 5; ++column)
            cell(column, y, texts[column], theme.text);
        const int box = painter.fontMetrics().ascent() - 2;
        paintShape(painter, QRectF(kMargin + columns[5], y + (high - box) / 2.0, box, box),
            roleGlyph(role).shape, roleColor(theme, role));
        painter.setPen(roleColor(theme, role));
        painter.drawText(QRect(kMargin + columns[5] + box + 6, y, wide - columns[5] - box - 6, high),
            Qt::AlignLeft | Qt::AlignVCenter, texts[5]);
        y += high;
    };
    for (const BurnReading &reading : status.burn) {
        const bool isPage = reading.row.severity == BurnRow::Severity::Page;
        const bool isKnown = reading.longBurn && reading.shortBurn;
        QString now = reading.isFiring ? (isPage ? tr("page") : tr("ticket"))
            : isKnown                  ? tr("quiet")
                                       : tr("no data");
        if (reading.firesIn)
            now = tr("in ~%1").arg(formatAge(*reading.firesIn));
        row({tr("%1 & %2, %3")
                    .arg(promDuration(reading.row.longWindow), promDuration(reading.row.shortWindow),
                        severityName(reading.row.severity)),
                burnText(reading.row.factor), burnText(reading.longBurn), burnText(reading.shortBurn),
                percentText(reading.spent, 1), now},
            reading.isFiring      ? (isPage ? u"critical"_s : u"warning"_s)
                : reading.firesIn ? u"notice"_s
                : isKnown         ? u"good"_s
                                  : u"unknown"_s);
    }
    row({tr("1h & 5m, page rule"), burnText(status.slo.pageBurnOver), burnText(status.page.burn1h),
            burnText(status.page.burn5m), tr("< %1").arg(promDuration(status.slo.pageWithin)),
            status.page.isFiring ? tr("page") : tr("quiet")},
        status.page.isFiring     ? u"critical"_s
            : status.page.burn1h ? u"good"_s
                                 : u"unknown"_s);
    painter.setFont(font());
    return y + 12;
}

int SloCanvas::paintNotes(QPainter &painter, const Theme &theme, int top) const
{
    int y = top;
    const bool isBad = !m_status->problem.isEmpty() || !m_status->retentionWarning.isEmpty();
    bool isFirst = true;
    for (const QString &note : notes()) {
        painter.setPen(isFirst && isBad ? theme.warning : theme.textDim);
        QRect used;
        painter.drawText(QRect(kMargin, y, width() - 2 * kMargin, 10'000),
            Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap | Qt::TextWrapAnywhere, note, &used);
        y += used.height() + 6;
        isFirst = false;
    }
    return y;
}

} // namespace bw
