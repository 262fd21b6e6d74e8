// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelkinds.h>
#include <widgets/panels/panelvalues.h>

#include <domain/base/format.h>
#include <items/valuestyle.h>
#include <widgets/base/theme.h>

#include <QPainter>
#include <QWheelEvent>

#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

/// What rings and bars share: values, bounds, words.
class GaugeBase : public PanelView
{
public:
    GaugeBase(const Panel &panel, QWidget *parent)
        : PanelView(parent)
        , m_panel(panel)
        , m_looks(m_panel)
    {
    }

    void showData(const PanelData &fresh) override
    {
        m_values = valuesOf(m_panel, m_looks, fresh);
        m_unit = unitFor(fresh, m_panel.unit);
        updateBounds();
        setAccessibleName(m_panel.title);
        update();
    }

    bool comparesWithPast() const override { return true; }
    bool hasCsv() const override { return true; }
    QString toCsv() const override { return csvOf(m_values); }

protected:
    ValueStyle styled(const PanelValue &value) const
    {
        if (value.isWithheld)
            return {u"—"_s, {}};
        return styledValue(m_panel, value, m_min, m_max);
    }
    /// 0…1; nullopt when there is nothing to draw: NaN, or withheld.
    std::optional<double> share(const PanelValue &value) const
    {
        return value.isWithheld ? std::nullopt : placeOf(value.value);
    }
    /// Where a mark for the compared time stands.
    std::optional<double> pastShare(const PanelValue &value) const
    {
        return value.isWithheld || !value.before ? std::nullopt : placeOf(*value.before);
    }
    std::optional<double> placeOf(double value) const
    {
        if (std::isnan(value) || m_max <= m_min)
            return std::nullopt;
        return std::clamp((value - m_min) / (m_max - m_min), 0.0, 1.0);
    }
    /// The difference alone: which time it is about says the title.
    QString shortChange(const PanelValue &value) const
    {
        if (!value.isCompared || value.isWithheld)
            return {};
        return value.before
            ? differenceText(differenceOf(value.value, *value.before), value.look.unit, value.look.decimals)
            : u"—"_s;
    }

    const Panel m_panel;
    const FieldLooks m_looks;
    std::vector<PanelValue> m_values;
    QString m_unit;
    double m_min = 0, m_max = 1;

private:
    void updateBounds()
    {
        double low = 0, high = 0;
        for (const PanelValue &value : m_values) {
            if (std::isfinite(value.value)) {
                low = std::min(low, value.value);
                high = std::max(high, value.value);
            }
            if (value.before && std::isfinite(*value.before)) {
                low = std::min(low, *value.before);
                high = std::max(high, *value.before);
            }
        }
        m_min = m_panel.options.value(u"min"_s, low).toDouble();
        const double natural = m_unit == "percentunit"_L1 ? 1 : m_unit == "percent"_L1 ? 100 : high;
        m_max = m_panel.options.value(u"max"_s, std::max(natural, m_min)).toDouble();
        if (m_max <= m_min)
            m_max = m_min + 1; // all values are equal: bars are empty rather than full
    }
};

/// Rings, one a series.
class GaugePanel final : public GaugeBase
{
public:
    using GaugeBase::GaugeBase;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), themeOf(this).surface);
        // 12: rings below about 80 pixels cannot be read.
        const int count = std::min(int(m_values.size()), 12);
        if (count == 0)
            return;
        const double ratio = double(width()) / std::max(1, height());
        const int columns = std::clamp(int(std::lround(std::sqrt(count * ratio))), 1, count);
        const int rows = (count + columns - 1) / columns;
        for (int i = 0; i < count; ++i) {
            const QRect cell(width() * (i % columns) / columns, height() * (i / columns) / rows,
                width() / columns, height() / rows);
            paintRing(painter, cell, m_values[size_t(i)], count > 1);
        }
    }

