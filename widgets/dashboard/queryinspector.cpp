// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/queryinspector.h>

#include <domain/base/format.h>
#include <domain/query/querycost.h>

#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

QString inspectionText(const std::vector<QueryInspection> &queries)
{
    const auto tr = [](const char *text) { return QueryInspector::tr(text); };
    QString text;
    for (const QueryInspection &query : queries) {
        text += (query.isPast ? tr("Query %1, compared with") : tr("Query %1")).arg(query.id) + u'\n';
        text += tr("  source      %1").arg(query.source) + u'\n';
        text += tr("  asked as    %1").arg(query.kind) + u'\n';
        if (const auto *range = query.spec ? std::get_if<RangeQuery>(&query.spec->body) : nullptr)
            text += tr("  range       %1 to %2").arg(isoUtc(range->range.begin), isoUtc(range->range.end))
                + u'\n';
        text += u"  "_s + QString(query.expression).trimmed().replace(u'\n', u"\n  "_s) + u'\n';
        if (query.fallback > 0)
            text += tr("  fallback    %1").arg(query.fallback) + u'\n';
        text += tr("  answer      %1 series, %2 samples, %3, %4 ms%5")
                    .arg(query.series)
                    .arg(query.samples)
                    .arg(formatValue(double(query.bytes), u"bytes"))
                    .arg(query.took.count())
                    .arg(query.wasTail ? tr(" (newest part only)") : QString())
            + u'\n';
        text += tr("  state       %1").arg(query.freshness) + u'\n';
        for (const Untrusted &warning : query.warnings)
            text += tr("  warning     %1").arg(render::line(warning)) + u'\n';
        text += u'\n';
    }
    return text;
}

QueryInspector::QueryInspector(PanelController &controller, DashboardPorts ports, QWidget *parent)
    : QDialog(parent)
    , m_controller(controller)
    , m_ports(ports)
    , m_text(new QPlainTextEdit(this))
    , m_measure(new QPushButton(tr("Measure cost"), this))
{
    setWindowTitle(tr("Queries of %1").arg(render::line(Untrusted(controller.title()), 100)));
    m_text->setReadOnly(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_text->setAccessibleName(tr("Queries and their answers"));
    m_measure->setObjectName(u"measure"_s);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    buttons->addButton(m_measure, QDialogButtonBox::ActionRole);
    m_measure->setAutoDefault(false);
    connect(m_measure, &QPushButton::clicked, this, &QueryInspector::measure);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(&controller, &PanelController::stateChanged, this, &QueryInspector::showText);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(m_text);
    layout->addWidget(buttons);
    resize(760, 460);
    showText();
}

QString QueryInspector::text() const { return m_text->toPlainText(); }

void QueryInspector::measure()
{
    const std::vector<QueryInspection> queries = m_controller.inspections();
    m_tickets.clear();
    m_costs.clear();
    m_open = 0;
    for (const QueryInspection &query : queries) {
        const std::optional<QuerySpec> spec = query.spec ? withStats(*query.spec) : std::nullopt;
        if (!spec)
            continue;
        m_costs << QString();
        ++m_open;
        m_tickets.push_back(m_ports.executor.submit(*spec, {Priority::Visible, AskedBy::User, 0ms}, this,
            [this, question = size_t(m_costs.size() - 1)](
                const Result<QueryResult> &answer) { measured(question, answer); }));
    }
    m_measure->setEnabled(m_open == 0);
    showText();
}

void QueryInspector::measured(size_t question, const Result<QueryResult> &answer)
{
    const MetricData *metrics = answer ? dataAs<MetricData>(*answer) : nullptr;
    m_costs[qsizetype(question)] = metrics
        ? tr("  server      %1").arg(costText(metrics->cost)) + u'\n'
            + tr("  here        %1").arg(answerText(*answer))
        : tr("  server      %1")
              .arg(answer ? tr("gave no metrics") : render::line(Untrusted(answer.error().message), 300));
    m_measure->setEnabled(--m_open == 0);
    showText();
}

void QueryInspector::showText()
{
    QString text;
    if (!m_costs.isEmpty()) {
        text = tr("Cost, asked once more in full and without our caches") + u'\n';
        qsizetype question = 0;
        for (const QueryInspection &query : m_controller.inspections()) {
            if (!query.spec || !withStats(*query.spec) || question >= m_costs.size())
                continue;
            text += (query.isPast ? tr("Query %1, compared with") : tr("Query %1")).arg(query.id) + u'\n';
            const QString &cost = m_costs[question++];
            text += (cost.isEmpty() ? tr("  asking …") : cost) + u'\n';
        }
        text += u'\n';
    }
    text += inspectionText(m_controller.inspections());
    if (text == m_text->toPlainText())
        return;
    const int at = m_text->verticalScrollBar()->value();
    m_text->setPlainText(text);
    m_text->verticalScrollBar()->setValue(at);
}

} // namespace bw
