// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/context/timenavigator.h>

#include <QToolButton>

class QCalendarWidget;
class QFrame;
class QLineEdit;
class QListWidget;

namespace bw {

class PlainLabel;

/// A button that says which range is shown and opens what changes it: quick ranges, typed ends with a
/// calendar, a line that reads whatever was pasted, ranges used before. Errors stand beside the fields.
/// UI thread.
class TimeRangePicker final : public QToolButton
{
    Q_OBJECT
public:
    /// `time` outlives the picker.
    explicit TimeRangePicker(TimeNavigator &time, QWidget *parent = nullptr);
    void openPicker();
    /// What stands below the fields when they cannot be used.
    QString errorText() const;
    /// Fields, as if typed; for the keyboard and tests.
    void applyTyped(const QString &from, const QString &to);
    void applyPasted(const QString &text);

private:
    void buildPopup();
    void updateText();
    void fillRecent();
    void take(const TimeSpec &spec);

    TimeNavigator &m_time;
    std::vector<TimeSpec> m_recent; ///< newest first
    QFrame *m_popup;
    QListWidget *m_quick, *m_used;
    QLineEdit *m_from, *m_to, *m_paste;
    QLineEdit *m_edited = nullptr; ///< the end the calendar fills
    QCalendarWidget *m_calendar;
    PlainLabel *m_error;
};

} // namespace bw
