// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/link.h>
#include <domain/traces/trace.h>
#include <widgets/base/background.h>

#include <QTimeZone>
#include <QWidget>

class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace bw {

class PlainLabel;

/// Everything one span says: times, attributes, events, links, process. Read from the answer's bytes on a
/// worker when the span is chosen. UI thread.
class SpanDetailView final : public QWidget
{
    Q_OBJECT
public:
    explicit SpanDetailView(QWidget *parent = nullptr);
    /// `self`: the span's own time; `onPath`: its share of the critical path.
    void showSpan(const Trace &trace, int row, Nanoseconds self, Nanoseconds onPath, const QTimeZone &zone);
    void clear();
    int row() const { return m_row; }

signals:
    void linkActivated(const bw::Link &link);
    /// "Show only spans like this one."
    void filterWanted(const QString &filter);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void fill(const SpanDetail &detail);
    QTreeWidgetItem *section(const QString &title);
    void addPair(
        QTreeWidgetItem *parent, const QString &key, const Untrusted &value, bool isAttribute = false);
    void addText(QTreeWidgetItem *parent, const QString &key, const QString &text);
    void addTimes(QTreeWidgetItem *parent);
    void copy();
    void openMenu(const QPoint &at);

    Trace m_trace;
    int m_row = -1;
    QString m_route; ///< of the span shown, where it says
    Nanoseconds m_self{0}, m_onPath{0};
    QTimeZone m_zone = QTimeZone::utc();
    PlainLabel *m_title, *m_subtitle;
    QPushButton *m_metrics;
    QTreeWidget *m_tree;
    std::unique_ptr<Background> m_background; ///< a new one a span: late answers find nobody
};

} // namespace bw
