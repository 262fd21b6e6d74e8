// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/forms/timerangepicker.h>

#include <domain/base/untrusted.h>
#include <widgets/base/safetext.h>

#include <QApplication>
#include <QCalendarWidget>
#include <QFormLayout>
#include <QFrame>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QScreen>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

constexpr size_t kMaxRecent = 6;

const std::vector<TimeSpec> &quickRanges()
{
    static const std::vector<TimeSpec> ranges{{u"now-5m"_s, u"now"_s}, {u"now-15m"_s, u"now"_s},
        {u"now-30m"_s, u"now"_s}, {u"now-1h"_s, u"now"_s}, {u"now-3h"_s, u"now"_s}, {u"now-6h"_s, u"now"_s},
        {u"now-12h"_s, u"now"_s}, {u"now-24h"_s, u"now"_s}, {u"now-2d"_s, u"now"_s}, {u"now-7d"_s, u"now"_s},
        {u"now-30d"_s, u"now"_s}, {u"now-90d"_s, u"now"_s}, {u"now/d"_s, u"now/d"_s},
        {u"now-1d/d"_s, u"now-1d/d"_s}, {u"now/w"_s, u"now/w"_s}};
    return ranges;
}

} // namespace

TimeRangePicker::TimeRangePicker(TimeNavigator &time, QWidget *parent)
    : QToolButton(parent)
    , m_time(time)
    , m_popup(new QFrame(this, Qt::Popup))
    , m_quick(new QListWidget(m_popup))
    , m_used(new QListWidget(m_popup))
    , m_from(new QLineEdit(m_popup))
    , m_to(new QLineEdit(m_popup))
    , m_paste(new QLineEdit(m_popup))
    , m_calendar(new QCalendarWidget(m_popup))
    , m_error(new PlainLabel(m_popup))
{
    setFocusPolicy(Qt::StrongFocus);
    setToolButtonStyle(Qt::ToolButtonTextOnly);
    buildPopup();
    connect(this, &QToolButton::clicked, this, &TimeRangePicker::openPicker);
    connect(&time, &TimeNavigator::rangeChanged, this, &TimeRangePicker::updateText);
    updateText();
}

void TimeRangePicker::buildPopup()
{
    m_popup->setFrameShape(QFrame::StyledPanel);
    m_quick->setAccessibleName(tr("Quick ranges"));
    m_used->setAccessibleName(tr("Used before"));
    m_from->setAccessibleName(tr("From"));
    m_to->setAccessibleName(tr("To"));
    m_paste->setPlaceholderText(tr("14:02-14:20, now-2h, 2026-11-21 14:02 to 15:00, epoch"));
    m_paste->setAccessibleName(tr("Paste a range"));
    m_error->setWordWrap(true);
    for (const TimeSpec &spec : quickRanges())
        m_quick->addItem(describe(spec, m_time.clock().utcNow(), m_time.zone()));
    auto *apply = new QPushButton(tr("Apply"), m_popup);
    apply->setDefault(true);

    auto *form = new QFormLayout;
    form->addRow(tr("From"), m_from);
    form->addRow(tr("To"), m_to);
    form->addRow(m_calendar);
    form->addRow(apply);
    form->addRow(m_error);
    form->addRow(tr("Paste"), m_paste);
    auto *lists = new QVBoxLayout;
    lists->addWidget(m_quick, 3);
    lists->addWidget(m_used, 1);
    auto *columns = new QHBoxLayout(m_popup);
    columns->setContentsMargins(8, 8, 8, 8);
    columns->addLayout(lists);
    columns->addLayout(form, 1);
    m_quick->setFixedWidth(190);
    m_used->setFixedWidth(190);

    const auto takeQuick = [this](QListWidgetItem *item) { take(quickRanges()[size_t(m_quick->row(item))]); };
    const auto takeUsed = [this](QListWidgetItem *item) { take(m_recent[size_t(m_used->row(item))]); };
    connect(m_quick, &QListWidget::itemActivated, this, takeQuick);
    connect(m_quick, &QListWidget::itemClicked, this, takeQuick);
    connect(m_used, &QListWidget::itemActivated, this, takeUsed);
    connect(m_used, &QListWidget::itemClicked, this, takeUsed);
    const auto applyFields = [this] { applyTyped(m_from->text(), m_to->text()); };
    connect(apply, &QPushButton::clicked, this, applyFields);
    connect(m_from, &QLineEdit::returnPressed, this, applyFields);
    connect(m_to, &QLineEdit::returnPressed, this, applyFields);
    connect(m_paste, &QLineEdit::returnPressed, this, [this] { applyPasted(m_paste->text()); });
    connect(m_calendar, &QCalendarWidget::clicked, this, [this](const QDate &date) {
        // The end that was edited last; the first click sets the begin.
        QLineEdit *end = m_edited ? m_edited : m_from;
        end->setText(date.toString(Qt::ISODate) + (end == m_from ? u" 00:00"_s : u" 23:59"_s));
        m_edited = end == m_from ? m_to : m_from;
    });
    connect(m_from, &QLineEdit::textEdited, this, [this] { m_edited = m_from; });
    connect(m_to, &QLineEdit::textEdited, this, [this] { m_edited = m_to; });
}

