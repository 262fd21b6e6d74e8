// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/sloreading.h>

#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace bw {

bool finishSlo(Slo &slo, const YamlNode &at, YamlReport &report)
{
    slo.file = report.file();
    slo.line = at.line;
    slo.target = roundedTarget(slo.target);
    if (slo.title.isEmpty())
        slo.title = slo.id;
    if (slo.owner.isEmpty())
        slo.owner = ownerIn(slo.labels);
    const SloQueries queries = queriesOf(slo);
    bool usable = !slo.id.isEmpty();
    for (const QString &expression : {queries.bad, queries.good, queries.total, queries.ratio}) {
        if (const QString wrong = unbalanced(expression); !wrong.isEmpty()) {
            report.error(at, u"%1: %2"_s.arg(slo.id, wrong));
            usable = false;
        }
    }
    for (const SloRemark &remark : check(slo)) {
        const QString text = u"%1: %2"_s.arg(slo.id, remark.text);
        if (remark.isError)
            report.error(at, text);
        else
            report.warning(at, text);
        usable = usable && !remark.isError;
    }
    return usable;
}

std::optional<double> numberIn(const YamlNode *node)
{
    if (!node || node->kind != YamlNode::Kind::Scalar)
        return {};
    bool ok = false;
    const double value = node->text.trimmed().toDouble(&ok);
    return ok && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

QString unbalanced(const QString &expression)
{
    QString open;
    QChar quote;
    for (qsizetype i = 0; i < expression.size(); ++i) {
        const QChar c = expression[i];
        if (!quote.isNull()) {
            if (c == u'\\' && quote != u'`')
                ++i;
            else if (c == quote)
                quote = QChar();
            continue;
        }
        if (c == u'"' || c == u'\'' || c == u'`') {
            quote = c;
        } else if (c == u'#') {
            const qsizetype end = expression.indexOf(u'\n', i);
            i = end < 0 ? expression.size() : end;
        } else if (c == u'(' || c == u'[' || c == u'{') {
            open += c;
        } else if (c == u')' || c == u']' || c == u'}') {
            const QChar wanted = c == u')' ? u'(' : c == u']' ? u'[' : u'{';
            if (!open.endsWith(wanted))
                return u"the expression has '%1' without '%2' before it"_s.arg(c).arg(wanted);
            open.chop(1);
        }
    }
    if (!quote.isNull())
        return u"the expression has a text that does not end (%1)"_s.arg(quote);
    return open.isEmpty() ? QString() : u"the expression has '%1' that is not closed"_s.arg(open.back());
}

const YamlNode &childOf(const YamlNode &node, QStringView key)
{
    static const YamlNode kNone;
    const YamlNode *child = node.find(key);
    return child ? *child : kNone;
}

QString ownerIn(const QMap<QString, QString> &labels)
{
    for (const QString &name : {u"owner"_s, u"team"_s, u"squad"_s}) {
        if (const QString owner = labels.value(name); !owner.isEmpty())
            return owner;
    }
    return {};
}

QMap<QString, QString> looseLabels(const YamlNode *node)
{
    QMap<QString, QString> labels;
    if (!node)
        return labels;
    for (const YamlEntry &entry : node->entries) {
        QStringList parts;
        for (const YamlNode &item : entry.value.items)
            parts += item.text;
        labels.insert(
            entry.key, entry.value.kind == YamlNode::Kind::List ? parts.join(u", "_s) : entry.value.text);
    }
    return labels;
}

double roundedTarget(double target) { return std::round(target * 1e8) / 1e8; }

} // namespace bw
