// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/format.h>

#include <domain/base/jsonwriter.h>

#include <cmath>

namespace bw {

namespace {

void appendString(QByteArray &out, QStringView text)
{
    out += '"';
    for (const char byte : text.toUtf8()) {
        const auto code = static_cast<unsigned char>(byte);
        switch (byte) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\t':
            out += "\\t";
            break;
        case '\r':
            out += "\\r";
            break;
        default:
            // A terminal may read this: no control byte leaves unescaped.
            if (code < 0x20 || code == 0x7f)
                out += "\\u" + QByteArray::number(code, 16).rightJustified(4, '0');
            else
                out += byte;
        }
    }
    out += '"';
}

} // namespace

void JsonWriter::separate()
{
    if (m_afterKey) {
        m_afterKey = false;
        return;
    }
    if (m_filled.empty())
        return;
    if (m_filled.back())
        m_out += ',';
    m_filled.back() = true;
    // One line for each entry near the root: readable, and small diffs.
    if (m_layout == Layout::Lines && m_filled.size() <= 2)
        m_out += '\n' + QByteArray(int(m_filled.size()) * 2, ' ');
}

JsonWriter &JsonWriter::beginObject()
{
    separate();
    m_out += '{';
    m_filled.push_back(false);
    return *this;
}

JsonWriter &JsonWriter::endObject()
{
    m_filled.pop_back();
    if (m_filled.empty() && m_layout == Layout::Lines)
        m_out += '\n';
    m_out += '}';
    return *this;
}

JsonWriter &JsonWriter::beginArray()
{
    separate();
    m_out += '[';
    m_filled.push_back(false);
    return *this;
}

JsonWriter &JsonWriter::endArray()
{
    m_filled.pop_back();
    m_out += ']';
    return *this;
}

JsonWriter &JsonWriter::key(QStringView name)
{
    separate();
    appendString(m_out, name);
    m_out += ": ";
    m_afterKey = true;
    return *this;
}

JsonWriter &JsonWriter::value(QStringView text)
{
    separate();
    appendString(m_out, text);
    return *this;
}

JsonWriter &JsonWriter::value(double number)
{
    if (!std::isfinite(number))
        return null();
    separate();
    m_out += formatExact(number).toUtf8();
    return *this;
}

JsonWriter &JsonWriter::value(qint64 number)
{
    separate();
    m_out += QByteArray::number(number);
    return *this;
}

JsonWriter &JsonWriter::value(Timestamp time) { return value(isoUtc(time)); }

JsonWriter &JsonWriter::value(const QStringList &list)
{
    beginArray();
    for (const QString &entry : list)
        value(entry);
    return endArray();
}

JsonWriter &JsonWriter::literal(const char *word)
{
    separate();
    m_out += word;
    return *this;
}

JsonWriter &JsonWriter::seconds(qint64 ns)
{
    separate();
    m_out += unixSeconds(Timestamp(Nanoseconds(ns)));
    return *this;
}

JsonWriter &JsonWriter::value(const Labels &labels)
{
    beginObject();
    for (const auto &[name, text] : labels.pairs())
        member(verbatim(name), verbatim(text));
    return endObject();
}

JsonWriter &JsonWriter::value(const Freshness &freshness, BootTime now)
{
    beginObject();
    member(u"state", stateName(freshness.state));
    key(u"asOf");
    if (freshness.lastGoodUtc)
        value(*freshness.lastGoodUtc);
    else
        null();
    key(u"ageSeconds");
    if (freshness.lastGood)
        value(double((now - *freshness.lastGood).count() / 1'000'000) / 1e3);
    else
        null();
    member(u"reason", freshness.reason);
    member(u"answered", freshness.answered);
    member(u"asked", freshness.asked);
    member(u"skewMs", qint64(freshness.skew.count()));
    return endObject();
}

JsonWriter &JsonWriter::value(const std::vector<Untrusted> &warnings)
{
    beginArray();
    for (const Untrusted &warning : warnings)
        value(verbatim(warning));
    return endArray();
}

JsonWriter &JsonWriter::value(const Error &error)
{
    beginObject().member(u"kind", kindName(error.kind)).member(u"message", error.message);
    return member(u"code", error.code).endObject();
}

QByteArray JsonWriter::take() { return std::exchange(m_out, {}) + '\n'; }

} // namespace bw
