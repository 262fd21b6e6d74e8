// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelkinds.h>
#include <widgets/panels/panelvalues.h>

#include <domain/base/format.h>
#include <items/valuestyle.h>
#include <widgets/base/freshnesspainter.h>
#include <widgets/base/theme.h>

#include <QAbstractScrollArea>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

// 2,000: deploys and changes come in tens; more is a mistake at the source, and said so.
constexpr size_t kMaxItems = 2000;

std::optional<Freshness::State> freshnessNamed(const QString &name)
{
    using State = Freshness::State;
    for (State state : {State::Never, State::Fresh, State::Refreshing, State::Stale, State::Error,
             State::Empty, State::Partial, State::NeedsAuth, State::Paused}) {
        if (stateName(state) == name)
            return state;
    }
    return std::nullopt;
}

/// Shape, word and colour of an item: its source state when it is one, else its kind.
Mark markOf(const OwnItem &item)
{
    if (const auto state = freshnessNamed(item.state)) {
        if (*state == Freshness::State::Fresh)
            return {Shape::Dot, u"●"_s, QString(), u"good"_s};
        return freshnessGlyph(*state);
    }
    if (item.state == "failed"_L1)
        return roleGlyph(u"critical");
    if (item.state == "good"_L1 || item.state == "warning"_L1 || item.state == "critical"_L1) {
        Mark mark = roleGlyph(item.state);
        mark.word.clear(); // the number is the word
        return mark;
    }
    if (item.state == "worse"_L1 || item.state == "better"_L1) {
        Mark mark = roleGlyph(item.state == "worse"_L1 ? u"warning" : u"good");
        mark.word = item.kind;
        return mark;
    }
    return {Shape::Diamond, u"◆"_s, item.kind, u"notice"_s};
}

/// Items, newest first, one line each; or side by side on one line.
class ItemList final : public QAbstractScrollArea
{
    Q_OBJECT
public:
    enum class Layout : quint8 { Rows, Strip };
    ItemList(Layout layout, QWidget *parent)
        : QAbstractScrollArea(parent)
        , m_layout(layout)
    {
        setFrameShape(QFrame::NoFrame);
        setFocusPolicy(layout == Layout::Rows ? Qt::StrongFocus : Qt::NoFocus);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        if (layout == Layout::Strip)
            setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    }

    void setItems(std::vector<OwnItem> items, size_t left, const QString &note, Timestamp utcNow)
    {
        m_items = std::move(items);
        m_left = left;
        m_note = note;
        m_utcNow = utcNow;
        m_current = std::clamp(m_current, -1, int(m_items.size()) - 1);
        updateScrollBar();
        viewport()->update();
    }
    void setNow(Timestamp utcNow)
    {
        m_utcNow = utcNow;
        viewport()->update();
    }
    const std::vector<OwnItem> &items() const { return m_items; }

signals:
    void activated(int item);

protected:
    void resizeEvent(QResizeEvent *event) override
    {
        QAbstractScrollArea::resizeEvent(event);
        updateScrollBar();
    }
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(viewport());
        painter.fillRect(viewport()->rect(), themeOf(this).surface);
        if (m_layout == Layout::Strip)
            paintStrip(painter);
        else
            paintRows(painter);
    }
    void mousePressEvent(QMouseEvent *event) override
    {
        m_current = std::min(rowAt(int(event->position().y())), int(m_items.size()) - 1);
        viewport()->update();
    }
    void mouseDoubleClickEvent(QMouseEvent *) override { activateCurrent(); }
    void keyPressEvent(QKeyEvent *event) override
    {
        const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
        if (step != 0 && !m_items.empty()) {
            m_current = std::clamp(m_current + step, 0, int(m_items.size()) - 1);
            const int top = m_current * rowHeight(), bar = verticalScrollBar()->value();
            if (top < bar)
                verticalScrollBar()->setValue(top);
            else if (top + rowHeight() > bar + viewport()->height())
                verticalScrollBar()->setValue(top + rowHeight() - viewport()->height());
            viewport()->update();
        } else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
            activateCurrent();
        } else {
            QAbstractScrollArea::keyPressEvent(event);
        }
    }