void TimeRangePicker::updateText()
{
    QString text = describe(m_time.spec(), m_time.clock().utcNow(), m_time.zone());
    if (!m_time.isLive())
        text += tr(" · fixed");
    setText(render::line(Untrusted(text), 80) + u" ▾"_s);
    setAccessibleName(tr("Time range: %1").arg(text));
}

void TimeRangePicker::fillRecent()
{
    m_used->clear();
    for (const TimeSpec &spec : m_recent)
        m_used->addItem(describe(spec, m_time.clock().utcNow(), m_time.zone()));
}

void TimeRangePicker::openPicker()
{
    const TimeSpec &spec = m_time.spec();
    const auto shown = [this](const QString &text) {
        // Epoch milliseconds are for files; a person reads and edits a date.
        bool isEpoch = false;
        const qint64 ms = text.toLongLong(&isEpoch);
        return isEpoch ? QDateTime::fromMSecsSinceEpoch(ms, m_time.zone()).toString(u"yyyy-MM-dd HH:mm:ss"_s)
                       : text;
    };
    m_from->setText(shown(spec.from));
    m_to->setText(shown(spec.to));
    m_paste->clear();
    m_error->clear();
    m_edited = nullptr;
    fillRecent();
    m_popup->adjustSize();
    QPoint at = mapToGlobal(QPoint(0, height()));
    if (const QScreen *here = screen())
        at.setX(std::clamp(at.x(), here->availableGeometry().left(),
            std::max(
                here->availableGeometry().left(), here->availableGeometry().right() - m_popup->width())));
    m_popup->move(at);
    m_popup->show();
    m_quick->setFocus();
}

QString TimeRangePicker::errorText() const { return m_error->text(); }

void TimeRangePicker::applyTyped(const QString &from, const QString &to)
{
    take({from.trimmed(), to.trimmed()});
}

void TimeRangePicker::applyPasted(const QString &text)
{
    const Result<TimeSpec> spec = parsePasted(text, m_time.clock().utcNow(), m_time.zone());
    if (spec)
        take(*spec);
    else
        m_error->setText(spec.error().message);
}

void TimeRangePicker::take(const TimeSpec &spec)
{
    const TimeSpec before = m_time.spec();
    if (const Result<void> set = m_time.setSpec(spec); !set) {
        m_error->setText(set.error().message);
        return;
    }
    m_error->clear();
    std::erase(m_recent, before);
    m_recent.insert(m_recent.begin(), before);
    if (m_recent.size() > kMaxRecent)
        m_recent.pop_back();
    m_popup->hide();
}

} // namespace bw
