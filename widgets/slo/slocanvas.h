// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/slo/slostatus.h>

#include <QWidget>

#include <optional>

namespace bw {

struct Theme;

/// Colour role of a budget, by the same limits as on the dashboards; "unknown" without one.
QString budgetRole(const SloStatus &status);

/// One objective in full: figures, budget over the period against an even spending, burn windows, how the
/// figure is made. Paints what it is given. UI thread; owned by the page.
class SloCanvas final : public QWidget
{
    Q_OBJECT
public:
    explicit SloCanvas(QWidget *parent = nullptr);
    /// nullopt: `hint` is shown instead.
    void show(std::optional<SloStatus> status, const QString &agreement, const QString &hint);
    /// The same as text, for the clipboard.
    QString text() const;
    QSize sizeHint() const override { return {640, heightFor(640)}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return heightFor(width); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    int heightFor(int width) const;
    int paintHead(QPainter &painter, const Theme &theme, int top) const;
    int paintChart(QPainter &painter, const Theme &theme, int top) const;
    int paintRows(QPainter &painter, const Theme &theme, int top) const;
    int paintNotes(QPainter &painter, const Theme &theme, int top) const;
    QStringList notes() const;

    std::optional<SloStatus> m_status;
    QString m_agreement, m_hint;
};

} // namespace bw
