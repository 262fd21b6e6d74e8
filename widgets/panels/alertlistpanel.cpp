// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/alerts/alertlistview.h>
#include <widgets/panels/panelkinds.h>
#include <widgets/panels/panelvalues.h>

#include <QVBoxLayout>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

/// A clock that says what the last PanelData said: a replay's panel must not read the wall clock.
class DataClock final : public Clock
{
public:
    Timestamp utcNow() const override { return utc; }
    BootTime bootNow() const override { return boot; }
    Timestamp utc;
    BootTime boot;
};

/// The merged alert list of every source, most urgent first.
class AlertListPanel final : public PanelView
{
public:
    AlertListPanel(const Panel &panel, QWidget *parent)
        : PanelView(parent)
        , m_list(new AlertListView(m_clock, this))
    {
        auto *layout = new QVBoxLayout(this);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->addWidget(m_list);
        if (panel.options.value(u"show"_s) == u"all"_s)
            m_list->setShow(AlertListView::Show::All);
        connect(m_list, &AlertListView::alertActivated, this, &PanelView::alertActivated);
    }

    void showData(const PanelData &fresh) override
    {
        m_clock.boot = fresh.now;
        m_clock.utc = fresh.utcNow;
        std::vector<Freshness> states;
        std::vector<std::shared_ptr<const QueryData>> sources;
        for (const PanelData::Part &part : fresh.parts) {
            states.push_back(part.result.freshness);
            sources.push_back(part.result.data);
        }
        const Freshness freshness = combined(states);
        if (sources == m_sources) { // an unchanged list is handed out as the same object, round after round
            m_list->setFreshness(freshness);
            return;
        }
        std::vector<Alert> alerts;
        for (const PanelData::Part &part : fresh.parts) {
            if (const auto *list = dataAs<std::vector<Alert>>(part.result))
                alerts.insert(alerts.end(), list->begin(), list->end());
        }
        m_sources = std::move(sources);
        m_list->setAlerts(std::move(alerts), freshness);
    }

    void showNow(BootTime now, Timestamp utcNow) override
    {
        m_clock.boot = now;
        m_clock.utc = utcNow;
        m_list->beat();
    }

    QRect dataRect() const override
    {
        // The counts above the list say it in words; the list itself is dimmed or says "none".
        return m_list->listRect();
    }

    bool hasCsv() const override { return true; }
    QString toCsv() const override { return m_list->toCsv(); }

private:
    DataClock m_clock;
    AlertListView *m_list;
    std::vector<std::shared_ptr<const QueryData>> m_sources;
};

} // namespace

PanelKind alertListPanelKind()
{
    return {u"alerts"_s, AlertListPanel::tr("Alerts"),
        {optionField(u"show"_s, AlertListPanel::tr("Show"), FieldSpec::Kind::Choice, u"active"_s,
            {u"active"_s, u"all"_s})},
        [](const Panel &panel, QWidget *parent) -> PanelView * { return new AlertListPanel(panel, parent); }};
}

} // namespace bw
