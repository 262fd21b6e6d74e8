// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/metrics/labels.h>

#include <QRegularExpression>

namespace bw {

/// One label matcher, `= != =~ !~`; regular expressions are anchored at both ends, as on the servers.
class Matcher
{
public:
    enum class Op : quint8 { Equal, NotEqual, Regex, NotRegex };
    /// Invalid when the expression does not compile or uses look-around or back-references, which RE2 lacks.
    [[nodiscard]] static Result<Matcher> create(QString name, Op op, QString value);
    /// `service=~"a.*"`.
    [[nodiscard]] static Result<Matcher> parse(QStringView text);

    /// A label that is absent has the empty value.
    bool matches(const Labels &labels) const;
    QString name() const { return m_name; }
    Op op() const { return m_op; }
    QString value() const { return m_value; }
    /// name="escaped value", as every server version reads it.
    QString text() const;
    bool operator==(const Matcher &other) const
    {
        return m_name == other.m_name && m_op == other.m_op && m_value == other.m_value;
    }

private:
    QString m_name, m_value;
    Op m_op = Op::Equal;
    QRegularExpression m_regex;
};

} // namespace bw
