// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/traces/tracesearchview.h>

#include <domain/base/format.h>
#include <domain/traces/tracefilter.h>
#include <domain/traces/tracesearchtext.h>
#include <items/signaturemodel.h>
#include <items/tracelistmodel.h>
#include <widgets/base/safetext.h>
#include <widgets/base/tables.h>
#include <widgets/base/theme.h>
#include <widgets/traces/tonedelegate.h>
#include <widgets/traces/tracescatter.h>
#include <widgets/traces/tracestyle.h>

#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

QComboBox *nameBox(const QString &placeholder, QWidget *parent)
{
    auto *box = new QComboBox(parent);
    box->setEditable(true);
    box->setInsertPolicy(QComboBox::NoInsert);
    box->lineEdit()->setPlaceholderText(placeholder);
    box->setAccessibleName(placeholder);
    box->setMinimumContentsLength(14);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->completer()->setFilterMode(Qt::MatchContains);
    box->completer()->setCompletionMode(QCompleter::PopupCompletion);
    return box;
}

QLineEdit *field(const QString &placeholder, int characters, QWidget *parent)
{
    auto *line = new QLineEdit(parent);
    line->setPlaceholderText(placeholder);
    line->setAccessibleName(placeholder);
    if (characters > 0)
        line->setMaximumWidth(line->fontMetrics().averageCharWidth() * characters + 24);
    return line;
}

} // namespace

TraceSearchView::TraceSearchView(DashboardPorts ports, TimeNavigator &time, QWidget *parent)
    : QWidget(parent)
    , m_ports(ports)
    , m_time(time)
    , m_state(new PlainLabel(this))
    , m_scatter(new TraceScatter(this))
    , m_lists(new QStackedWidget(this))
    , m_list(new QTableView(this))
    , m_groups(new QTableView(this))
    , m_model(new TraceListModel(this))
    , m_signatures(new SignatureModel(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeForm());
    layout->addWidget(makeResults(), 1);
    connect(&ports.sources, &SourceBoard::changed, this, &TraceSearchView::updateSources);
    connect(&time, &TimeNavigator::rangeChanged, this, [this] {
        if (isVisible() && m_wasShown)
            run();
    });
    connect(&time, &TimeNavigator::reloadRequested, this, [this] {
        if (isVisible())
            run();
    });
    updateSources();
}

TraceSearchView::~TraceSearchView() = default;

QWidget *TraceSearchView::makeForm()
{
    auto *form = new QWidget(this);
    m_source = new QComboBox(form);
    m_source->setAccessibleName(tr("Source"));
    m_service = nameBox(tr("any service"), form);
    m_operation = nameBox(tr("any operation"), form);
    m_attributes = field(tr("attributes: key=value key2=\"two words\""), 0, form);
    m_min = field(tr("at least 100ms"), 14, form);
    m_max = field(tr("at most 2s"), 14, form);
    m_limit = field(tr("limit 50"), 8, form);
    m_errors = new QCheckBox(tr("Failed only"), form);
    m_traceql =
        field(tr("TraceQL, instead of the fields above: { status = error && span.http.route = \"/pay\" }"), 0,
            form);
    m_id = field(tr("or paste a trace id"), 34, form);
    m_id->setMinimumWidth(m_id->maximumWidth());
    m_go = new QPushButton(tr("Search"), form);
    m_go->setDefault(true);
    m_grouped = new QCheckBox(tr("Group failures"), form);
    setTip(m_grouped, tr("By root operation, deepest failing span and exception"));
    m_state->setElideMode(Qt::ElideRight);

    auto *first = new QHBoxLayout;
    for (QWidget *widget : std::initializer_list<QWidget *>{m_source, m_service, m_operation})
        first->addWidget(widget);
    first->addWidget(m_attributes, 1);
    auto *second = new QHBoxLayout;
    for (QWidget *widget : std::initializer_list<QWidget *>{m_min, m_max, m_limit, m_errors, m_go})
        second->addWidget(widget);
    second->addStretch(1);
    second->addWidget(m_id);
    auto *third = new QHBoxLayout;
    third->addWidget(m_state, 1);
    third->addWidget(m_grouped);
    auto *column = new QVBoxLayout(form);
    column->setContentsMargins(10, 8, 10, 4);
    column->setSpacing(6);
    column->addLayout(first);
    column->addWidget(m_traceql);
    column->addLayout(second);
    column->addLayout(third);

    connect(m_go, &QPushButton::clicked, this, &TraceSearchView::run);
    for (QLineEdit *line :
        {m_service->lineEdit(), m_operation->lineEdit(), m_attributes, m_min, m_max, m_limit, m_traceql})
        connect(line, &QLineEdit::returnPressed, this, &TraceSearchView::run);
    connect(m_id, &QLineEdit::returnPressed, this, &TraceSearchView::openText);
    connect(m_errors, &QCheckBox::toggled, this, &TraceSearchView::run);
    connect(m_grouped, &QCheckBox::toggled, this, [this](bool on) { m_lists->setCurrentIndex(on ? 1 : 0); });
    connect(m_source, &QComboBox::currentIndexChanged, this, [this] {
        const SourceInfo *info = m_ports.sources.find({m_source->currentData().toString()});
        m_traceql->setVisible(info && info->kind == "tempo"_L1);
        m_service->clear();
        m_operation->clear();
        m_service->setCurrentText({});
        askNames({});
    });
    connect(m_service->lineEdit(), &QLineEdit::editingFinished, this,
        [this] { askNames(m_service->currentText().trimmed()); });
    connect(m_service, &QComboBox::textActivated, this,
        [this](const QString &name) { askNames(name.trimmed()); });
    return form;
}

