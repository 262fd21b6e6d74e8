// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelkinds.h>
#include <widgets/panels/panelvalues.h>

#include <domain/base/format.h>
#include <items/valuestyle.h>
#include <widgets/base/theme.h>

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

// 24: more numbers than that are a table.
constexpr int kMaxTiles = 24;

/// Big numbers: value, change against a reference, sparkline. One tile a series.
class StatPanel final : public PanelView
{
public:
    StatPanel(const Panel &panel, QWidget *parent)
        : PanelView(parent)
        , m_panel(panel)
        , m_looks(m_panel)
    {
    }

    void showData(const PanelData &fresh) override
    {
        m_values = divided(valuesOf(m_panel, m_looks, fresh));
        m_unit = unitFor(fresh, m_panel.unit);
        m_when = textOf(fresh.compare);
        setAccessibleName(m_panel.title);
        setAccessibleDescription(m_values.empty() ? QString() : shownText(m_values.front()));
        update();
    }

    bool comparesWithPast() const override { return true; }
    bool hasCsv() const override { return true; }
    QString toCsv() const override { return csvOf(m_values); }

    QSize sizeHint() const override { return {160, 90}; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const Theme &theme = themeOf(this);
        painter.fillRect(rect(), theme.surface);
        const int count = std::min(int(m_values.size()), kMaxTiles);
        if (count == 0)
            return;
        // As square as the space allows: the numbers get largest.
        const double ratio = double(width()) / std::max(1, height());
        const int columns = std::clamp(int(std::lround(std::sqrt(count * ratio / 2.2))), 1, count);
        const int rows = (count + columns - 1) / columns;
        for (int tile = 0; tile < count; ++tile) {
            const int column = tile % columns, row = tile / columns;
            const QRect cell(
                width() * column / columns, height() * row / rows, width() / columns, height() / rows);
            paintTile(painter, cell, m_values[size_t(tile)], count > 1);
        }
    }

private:
    /// With the option `divide_by`: every value over the one of that query; without it nothing can be said.
    std::vector<PanelValue> divided(std::vector<PanelValue> values) const
    {
        const QString by = m_panel.options.value(u"divide_by"_s).toString();
        if (by.isEmpty())
            return values;
        const auto divisor = std::find_if(
            values.begin(), values.end(), [&](const PanelValue &value) { return value.field == by; });
        if (divisor == values.end())
            return {};
        const PanelValue under = *divisor;
        std::erase_if(values, [&](const PanelValue &value) { return value.field == by; });
        for (PanelValue &value : values) {
            value.value /= under.value;
            value.isWithheld = value.isWithheld || under.isWithheld;
            value.samples.clear(); // those of the divisor are of other moments
            value.reference.reset();
            value.before =
                value.before && under.before ? std::optional(*value.before / *under.before) : std::nullopt;
            if (!std::isfinite(value.value))
                value.value = std::nan("");
        }
        return values;
    }

    QString shownText(const PanelValue &value) const
    {
        if (value.isWithheld)
            return u"—"_s;
        if (!value.text.isEmpty())
            return value.text;
        return styledValue(m_panel, value).text;
    }

    /// "▲ 12 % vs 1w", and the role that says whether the direction is a good one.
    QString changeLine(const PanelValue &value) const
    {
        if (value.isCompared)
            return changeText(value, m_when);
        if (!value.note.isEmpty())
            return value.isWithheld ? QString() : value.note;
        const QString span = m_panel.options.value(u"compare"_s).toString();
        if (!value.reference || span.isEmpty() || value.isWithheld || !std::isfinite(value.value))
            return {};
        const double before = *value.reference, change = value.value - before;
        if (!std::isfinite(before))
            return {};
        const QString arrow = change > 0 ? u"▲"_s : change < 0 ? u"▼"_s : u"="_s;
        const bool isShare = m_unit == "percentunit"_L1 || m_unit == "percent"_L1;
        const QString amount = isShare || before == 0
            ? formatValue(std::abs(change), m_unit, m_panel.decimals)
            : formatValue(std::abs(change / before), u"percentunit"_s, 1);
        return tr("%1 %2 vs %3 ago").arg(arrow, amount, span);
    }