private:
    int rowHeight() const { return fontMetrics().height() + 8; }
    int rowAt(int y) const { return (y + verticalScrollBar()->value()) / rowHeight(); }
    int rowCount() const { return int(m_items.size()) + (m_note.isEmpty() ? 0 : 1) + (m_left > 0 ? 1 : 0); }
    void activateCurrent()
    {
        if (m_current >= 0 && m_current < int(m_items.size()))
            emit activated(m_current);
    }
    void updateScrollBar()
    {
        verticalScrollBar()->setPageStep(viewport()->height());
        verticalScrollBar()->setSingleStep(rowHeight());
        verticalScrollBar()->setRange(0, std::max(0, rowCount() * rowHeight() - viewport()->height()));
    }

    void paintRows(QPainter &painter)
    {
        const Theme &theme = themeOf(this);
        const int first = rowAt(0), last = std::min(rowAt(viewport()->height()), rowCount() - 1);
        for (int row = first; row <= last; ++row) {
            const QRect rect(
                0, row * rowHeight() - verticalScrollBar()->value(), viewport()->width(), rowHeight());
            if (row < int(m_items.size())) {
                paintItem(painter, rect, m_items[size_t(row)], row == m_current);
                continue;
            }
            const bool isLeft = m_left > 0 && row == int(m_items.size());
            painter.setPen(theme.textDim);
            painter.drawText(rect.adjusted(10, 0, -10, 0), Qt::AlignVCenter | Qt::AlignLeft,
                painter.fontMetrics().elidedText(
                    isLeft ? tr("%1 more left out").arg(m_left) : m_note, Qt::ElideRight, rect.width() - 20));
        }
    }

    void paintItem(QPainter &painter, const QRect &rect, const OwnItem &item, bool isCurrent)
    {
        const Theme &theme = themeOf(this);
        if (isCurrent)
            painter.fillRect(rect, hasFocus() ? theme.selection : theme.hover);
        QRect room = rect.adjusted(10, 0, -10, 0);
        const Mark mark = markOf(item);
        const int box = painter.fontMetrics().ascent() - 2;
        paintShape(painter, QRectF(room.left(), room.center().y() - box / 2.0, box, box), mark.shape,
            roleColor(theme, mark.role));
        room.setLeft(room.left() + box + 8);
        if (item.at != Timestamp{}) {
            const QString age = agoText(std::max(m_utcNow - item.at, Nanoseconds::zero()));
            painter.setPen(theme.textDim);
            painter.drawText(room, Qt::AlignRight | Qt::AlignVCenter, age);
            room.setRight(room.right() - painter.fontMetrics().horizontalAdvance(age) - 10);
        }
        const QString title = render::line(item.title, 300);
        painter.setPen(theme.text);
        const QString shown = painter.fontMetrics().elidedText(title, Qt::ElideRight, room.width());
        painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, shown);
        room.setLeft(room.left() + painter.fontMetrics().horizontalAdvance(shown) + 10);
        const QString text = mark.word.isEmpty() || !freshnessNamed(item.state)
            ? render::line(item.text, 300)
            : mark.word + u' ' + render::line(item.text, 300);
        painter.setPen(theme.textDim);
        if (room.width() > 30)
            painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
                painter.fontMetrics().elidedText(text, Qt::ElideRight, room.width()));
    }

    void paintStrip(QPainter &painter)
    {
        const Theme &theme = themeOf(this);
        const int box = painter.fontMetrics().ascent() - 2, line = rowHeight();
        int x = 10, y = 0;
        for (const OwnItem &item : m_items) {
            const Mark mark = markOf(item);
            QString text = render::line(item.title, 80);
            if (!mark.word.isEmpty())
                text += u' ' + mark.word;
            const QString detail = render::line(item.text, 80);
            const int wide = box + 6 + painter.fontMetrics().horizontalAdvance(text) + 18
                + (detail.isEmpty() ? 0 : painter.fontMetrics().horizontalAdvance(detail) + 6);
            if (x > 10 && x + wide > viewport()->width()) {
                x = 10;
                y += line;
            }
            paintShape(painter, QRectF(x, y + (line - box) / 2.0, box, box), mark.shape,
                roleColor(theme, mark.role));
            QRect room(x + box + 6, y, viewport()->width() - x - box - 6, line);
            painter.setPen(mark.word.isEmpty() ? theme.text : roleColor(theme, mark.role));
            painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, text);
            room.setLeft(room.left() + painter.fontMetrics().horizontalAdvance(text) + 6);
            painter.setPen(theme.textDim);
            painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, detail);
            x += wide;
        }
    }

    const Layout m_layout;
    std::vector<OwnItem> m_items;
    size_t m_left = 0;
    QString m_note;
    Timestamp m_utcNow;
    int m_current = -1;
};