QWidget *TraceSearchView::makeResults()
{
    m_list->setModel(m_model);
    m_list->setItemDelegate(new ToneDelegate(-1, m_list));
    dressTable(*m_list);
    m_list->setSortingEnabled(true);
    m_list->setAccessibleName(tr("Found traces"));
    QHeaderView *header = m_list->horizontalHeader();
    header->setSectionResizeMode(TraceListModel::Root, QHeaderView::Stretch);
    header->setSortIndicator(TraceListModel::When, Qt::DescendingOrder);
    const auto wide = [this](const QString &text) { return fontMetrics().horizontalAdvance(text) + 24; };
    m_list->setColumnWidth(TraceListModel::When, wide(u"00-00 00:00:00.000"_s));
    m_list->setColumnWidth(TraceListModel::Duration, wide(u"000.00 ms"_s));
    m_list->setColumnWidth(TraceListModel::Spans, wide(u"00000"_s));
    m_list->setColumnWidth(TraceListModel::Errors, wide(u"Failed "_s));
    m_list->setColumnWidth(TraceListModel::Services, 260);
    m_groups->setModel(m_signatures);
    m_groups->setItemDelegate(new ToneDelegate(-1, m_groups));
    dressTable(*m_groups);
    m_groups->setAccessibleName(tr("Groups of failed traces"));
    m_groups->horizontalHeader()->setSectionResizeMode(SignatureModel::Root, QHeaderView::Stretch);
    m_groups->horizontalHeader()->setSectionResizeMode(SignatureModel::Failed, QHeaderView::Stretch);
    m_groups->setColumnWidth(SignatureModel::Exception, 200);
    m_groups->setColumnWidth(SignatureModel::Newest, wide(u"00-00 00:00:00"_s));
    m_groups->setColumnWidth(SignatureModel::Durations, wide(u"000 ms – 000 ms"_s));
    m_lists->addWidget(m_list);
    m_lists->addWidget(m_groups);
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->addWidget(m_scatter);
    splitter->addWidget(m_lists);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({150, 500});

    connect(m_list, &QTableView::activated, this,
        [this](const QModelIndex &index) { open(m_model->at(index.row()), 0); });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex &index) {
            if (index.isValid())
                m_scatter->setCurrent(m_model->at(index.row()).id);
        });
    connect(m_groups, &QTableView::activated, this, [this](const QModelIndex &index) {
        const SignatureGroup &group = m_signatures->at(index.row());
        if (!group.samples.empty())
            open(group.samples.front(), group.samples.front().failedSpan);
    });
    connect(m_scatter, &TraceScatter::traceChosen, this, [this](const TraceId &id) {
        m_grouped->setChecked(false);
        m_list->setCurrentIndex(m_model->index(m_model->rowOf(id), 0));
        m_list->setFocus();
    });
    connect(m_scatter, &TraceScatter::rangeSelected, &m_time, &TimeNavigator::zoom);
    return splitter;
}

void TraceSearchView::focusFirst() { m_service->setFocus(); }