    void paintTile(QPainter &painter, const QRect &cell, const PanelValue &value, bool isNamed) const
    {
        const Theme &theme = themeOf(this);
        const ValueStyle style = styledValue(m_panel, value);
        const QString text = shownText(value), change = changeLine(value);
        const bool hasSpark =
            m_panel.options.value(u"sparkline"_s, true).toBool() && value.samples.size() > 1;
        const QString mode = m_panel.options.value(u"color_mode"_s, u"value"_s).toString();
        const bool isToned = !value.isWithheld && !style.tone.isEmpty() && mode != "none"_L1;
        const QColor tone = isToned ? roleColor(theme, style.tone) : theme.text;
        QColor ink = value.isWithheld ? theme.textDim : tone;
        QRect inner = cell.adjusted(10, 4, -10, -6);
        if (isToned && mode == "background"_L1) {
            painter.fillRect(cell.adjusted(2, 2, -2, -2), tone);
            ink = readableOn(tone);
        }
        const int line = painter.fontMetrics().height();
        if (hasSpark) {
            const int high = std::clamp(inner.height() / 3, 8, 60);
            const QRect spark(inner.left(), inner.bottom() - high, inner.width(), high);
            paintSparkline(painter, spark, value.samples, isToned ? ink : theme.accent, theme.surface);
            inner.setBottom(spark.top() - 2);
        }
        const QFont base = painter.font();
        if (!change.isEmpty() && inner.height() > 2 * line) {
            painter.setPen(theme.textDim);
            painter.drawText(QRect(inner.left(), inner.bottom() - line, inner.width(), line), Qt::AlignLeft,
                painter.fontMetrics().elidedText(change, Qt::ElideRight, inner.width()));
            inner.setBottom(inner.bottom() - line);
        }
        if (isNamed && inner.height() > 2 * line) {
            painter.setPen(theme.textDim);
            painter.drawText(QRect(inner.left(), inner.top(), inner.width(), line), Qt::AlignLeft,
                painter.fontMetrics().elidedText(value.name, Qt::ElideRight, inner.width()));
            inner.setTop(inner.top() + line);
        }
        // Colour is never alone: a shape stands before a toned number.
        QFont big = numberFont(base);
        big.setWeight(QFont::DemiBold);
        const int shapeRoom = isToned ? 1 : 0;
        big.setPixelSize(fittingPixelSize(
            big, text, QSizeF(inner.width() - shapeRoom * inner.height() / 3.0, inner.height()), 64));
        painter.setFont(big);
        const int box = isToned ? QFontMetrics(big).ascent() / 2 : 0;
        if (isToned && style.tone != "neutral"_L1) {
            paintShape(painter, QRectF(inner.left(), inner.center().y() - box / 2.0, box, box),
                roleGlyph(style.tone).shape, ink);
            inner.setLeft(inner.left() + box + box / 2);
        }
        painter.setPen(ink);
        painter.drawText(inner, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, text);
        painter.setFont(base);
    }

    const Panel m_panel;
    const FieldLooks m_looks;
    std::vector<PanelValue> m_values;
    QString m_unit, m_when;
};

} // namespace

PanelKind statPanelKind()
{
    using Kind = FieldSpec::Kind;
    return {u"stat"_s, StatPanel::tr("Number"),
        {optionField(u"calc"_s, StatPanel::tr("Calculation"), Kind::Choice, u"last"_s, calcNames()),
            optionField(u"sparkline"_s, StatPanel::tr("Sparkline"), Kind::Boolean, true),
            optionField(u"compare"_s, StatPanel::tr("Compare with"), Kind::Duration),
            optionField(u"fields"_s, StatPanel::tr("Only names that match"), Kind::Text, QString()),
            optionField(u"each_row"_s, StatPanel::tr("One number a row"), Kind::Boolean, false),
            optionField(u"color"_s, StatPanel::tr("Fixed colour"), Kind::Text, QString()),
            optionField(u"color_by"_s, StatPanel::tr("Colours by"), Kind::Choice, u"thresholds"_s,
                {u"thresholds"_s, u"fixed"_s, u"series"_s}),
            optionField(u"min"_s, StatPanel::tr("Minimum"), Kind::Number),
            optionField(u"max"_s, StatPanel::tr("Maximum"), Kind::Number),
            optionField(u"divide_by"_s, StatPanel::tr("Divide by the query"), Kind::Text),
            optionField(u"color_mode"_s, StatPanel::tr("Colour"), Kind::Choice, u"value"_s,
                {u"value"_s, u"background"_s, u"none"_s})},
        [](const Panel &panel, QWidget *parent) -> PanelView * { return new StatPanel(panel, parent); }};
}

} // namespace bw
