// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/grafana/grafanaimport.h>

#include <domain/base/untrusted.h>

#include <QRegularExpression>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Text of a foreign file, inert in Markdown and on a terminal, on one line.
QString inert(const QString &text, int limit = 160)
{
    static const QRegularExpression special(u"([\\\\`*_{}\\[\\]<>#|~])"_s);
    return render::line(Untrusted(text), limit).replace(special, u"\\\\1"_s);
}

void addItem(QString &out, const ImportItem &item)
{
    out += u"- %1: %2 (%3)"_s.arg(inert(item.what), inert(item.why), effectText(item.effect));
    if (!item.path.isEmpty())
        out += u" — %1"_s.arg(inert(item.path, 120));
    out += u'\n';
}

} // namespace

QString effectText(ImportItem::Effect effect)
{
    return effect == ImportItem::Effect::None ? u"no effect"_s
        : effect == ImportItem::Effect::Looks ? u"looks different"_s
                                              : u"data differs"_s;
}

QString statusText(PanelImport::Status status)
{
    return status == PanelImport::Status::Full   ? u"full"_s
        : status == PanelImport::Status::Partial ? u"partial"_s
                                                 : u"placeholder"_s;
}

QByteArray importReport(const GrafanaImport &import)
{
    using Status = PanelImport::Status;
    QString out = u"# Import of %1\n\n"_s.arg(inert(import.dashboard.title));
    out += u"Schema %1. %2 panels: %3 as they were, %4 with differences, %5 as placeholders.\n"_s
               .arg(inert(import.schema))
               .arg(import.panels.size())
               .arg(import.count(Status::Full))
               .arg(import.count(Status::Partial))
               .arg(import.count(Status::Placeholder));
    const auto &leaves = import.leaves;
    out +=
        u"Of %1 values %2 are taken over, %3 make no difference here, %4 are named below.\n"_s.arg(leaves.all)
            .arg(leaves.used)
            .arg(leaves.known)
            .arg(leaves.reported);
    if (!import.items.empty()) {
        out += u"\n## The dashboard\n\n"_s;
        for (const ImportItem &item : import.items)
            addItem(out, item);
    }
    for (const Status status : {Status::Placeholder, Status::Partial, Status::Full}) {
        for (const PanelImport &panel : import.panels) {
            if (panel.status != status || (status == Status::Full && panel.items.empty()))
                continue;
            out += u"\n## %1 (%2): %3\n\n"_s.arg(
                panel.title.isEmpty() ? u"without a title"_s : inert(panel.title), inert(panel.id),
                statusText(panel.status));
            if (panel.from != panel.becomes)
                out += u"%1 became %2.\n\n"_s.arg(inert(panel.from), inert(panel.becomes));
            for (const ImportItem &item : panel.items)
                addItem(out, item);
        }
    }
    return out.toUtf8();
}

} // namespace bw
