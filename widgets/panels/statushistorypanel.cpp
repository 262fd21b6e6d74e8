// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelkinds.h>
#include <widgets/panels/panelvalues.h>
#include <widgets/panels/picturepanel.h>
#include <widgets/plot/hoverbox.h>
#include <widgets/plot/plotpainter.h>

#include <domain/base/format.h>
#include <items/valuestyle.h>
#include <widgets/base/safetext.h>

#include <QFontMetrics>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kSmallestRow = 16;
constexpr int kLargestRow = 34;

/// Everything one picture of a status history is made of.
struct StatusScene
{
    struct Row
    {
        std::shared_ptr<const void> owner;
        const Series *series;
        QString name, field;
    };
    std::vector<Row> rows;
    Panel panel; ///< thresholds, mappings, unit
    QString unit;
    TimeRange range;
    Nanoseconds step{0};
    QTimeZone zone = QTimeZone::utc();
    QString emptyText;
    int firstRow = 0;
    QFont font, numberFont;
    const Theme *theme = &lightTheme();
};

struct StatusPicture : Picture
{
    int firstRow = 0, visibleRows = 0, rowHeight = kSmallestRow;
    int rowAt(int y) const
    {
        const int row = (y - area.top()) / rowHeight;
        return y < area.top() || row >= visibleRows ? -1 : firstRow + row;
    }
};

/// The value whose cell (time - step, time] covers `time`; nullopt: no sample there.
std::optional<double> valueAt(const Series &series, qint64 time, qint64 step)
{
    const auto at = std::lower_bound(series.times.begin(), series.times.end(), time);
    if (at == series.times.end() || (step > 0 && time <= *at - step))
        return std::nullopt;
    return series.values[size_t(at - series.times.begin())];
}

struct StatusPainter
{
    QPainter &painter;
    const StatusScene &scene;
    const QRect &area;

    int x(qint64 time) const
    {
        const double share = double(time - toNs(scene.range.begin)) / double(scene.range.span().count());
        return area.left() + int(std::lround(std::clamp(share, 0.0, 1.0) * area.width()));
    }

    void row(const StatusScene::Row &row, int top, int height)
    {
        painter.setFont(scene.font);
        painter.setPen(scene.theme->text);
        const QRect name(6, top, area.left() - 12, height);
        painter.drawText(name, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
            painter.fontMetrics().elidedText(row.name, Qt::ElideMiddle, name.width()));
        painter.setFont(scene.numberFont);
        // The ground says "no sample": dotted, unlike every state.
        painter.fillRect(QRect(area.left(), top + 1, area.width(), height - 2),
            QBrush(scene.theme->grid, Qt::Dense6Pattern));
        for (size_t i = 0; i < row.series->times.size(); ++i) {
            const int left = x(row.series->times[i] - scene.step.count()), right = x(row.series->times[i]);
            if (right > left)
                cell(row, row.series->values[i], QRect(left, top + 1, right - left, height - 2));
        }
    }

    /// Colour fills the cell; a shape and, where there is room, the value say the same without colour.
    void cell(const StatusScene::Row &row, double value, QRect box)
    {
        if (box.width() > 3)
            box.setRight(box.right() - 1);
        const bool isNumber = !std::isnan(value);
        const double low = scene.panel.options.value(u"min"_s, 0).toDouble();
        const double high = scene.panel.options.value(u"max"_s, 100).toDouble();
        const QString tone = toneOf(scene.panel, row.field, value, low, high);
        const QColor color = tone.isEmpty() ? scene.theme->neutral : roleColor(*scene.theme, tone);
        const QColor fill = mixed(color, scene.theme->surface, isNumber ? 0.55 : 0.12);
        painter.fillRect(box, fill);
        if (box.width() < 9)
            return;
        const QColor ink = readableOn(fill);
        const QString text =
            styleOf(scene.panel, row.field, value, scene.unit, scene.panel.decimals, low, high).text;
        const int icon = std::min(9, box.height() - 4);
        const int textWidth = painter.fontMetrics().horizontalAdvance(text);
        const bool withText = textWidth + icon + 10 <= box.width();
        const int total = withText ? icon + 4 + textWidth : icon;
        const int from = box.left() + (box.width() - total) / 2;
        paintShape(painter, QRectF(from, box.top() + (box.height() - icon) / 2.0, icon, icon),
            isNumber ? roleGlyph(tone).shape : Shape::Slash, ink);
        if (withText) {
            painter.setPen(ink);
            painter.drawText(
                QRect(from + icon + 4, box.top(), textWidth + 1, box.height()), Qt::AlignVCenter, text);
        }
    }
};

