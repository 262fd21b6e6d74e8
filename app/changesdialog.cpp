// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/format.h>
#include <widgets/base/safetext.h>
#include <widgets/panels/panelkinds.h>

#include <app/changesdialog.h>

#include <QDialogButtonBox>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

Panel listPanel(const QString &title)
{
    Panel panel;
    panel.id = u"changes"_s;
    panel.kind = u"list"_s;
    panel.title = title;
    PanelQuery query;
    query.id = query.type = u"changes"_s;
    panel.queries.push_back(query);
    return panel;
}

} // namespace

ChangesDialog::ChangesDialog(Timestamp at, const QString &service, const QTimeZone &zone, QWidget *parent)
    : QDialog(parent)
    , m_state(new PlainLabel(tr("Asking…"), this))
    , m_list(nullptr)
{
    setAttribute(Qt::WA_DeleteOnClose);
    const QString moment = toDateTime(at).toTimeZone(zone).toString(u"d MMM HH:mm:ss"_s);
    setWindowTitle(service.isEmpty()
            ? tr("What changed around %1").arg(moment)
            : tr("What changed in %1 around %2").arg(render::line(Untrusted(service), 60), moment));
    resize(720, 460);
    m_list = createPanelView(listPanel(windowTitle()), this);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_list, &PanelView::openRequested, this, &ChangesDialog::linkActivated);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(m_state);
    layout->addWidget(m_list, 1);
    layout->addWidget(buttons);
}

void ChangesDialog::show(const QueryResult &result, BootTime now, Timestamp utcNow)
{
    const PanelQuery query = listPanel({}).queries.front();
    PanelData shown;
    shown.now = now;
    shown.utcNow = utcNow;
    shown.parts.push_back({&query, result, {}});
    m_list->showData(shown);
    const FreshnessText text = describe(result.freshness, now);
    const bool isWell = result.freshness.state == Freshness::State::Fresh
        || result.freshness.state == Freshness::State::Empty;
    m_state->setText(isWell ? tr("Return opens the service of a line half an hour to both sides.")
                            : text.word + u": "_s + text.sentence);
}

} // namespace bw