QString TraceSearchView::source() const { return m_source->currentData().toString(); }

void TraceSearchView::updateSources()
{
    QStringList ids;
    for (const SourceInfo *info : m_ports.sources.traceSources())
        ids += info->id.id;
    QStringList shown;
    for (int i = 0; i < m_source->count(); ++i)
        shown += m_source->itemData(i).toString();
    if (ids == shown && !(ids.isEmpty() && m_state->text().isEmpty()))
        return;
    const QString before = source();
    {
        const QSignalBlocker quiet(m_source);
        m_source->clear();
        for (const SourceInfo *info : m_ports.sources.traceSources())
            m_source->addItem(render::line(Untrusted(info->title), 60), info->id.id);
        m_source->setCurrentIndex(std::max(0, m_source->findData(before)));
    }
    m_go->setEnabled(!ids.isEmpty());
    if (ids.isEmpty())
        tell(tr("No source of traces is configured. Add one of kind jaeger, tempo or zipkin to "
                "bridgewatch.yaml, "
                "or open a file of traces (Ctrl+O)."),
            false);
    else if (source() != before)
        emit m_source->currentIndexChanged(m_source->currentIndex());
}

void TraceSearchView::askNames(const QString &service)
{
    if (source().isEmpty() || !isVisible())
        return;
    QComboBox *box = service.isEmpty() ? m_service : m_operation;
    (service.isEmpty() ? m_services : m_operations) = m_ports.executor.submit(
        {{source()}, TraceNamesQuery{service}}, {.priority = Priority::Background, .maxAge = 60s}, this,
        [this, box](const Result<QueryResult> &answer) {
            const auto *names = answer ? dataAs<LabelValues>(*answer) : nullptr;
            if (!names)
                return; // the names are a help, what is typed works without
            const QString typed = box->currentText();
            QStringList list;
            for (const Untrusted &name : names->values)
                list += render::line(name, 200);
            list.sort(Qt::CaseInsensitive);
            box->clear();
            box->addItems(list);
            box->setCurrentIndex(-1);
            box->setCurrentText(typed);
            if (box == m_service)
                respell();
        });
}

/// A service of metrics or alerts by the name traces have for it; as it is while the names are not known.
QString TraceSearchView::spelled(const QString &service)
{
    QStringList names;
    for (int i = 0; i < m_service->count(); ++i)
        names += m_service->itemText(i);
    const IdentityMatch match = matchIdentity(service, names, m_ports.aliases());
    m_foreign = names.isEmpty() ? service : QString();
    setTip(m_service, describeMatch(service, match));
    return match.how == IdentityMatch::How::None ? service : match.value;
}

/// The names have come: a search that ran with another spelling is run again.
void TraceSearchView::respell()
{
    const QString wanted = std::exchange(m_foreign, QString());
    if (wanted.isEmpty() || m_service->currentText() != wanted)
        return;
    const QString here = spelled(wanted);
    m_foreign.clear();
    if (here == wanted)
        return;
    const bool wasProposed = m_proposed == wanted;
    m_service->setCurrentText(here);
    if (wasProposed)
        m_proposed = here;
    if (m_asked != TimeRange{})
        run();
}

void TraceSearchView::propose(const QString &service)
{
    const QString present = m_service->currentText();
    if (!present.isEmpty() && present != m_proposed)
        return;
    m_proposed = spelled(service);
    m_service->setCurrentText(m_proposed);
}

TraceSearchFields TraceSearchView::fields() const
{
    return {m_service->currentText(), m_operation->currentText(), m_attributes->text(), m_min->text(),
        m_max->text(), m_traceql->isHidden() ? QString() : m_traceql->text(), m_limit->text(),
        m_errors->isChecked()};
}

void TraceSearchView::search(const QString &source, const TraceSearch &search)
{
    if (const int at = m_source->findData(source); at >= 0)
        m_source->setCurrentIndex(at);
    m_service->setCurrentText(spelled(search.service));
    m_operation->setCurrentText(search.operation);
    QStringList attributes;
    for (auto at = search.attributes.begin(); at != search.attributes.end(); ++at)
        attributes += quotedTerm(at.key()) + u'=' + quotedTerm(at.value());
    m_attributes->setText(attributes.join(u' '));
    m_min->setText(search.minDuration ? spanDurationText(*search.minDuration) : QString());
    m_max->setText(search.maxDuration ? spanDurationText(*search.maxDuration) : QString());
    m_traceql->setText(search.traceql);
    {
        const QSignalBlocker quiet(m_errors);
        m_errors->setChecked(search.errorsOnly);
    }
    if (search.range != TimeRange{} && search.range != m_time.range())
        m_time.zoom(search.range); // runs the search when this is on screen
    run();
}