/// Deploys, incidents, changes, sources: whatever the program knows as items.
class ListPanel final : public PanelView
{
public:
    ListPanel(const Panel &panel, ItemList::Layout layout, QWidget *parent)
        : PanelView(parent)
        , m_panel(panel)
        , m_list(new ItemList(layout, this))
    {
        auto *box = new QVBoxLayout(this);
        box->setContentsMargins(0, 0, 0, 0);
        box->addWidget(m_list);
        m_list->setAccessibleName(panel.title);
        connect(m_list, &ItemList::activated, this, [this](int item) { openItem(item); });
    }

    void showData(const PanelData &fresh) override
    {
        std::vector<OwnItem> items;
        QStringList notes;
        for (const PanelData::Part &part : fresh.parts) {
            if (const auto *own = dataAs<OwnItems>(part.result)) {
                items.insert(items.end(), own->items.begin(), own->items.end());
                if (!own->note.isEmpty())
                    notes << own->note;
            } else if (const auto *metrics = dataAs<MetricData>(part.result)) {
                addFigures(items, *part.query, *metrics);
            }
        }
        // Changes come ranked; everything else is read newest first.
        const bool isRanked = !fresh.parts.empty() && fresh.parts.front().query->type == "changes"_L1;
        if (!isRanked)
            std::stable_sort(
                items.begin(), items.end(), [](const OwnItem &a, const OwnItem &b) { return a.at > b.at; });
        const size_t left = items.size() > kMaxItems ? items.size() - kMaxItems : 0;
        items.resize(items.size() - left);
        m_list->setItems(std::move(items), left, render::line(Untrusted(notes.join(u"; "_s))), fresh.utcNow);
    }

    void showNow(BootTime, Timestamp utcNow) override { m_list->setNow(utcNow); }

    bool hasCsv() const override { return true; }
    QString toCsv() const override
    {
        QString csv = u"time,kind,state,title,text\r\n"_s;
        for (const OwnItem &item : m_list->items()) {
            csv += QStringList{isoUtc(item.at), item.kind, item.state, render::csv(item.title),
                       render::csv(item.text)}
                       .join(u',')
                + u"\r\n"_s;
        }
        return csv;
    }

private:
    /// Numbers of a query as items: the legend, the value, and the state that its threshold says. The label
    /// "unit" names the unit of a series, since one query may bring several.
    void addFigures(std::vector<OwnItem> &items, const PanelQuery &query, const MetricData &metrics) const
    {
        for (const Series &series : metrics.series) {
            if (series.values.empty())
                continue;
            const double value = series.values.back();
            const QString unit = series.labels.text(u"unit");
            OwnItem item;
            item.title = Untrusted(render::line(legendFor(series.labels, query.legend), 80));
            item.id = u"figure/"_s + render::line(item.title, 80);
            item.text = Untrusted(formatValue(value, unit.isEmpty() ? u"short"_s : unit));
            item.state = toneOf(m_panel, render::line(item.title, 80), value, 0, 100);
            item.value = value;
            items.push_back(std::move(item));
        }
    }

    /// A deploy leads to its service, half an hour before to half an hour after it.
    void openItem(int at)
    {
        const OwnItem &item = m_list->items()[size_t(at)];
        const QString service = item.labels.text(u"service");
        if (service.isEmpty())
            return;
        DashboardLink link;
        link.dashboard = u"debug"_s;
        link.context.insert(u"service"_s, service);
        if (item.at != Timestamp{})
            link.range = TimeRange{item.at - std::chrono::minutes(30), item.at + std::chrono::minutes(30)};
        emit openRequested(link);
    }

    const Panel m_panel;
    ItemList *m_list;
};

} // namespace

PanelKind listPanelKind()
{
    return {u"list"_s, ListPanel::tr("List"),
        {optionField(u"layout"_s, ListPanel::tr("Layout"), FieldSpec::Kind::Choice, u"rows"_s,
            {u"rows"_s, u"strip"_s})},
        [](const Panel &panel, QWidget *parent) -> PanelView * {
            const bool isStrip = panel.options.value(u"layout"_s) == u"strip"_s;
            return new ListPanel(panel, isStrip ? ItemList::Layout::Strip : ItemList::Layout::Rows, parent);
        }};
}

PanelKind sourcesPanelKind()
{
    return {
        u"sources"_s, ListPanel::tr("Sources"), {}, [](const Panel &panel, QWidget *parent) -> PanelView * {
            return new ListPanel(panel, ItemList::Layout::Strip, parent);
        }};
}

} // namespace bw

#include "listpanel.moc"