std::shared_ptr<StatusPicture> renderStatus(
    const StatusScene &scene, const QSize &size, qreal ratio, QImage spare)
{
    auto picture = std::make_shared<StatusPicture>();
    picture->range = scene.range;
    const QSize pixels = (QSizeF(size) * ratio).toSize();
    QImage image = spare.size() == pixels ? std::move(spare) : QImage(pixels, QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    image.fill(scene.theme->surface);
    QPainter painter(&image);
    painter.setFont(scene.numberFont);
    const QFontMetrics metrics(scene.font, &image);
    int names = 30;
    for (const StatusScene::Row &row : scene.rows)
        names = std::max(names, metrics.horizontalAdvance(row.name) + 14);
    const int left = std::min(names, size.width() / 3);
    const QRect area(left, 4, std::max(8, size.width() - left - 10),
        std::max(8, size.height() - 4 - timeAxisHeight(scene.numberFont)));
    picture->area = area;
    const int count = int(scene.rows.size());
    picture->rowHeight = std::clamp(area.height() / std::max(1, count), kSmallestRow, kLargestRow);
    picture->visibleRows = std::min(count, area.height() / picture->rowHeight);
    picture->firstRow = std::clamp(scene.firstRow, 0, count - picture->visibleRows);
    StatusPainter cells{painter, scene, area};
    for (int row = 0; row < picture->visibleRows; ++row) {
        cells.row(scene.rows[size_t(picture->firstRow + row)], area.top() + row * picture->rowHeight,
            picture->rowHeight);
    }
    painter.setFont(scene.numberFont);
    paintTimeLabels(painter, area, timeLabels(scene.numberFont, area, scene.range, scene.zone), *scene.theme);
    if (count == 0) {
        painter.setFont(scene.font);
        painter.setPen(scene.theme->textDim);
        painter.drawText(area, Qt::AlignCenter | Qt::TextWordWrap, scene.emptyText);
    } else if (picture->visibleRows < count) { // where we are in the list
        const int length = std::max(8, area.height() * picture->visibleRows / count);
        const int top = area.top()
            + (area.height() - length) * picture->firstRow / std::max(1, count - picture->visibleRows);
        painter.fillRect(QRect(size.width() - 4, top, 2, length), scene.theme->textDim);
    }
    painter.end();
    picture->image = std::move(image);
    return picture;
}

/// The surface of a status history; the wheel scrolls rows that do not fit.
class StatusView final : public PictureWidget
{
public:
    using PictureWidget::PictureWidget;

    void setScene(StatusScene scene)
    {
        scene.firstRow = m_scene.firstRow;
        m_scene = std::move(scene);
        requestPicture();
    }
    const StatusScene &scene() const { return m_scene; }

protected:
    Job makeJob(const QSize &size, qreal ratio) override
    {
        m_scene.theme = &themeOf(this);
        m_scene.font = font();
        m_scene.numberFont = numbers();
        return [scene = m_scene, size, ratio](QImage spare) -> std::shared_ptr<Picture> {
            return renderStatus(scene, size, ratio, std::move(spare));
        };
    }

    void crosshairChanged(bool own) override
    {
        const int row = own && crosshair() && shown() ? shown()->rowAt(pointer().y()) : -1;
        if (row < 0 || size_t(row) >= m_scene.rows.size()) {
            m_hover.hide();
            return;
        }
        const StatusScene::Row &entry = m_scene.rows[size_t(row)];
        const std::optional<double> value = valueAt(*entry.series, *crosshair(), m_scene.step.count());
        HoverBox::Row line{QColor(), entry.name, tr("no sample")};
        if (value) {
            const ValueStyle style =
                styleOf(m_scene.panel, entry.field, *value, m_scene.unit, m_scene.panel.decimals);
            const QString word = roleGlyph(style.tone).word;
            line.value = word.isEmpty() ? style.text : style.text + u" ("_s + word + u')';
            line.color = style.tone.isEmpty() ? QColor() : roleColor(themeOf(this), style.tone);
        }
        m_hover.boxFor(this).showRows(momentText(*crosshair(), m_scene.zone), {line}, mapToGlobal(pointer()));
    }

    void wheelEvent(QWheelEvent *event) override
    {
        const int hidden = shown() ? int(m_scene.rows.size()) - shown()->visibleRows : 0;
        const int turn = event->angleDelta().y();
        if (hidden <= 0 || turn == 0 || (event->modifiers() & Qt::ControlModifier)) {
            PictureWidget::wheelEvent(event);
            return;
        }
        const int next = std::clamp(m_scene.firstRow + (turn < 0 ? 2 : -2), 0, hidden);
        event->setAccepted(next != m_scene.firstRow);
        if (next == m_scene.firstRow)
            return;
        m_scene.firstRow = next;
        requestPicture();
    }

    void hideEvent(QHideEvent *event) override
    {
        PictureWidget::hideEvent(event);
        m_hover.hide();
    }

    bool event(QEvent *event) override
    {
        if (event->type() == QEvent::ToolTip && shown()) {
            const auto *help = static_cast<QHelpEvent *>(event);
            const int row = help->pos().x() < shown()->area.left() ? shown()->rowAt(help->pos().y()) : -1;
            const bool known = row >= 0 && size_t(row) < m_scene.rows.size();
            QToolTip::showText(
                help->globalPos(), known ? tip(m_scene.rows[size_t(row)].name) : QString(), this);
            return true;
        }
        return PictureWidget::event(event);
    }

private:
    const StatusPicture *shown() const { return static_cast<const StatusPicture *>(picture()); }

    StatusScene m_scene;
    HoverSlot m_hover;
};

/// One row a series, one cell a step, coloured by threshold.
class StatusHistoryPanel final : public PanelView
{
public:
    StatusHistoryPanel(const Panel &panel, QWidget *parent)
        : PanelView(parent)
        , m_panel(panel)
        , m_view(new StatusView(this))
    {
        fillWithPicture(*this, *m_view);
        setAccessibleName(panel.title);
    }

    void showData(const PanelData &answer) override
    {
        StatusScene scene;
        scene.panel = m_panel;
        scene.unit = unitFor(answer, m_panel.unit);
        scene.range = answer.range;
        scene.step = answer.step;
        scene.zone = answer.zone;
        for (const PanelData::Part &part : answer.parts) {
            const auto *metrics = dataAs<MetricData>(part.result);
            if (!metrics)
                continue;
            scene.emptyText = tr("0 series");
            if (const auto *range = std::get_if<RangeQuery>(&part.result.spec.body))
                scene.step = range->step;
            for (const Series &series : metrics->series) {
                const QString name = render::line(legendFor(series.labels, part.query->legend), 512);
                scene.rows.push_back(
                    {part.result.data, &series, name.isEmpty() ? part.query->id : name, part.query->id});
            }
        }
        m_view->setScene(std::move(scene));
    }

    int timeWidth() const override { return m_view->timeWidth(); }
    void showCrosshair(std::optional<qint64> time) override { m_view->showCrosshair(time); }
    bool isSettled() const override { return m_view->isSettled(); }

    bool hasCsv() const override { return true; }
    QString toCsv() const override
    {
        QString csv = u"series,time,value,state\r\n"_s;
        const StatusScene &scene = m_view->scene();
        for (const StatusScene::Row &row : scene.rows) {
            for (size_t i = 0; i < row.series->times.size(); ++i) {
                const double value = row.series->values[i];
                csv += render::csv(Untrusted(row.name)) + u',' + isoUtc(fromNs(row.series->times[i])) + u','
                    + formatExact(value) + u',' + toneOf(m_panel, row.field, value, 0, 100) + u"\r\n"_s;
            }
        }
        return csv;
    }

private:
    Panel m_panel;
    StatusView *m_view;
};

} // namespace

PanelKind statusHistoryPanelKind()
{
    const auto bound = [](const QString &key, const QString &label, double fallback) {
        FieldSpec spec;
        spec.key = key;
        spec.label = label;
        spec.kind = FieldSpec::Kind::Number;
        spec.fallback = fallback;
        return spec;
    };
    return {u"status_history"_s, QObject::tr("Status history"),
        {bound(u"min"_s, QObject::tr("Lowest value, for percentage thresholds"), 0),
            bound(u"max"_s, QObject::tr("Highest value, for percentage thresholds"), 100)},
        [](const Panel &panel, QWidget *parent) -> PanelView * {
            return new StatusHistoryPanel(panel, parent);
        }};
}

} // namespace bw