void TraceSearchView::run()
{
    if (source().isEmpty())
        return;
    const Result<TraceSearch> wanted = searchFrom(fields(), m_time.range());
    if (!wanted)
        return tell(wanted.error().message, true);
    m_isAsking = true;
    m_asked = wanted->range;
    m_askedSource = source();
    tell(tr("asking %1…").arg(source()), false);
    m_ticket = m_ports.executor.submit({{source()}, *wanted}, {.askedBy = AskedBy::User}, this,
        [this](const Result<QueryResult> &answer) { take(answer); });
}

void TraceSearchView::take(const Result<QueryResult> &answer)
{
    m_isAsking = false;
    const auto *found = answer ? dataAs<TraceSummaries>(*answer) : nullptr;
    if (!found) {
        const QString reason = answer ? tr("the answer is no list of traces") : answer.error().message;
        // What was found before stays in the list; the line says that it is old.
        return tell(
            m_found.traces.empty() ? reason : tr("%1 — below is what was found before").arg(reason), true);
    }
    QStringList words;
    words += found->traces.empty()
        ? tr("no trace matches in %1").arg(describe(absolute(m_asked), m_ports.clock.utcNow(), m_time.zone()))
        : counted(int(found->traces.size()), tr("trace"), tr("traces"));
    words += tr("from %1, asked at %2")
                 .arg(m_askedSource,
                     toDateTime(m_ports.clock.utcNow()).toTimeZone(m_time.zone()).toString(u"HH:mm:ss"_s));
    m_foundSource = m_askedSource;
    if (answer->freshness.state == Freshness::State::Partial)
        words += tr("the server says it is not everything");
    for (const Untrusted &warning : answer->warnings)
        words += render::line(warning, 200);
    if (!found->note.isEmpty())
        words += found->note;
    showTraces(*found, words.join(u" · "_s));
}

void TraceSearchView::showTraces(const TraceSummaries &found, const QString &state)
{
    m_found = found;
    const QModelIndex current = m_list->currentIndex();
    const TraceId kept = current.isValid() ? m_model->at(current.row()).id : TraceId();
    m_model->setZone(m_time.zone());
    m_model->setTraces(found.traces);
    m_signatures->setZone(m_time.zone());
    std::vector<TraceSummary> failed;
    for (const TraceSummary &trace : found.traces) {
        if (trace.errors.value_or(m_errors->isChecked() ? 1 : 0) > 0)
            failed.push_back(trace);
    }
    m_signatures->setGroups(groupedBySignature(failed));
    m_scatter->setTraces(found.traces, m_asked, m_time.zone());
    if (const int row = std::max(0, m_model->rowOf(kept)); row < m_model->rowCount())
        m_list->setCurrentIndex(m_model->index(row, 0));
    tell(state, false);
}

void TraceSearchView::tell(const QString &text, bool isFailure)
{
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, isFailure ? themeOf(this).critical : themeOf(this).textDim);
    m_state->setPalette(colors);
    m_state->setText(text);
}

void TraceSearchView::open(const TraceSummary &trace, SpanId span)
{
    emit linkActivated(TraceLink{
        m_foundSource, trace.id, TimeRange{trace.start - 1min, trace.start + trace.duration + 1min}, span});
}

void TraceSearchView::openText()
{
    if (const auto id = TraceId::fromHex(m_id->text().trimmed()))
        emit linkActivated(TraceLink{source(), *id, {}, 0});
    else
        tell(tr("\"%1\" is no trace id: up to 32 hexadecimal digits").arg(m_id->text().trimmed()), true);
}

void TraceSearchView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (!std::exchange(m_wasShown, true))
        askNames({});
}

void TraceSearchView::runIfOutdated()
{
    // A range that moves with the clock is a little later every time.
    const TimeRange now = m_time.range();
    const bool isNear =
        std::chrono::abs(now.begin - m_asked.begin) < 30s && std::chrono::abs(now.end - m_asked.end) < 30s;
    if (!m_isAsking && !isNear)
        run();
}

} // namespace bw