private:
    void paintRing(QPainter &painter, const QRect &cell, const PanelValue &value, bool isNamed) const
    {
        const Theme &theme = themeOf(this);
        const ValueStyle style = styled(value);
        const int line = isNamed ? painter.fontMetrics().height() : 0;
        const int size = std::min(cell.width() - 16, cell.height() - 12 - line);
        if (size < 20)
            return;
        const double pen = std::max(4.0, size / 10.0);
        const QRectF ring(
            cell.center().x() - size / 2.0 + pen / 2, cell.top() + 6 + pen / 2, size - pen, size - pen);
        // 240 degrees, open below; Qt counts sixteenths, counter-clockwise from three o'clock.
        constexpr int kStart = 210 * 16, kSpan = -240 * 16;
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.grid, pen, Qt::SolidLine, Qt::FlatCap));
        painter.drawArc(ring, kStart, kSpan);
        const QColor color = style.tone.isEmpty() ? theme.accent : roleColor(theme, style.tone);
        if (const auto part = share(value); part && *part > 0) {
            painter.setPen(QPen(color, pen, Qt::SolidLine, Qt::FlatCap));
            painter.drawArc(ring, kStart, int(kSpan * *part));
        }
        if (const auto part = pastShare(value)) {
            painter.setPen(QPen(theme.text, pen * 1.3, Qt::SolidLine, Qt::FlatCap));
            painter.drawArc(ring, kStart + int(kSpan * *part) - 16, 32);
        }
        const QFont base = painter.font();
        QFont number = numberFont(base);
        number.setPixelSize(fittingPixelSize(number, style.text, QSizeF(size - 3.2 * pen, size / 3.0), 48));
        painter.setFont(number);
        painter.setPen(value.isWithheld ? theme.textDim : theme.text);
        painter.drawText(ring, Qt::AlignCenter, style.text);
        if (!style.tone.isEmpty()) {
            const double box = std::max(8.0, size / 9.0);
            paintShape(painter, QRectF(ring.center().x() - box / 2, ring.bottom() - box * 1.4, box, box),
                roleGlyph(style.tone).shape, color);
        }
        painter.setFont(base);
        if (const QString change = shortChange(value); !change.isEmpty()) {
            painter.setPen(theme.textDim);
            painter.drawText(ring.adjusted(0, number.pixelSize() + 6, 0, number.pixelSize() + 6),
                Qt::AlignCenter,
                painter.fontMetrics().elidedText(change, Qt::ElideRight, int(ring.width() - 2 * pen)));
        }
        if (isNamed) {
            painter.setPen(theme.textDim);
            const QRect name(cell.left() + 4, int(ring.bottom() + pen / 2), cell.width() - 8, line);
            painter.drawText(name, Qt::AlignHCenter,
                painter.fontMetrics().elidedText(value.name, Qt::ElideRight, name.width()));
        }
    }
};

/// Horizontal bars, one a series, highest first.
class BarGaugePanel final : public GaugeBase
{
public:
    using GaugeBase::GaugeBase;

    void showData(const PanelData &fresh) override
    {
        GaugeBase::showData(fresh);
        std::stable_sort(m_values.begin(), m_values.end(), [](const PanelValue &a, const PanelValue &b) {
            if (std::isnan(a.value) || std::isnan(b.value))
                return !std::isnan(a.value) && std::isnan(b.value);
            return a.value > b.value;
        });
        m_first = std::clamp(m_first, 0, std::max(0, int(m_values.size()) - 1));
    }

protected:
    int rowHeight() const { return fontMetrics().height() + 10; }
    int visibleRows() const { return std::max(1, (height() - 4) / rowHeight()); }

    void wheelEvent(QWheelEvent *event) override
    {
        const int last = std::max(0, int(m_values.size()) - visibleRows());
        const int first = std::clamp(m_first + (event->angleDelta().y() < 0 ? 1 : -1), 0, last);
        if (first == m_first || event->modifiers() != Qt::NoModifier) {
            event->ignore(); // the page scrolls
            return;
        }
        m_first = first;
        update();
        event->accept();
    }

    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const Theme &theme = themeOf(this);
        painter.fillRect(rect(), theme.surface);
        const int total = int(m_values.size()), room = visibleRows();
        const bool isCut = total > room;
        const int shown = std::min(total - m_first, isCut ? std::max(1, room - 1) : room);
        int nameWidth = 0, textWidth = 0, changeWidth = 0;
        for (int i = 0; i < shown; ++i) {
            const PanelValue &value = m_values[size_t(m_first + i)];
            nameWidth = std::max(nameWidth, painter.fontMetrics().horizontalAdvance(value.name));
            textWidth = std::max(textWidth, painter.fontMetrics().horizontalAdvance(styled(value).text));
            changeWidth = std::max(changeWidth, painter.fontMetrics().horizontalAdvance(shortChange(value)));
        }
        changeWidth = std::min(changeWidth > 0 ? changeWidth + 14 : 0, width() * 2 / 5);
        nameWidth = std::min(nameWidth, width() * 2 / 5);
        for (int i = 0; i < shown; ++i)
            paintBar(painter, QRect(10, 2 + i * rowHeight(), width() - 20, rowHeight()),
                m_values[size_t(m_first + i)], {nameWidth, textWidth + 22, changeWidth});
        if (isCut) {
            painter.setPen(theme.textDim);
            painter.drawText(QRect(10, 2 + shown * rowHeight(), width() - 20, rowHeight()),
                Qt::AlignLeft | Qt::AlignVCenter, tr("%1 of %2 shown").arg(shown).arg(total));
        }
    }

