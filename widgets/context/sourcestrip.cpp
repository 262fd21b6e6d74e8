// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/context/sourcestrip.h>

#include <domain/base/format.h>
#include <domain/base/untrusted.h>
#include <widgets/base/freshnesspainter.h>
#include <widgets/base/safetext.h>

#include <QHBoxLayout>
#include <QPainter>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
namespace {

/// A fresh source is a good one: it gets the dot that freshness itself leaves out.
Mark markOf(const SourceInfo &info)
{
    if (info.freshness.state == Freshness::State::Fresh || info.freshness.state == Freshness::State::Empty)
        return {Shape::Dot, u"●"_s, QString(), u"good"_s};
    return freshnessGlyph(info.freshness.state);
}

QString textOf(const SourceInfo &info, BootTime now)
{
    QStringList parts{info.title.isEmpty() ? info.id.id : info.title};
    const bool isGood = markOf(info).word.isEmpty();
    if (!isGood)
        parts << describe(info.freshness, now).word;
    if (info.freshness.lastGood)
        parts << agoText(std::max(now - *info.freshness.lastGood, Nanoseconds::zero()));
    if (isGood && info.latency > 0ms)
        parts << SourceChip::tr("%1 ms").arg(info.latency.count());
    if (std::chrono::abs(info.freshness.skew) > 5s)
        parts << SourceChip::tr("clock ±%1").arg(formatAge(std::chrono::abs(info.freshness.skew)));
    if (info.retryAt && *info.retryAt > now)
        parts << SourceChip::tr("retry in %1").arg(formatAge(*info.retryAt - now));
    if (info.unencrypted)
        parts << SourceChip::tr("unencrypted");
    return render::line(Untrusted(parts.join(u"  "_s)), 160);
}

} // namespace

SourceChip::SourceChip(QWidget *parent)
    : QAbstractButton(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    setCursor(Qt::PointingHandCursor);
}

void SourceChip::showSource(const SourceInfo &info, BootTime now)
{
    m_info = info;
    const QString text = textOf(info, now);
    if (text != m_text) {
        m_text = text;
        setAccessibleName(text);
        updateGeometry();
    }
    QStringList lines{tr("%1 %2 at %3").arg(info.kind, info.version, info.url)};
    const FreshnessText state = describe(info.freshness, now);
    lines << state.word + u": "_s + state.sentence;
    lines += info.notes;
    lines << tr("Click to ask it again now.");
    setTip(this, lines.join(u'\n'));
    update();
}

QSize SourceChip::sizeHint() const
{
    return {
        fontMetrics().ascent() + 20 + fontMetrics().horizontalAdvance(m_text), fontMetrics().height() + 8};
}

void SourceChip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = themeOf(this);
    if (underMouse() || hasFocus())
        painter.fillRect(rect(), theme.hover);
    if (hasFocus()) {
        painter.setPen(theme.accent);
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }
    const Mark mark = markOf(m_info);
    const int box = fontMetrics().ascent() - 2;
    paintShape(painter, QRectF(6, (height() - box) / 2.0, box, box), mark.shape, roleColor(theme, mark.role));
    painter.setPen(mark.word.isEmpty() ? theme.text : roleColor(theme, mark.role));
    const QRect room = rect().adjusted(12 + box, 0, -4, 0);
    painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
        fontMetrics().elidedText(m_text, Qt::ElideRight, room.width()));
}

SourceStrip::SourceStrip(SourceBoard &board, const Clock &clock, QWidget *parent)
    : QWidget(parent)
    , m_board(board)
    , m_clock(clock)
    , m_layout(new QHBoxLayout(this))
    , m_none(new PlainLabel(tr("no sources configured"), this))
    , m_time(new PlainLabel(this))
{
    m_layout->setContentsMargins(6, 1, 8, 1);
    m_layout->setSpacing(2);
    m_layout->addWidget(m_none);
    m_layout->addStretch(1);
    m_layout->addWidget(m_time);
    setAccessibleName(tr("Sources"));
    connect(&board, &SourceBoard::changed, this, &SourceStrip::reload);
    m_beat.setInterval(1s);
    connect(&m_beat, &QTimer::timeout, this, &SourceStrip::beat);
    m_beat.start();
    reload();
}

void SourceStrip::reload()
{
    const auto &sources = m_board.sources();
    while (m_chips.size() > sources.size()) {
        m_chips.back()->deleteLater(); // a click on it may be what changed the board
        m_chips.back()->hide();
        m_chips.pop_back();
    }
    while (m_chips.size() < sources.size()) {
        auto *chip = new SourceChip(this);
        connect(chip, &SourceChip::clicked, this,
            [this, chip] { emit m_board.retryRequested(chip->source().source); });
        m_layout->insertWidget(int(m_chips.size()), chip);
        m_chips.push_back(chip);
    }
    m_none->setVisible(sources.empty());
    beat();
}

void SourceStrip::beat()
{
    const auto &sources = m_board.sources();
    for (size_t i = 0; i < m_chips.size() && i < sources.size(); ++i)
        m_chips[i]->showSource(sources[i], m_clock.bootNow());
    const QDateTime now = toDateTime(m_clock.utcNow()).toTimeZone(m_zone);
    m_time->setText(now.toString(u"HH:mm:ss "_s) + m_zone.abbreviation(now));
}

void SourceStrip::setZone(const QTimeZone &zone)
{
    m_zone = zone;
    beat();
}

} // namespace bw
