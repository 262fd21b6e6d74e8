// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/dashboard.h>

#include <QWidget>

#include <functional>

class QComboBox;
class QLineEdit;
class QVBoxLayout;

namespace bw {

/// Rows of inputs with a button that removes the row and one that adds one. UI thread.
class RowsForm : public QWidget
{
    Q_OBJECT
public:
    RowsForm(const QString &addText, QWidget *parent);

signals:
    void changed();

protected:
    /// Places `inputs` in a row of its own; `removed` forgets what belongs to it.
    void addRow(const std::vector<QWidget *> &inputs, std::function<void()> removed);
    virtual void addEmptyRow() = 0;

private:
    QVBoxLayout *m_rows;
};

/// Steps of one threshold list: from where on, in which colour. The first may have no number: from minus
/// infinity. What is no number is told by problem().
class ThresholdsForm final : public RowsForm
{
    Q_OBJECT
public:
    ThresholdsForm(const Thresholds &thresholds, QWidget *parent);
    /// As entered; rows that cannot be read are left out.
    std::vector<ThresholdStep> steps() const;
    QString problem() const;

private:
    struct Row
    {
        QLineEdit *from;
        QComboBox *color;
    };
    void addEmptyRow() override;
    void addStep(const ThresholdStep &step);

    std::vector<Row> m_rows;
};

/// Where a panel leads: a title, and a dashboard or a web address.
class LinksForm final : public RowsForm
{
    Q_OBJECT
public:
    /// `dashboards`: ids offered as targets.
    LinksForm(const std::vector<PanelLink> &links, const QStringList &dashboards, QWidget *parent);
    std::vector<PanelLink> links() const;

private:
    struct Row
    {
        QLineEdit *title;
        QComboBox *target;
        PanelLink given;
    };
    void addEmptyRow() override;
    void addLink(const PanelLink &link);

    QStringList m_dashboards;
    std::vector<Row> m_rows;
};

} // namespace bw