private:
    struct Widths
    {
        int name, text, change;
    };

    void paintBar(QPainter &painter, const QRect &all, const PanelValue &value, const Widths &widths) const
    {
        const QRect row = all.adjusted(0, 0, -widths.change, 0);
        const int nameWidth = widths.name, textWidth = widths.text;
        const Theme &theme = themeOf(this);
        const ValueStyle style = styled(value);
        const QColor color = style.tone.isEmpty() ? theme.accent : roleColor(theme, style.tone);
        painter.setPen(theme.text);
        painter.drawText(QRect(row.left(), row.top(), nameWidth, row.height()),
            Qt::AlignLeft | Qt::AlignVCenter,
            painter.fontMetrics().elidedText(value.name, Qt::ElideMiddle, nameWidth));
        const QRect track(
            row.left() + nameWidth + 10, row.center().y() - 4, row.width() - nameWidth - textWidth - 16, 9);
        if (track.width() > 4) {
            painter.fillRect(track, theme.grid);
            if (const auto part = share(value))
                painter.fillRect(
                    QRect(track.topLeft(), QSize(int(track.width() * *part), track.height())), color);
            if (const auto part = pastShare(value))
                painter.fillRect(QRect(track.left() + int((track.width() - 2) * *part), track.top() - 3, 2,
                                     track.height() + 6),
                    theme.text);
        }
        if (const QRect words(row.right() + 1, row.top(), widths.change, row.height()); words.width() > 14) {
            painter.setPen(theme.textDim);
            painter.drawText(words, Qt::AlignRight | Qt::AlignVCenter,
                painter.fontMetrics().elidedText(shortChange(value), Qt::ElideRight, words.width() - 8));
        }
        const QRect words(row.right() - textWidth, row.top(), textWidth, row.height());
        if (!style.tone.isEmpty()) {
            const int box = painter.fontMetrics().ascent() - 3;
            paintShape(painter, QRectF(words.left(), row.center().y() - box / 2.0, box, box),
                roleGlyph(style.tone).shape, color);
        }
        painter.setPen(value.isWithheld ? theme.textDim : theme.text);
        painter.drawText(words, Qt::AlignRight | Qt::AlignVCenter, style.text);
    }

    int m_first = 0;
};

std::vector<FieldSpec> gaugeFields()
{
    using Kind = FieldSpec::Kind;
    return {optionField(u"calc"_s, GaugePanel::tr("Calculation"), Kind::Choice, u"last"_s, calcNames()),
        optionField(u"fields"_s, GaugePanel::tr("Only names that match"), Kind::Text, QString()),
        optionField(u"each_row"_s, GaugePanel::tr("One bar a row"), Kind::Boolean, false),
        optionField(u"color"_s, GaugePanel::tr("Fixed colour"), Kind::Text, QString()),
        optionField(u"color_by"_s, GaugePanel::tr("Colours by"), Kind::Choice, u"thresholds"_s,
            {u"thresholds"_s, u"fixed"_s, u"series"_s}),
        optionField(u"min"_s, GaugePanel::tr("Minimum"), Kind::Number),
        optionField(u"max"_s, GaugePanel::tr("Maximum"), Kind::Number)};
}

} // namespace

PanelKind gaugePanelKind()
{
    return {u"gauge"_s, GaugePanel::tr("Gauge"), gaugeFields(),
        [](const Panel &panel, QWidget *parent) -> PanelView * { return new GaugePanel(panel, parent); }};
}

PanelKind barGaugePanelKind()
{
    return {u"bargauge"_s, GaugePanel::tr("Bars"), gaugeFields(),
        [](const Panel &panel, QWidget *parent) -> PanelView * { return new BarGaugePanel(panel, parent); }};
}

} // namespace bw
