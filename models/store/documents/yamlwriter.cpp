// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/yamlwriter.h>

#include <QLocale>
#include <QRegularExpression>
#include <QSet>

#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

/// Words that some reader takes for a boolean or for nothing.
bool isReserved(const QString &text)
{
    static const QSet<QString> words{
        u"null"_s, u"true"_s, u"false"_s, u"yes"_s, u"no"_s, u"on"_s, u"off"_s, u"y"_s, u"n"_s};
    return words.contains(text.toLower());
}

bool isPlain(const QString &text)
{
    static const QRegularExpression form(u"^[A-Za-z_$/][A-Za-z0-9_./$-]*( [A-Za-z0-9_./$-]+)*$"_s);
    // '$' of an expression also matches before a last line break.
    return !text.endsWith('\n'_L1) && form.match(text).hasMatch() && !isReserved(text);
}

/// True when the text can stand under "|" exactly as it is.
bool isBlock(const QString &text)
{
    if (!text.contains('\n'_L1) || text.startsWith(' '_L1) || text.startsWith('\n'_L1)
        || text.endsWith("\n\n"_L1))
        return false;
    for (const QString &line : text.split('\n'_L1)) {
        if (line.startsWith('\t'_L1) || line.endsWith(' '_L1)
            || (!line.isEmpty() && line.trimmed().isEmpty()))
            return false;
    }
    return std::all_of(text.begin(), text.end(), [](QChar c) {
        return c == '\n'_L1 || (c >= ' '_L1 && c.unicode() < 0x7f)
            || (c.unicode() >= 0xa0 && c.unicode() < 0x2000);
    });
}

QByteArray numberText(double value)
{
    if (std::isnan(value))
        return ".nan";
    if (std::isinf(value))
        return value < 0 ? "-.inf" : ".inf";
    QByteArray text = QByteArray::number(value, 'g', QLocale::FloatingPointShortest);
    // "5" would come back as an integer.
    if (!text.contains('.') && !text.contains('e'))
        text += ".0";
    return text;
}

} // namespace

QByteArray yamlText(const QString &value, YamlWriter::Quote quote)
{
    if (quote == YamlWriter::Quote::WhenNeeded && isPlain(value))
        return value.toUtf8();
    QString out = u"\""_s;
    for (const QChar c : value) {
        const ushort code = c.unicode();
        if (c == '"'_L1 || c == '\\'_L1)
            out += '\\'_L1 + c;
        else if (c == '\n'_L1)
            out += "\\n"_L1;
        else if (c == '\t'_L1)
            out += "\\t"_L1;
        else if (code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x2028 && code <= 0x2029)
            || code == 0xfeff)
            out += u"\\u%1"_s.arg(code, 4, 16, '0'_L1);
        else
            out += c;
    }
    return (out + u"\""_s).toUtf8();
}

QByteArray YamlWriter::indent()
{
    QByteArray spaces(m_level * 2, ' ');
    if (m_dash && m_level > 0)
        spaces[spaces.size() - 2] = '-';
    m_dash = false;
    return spaces;
}

void YamlWriter::line(const QString &key, const QByteArray &value)
{
    m_out += indent() + yamlText(key) + (value.isEmpty() ? ":" : ": ") + value + '\n';
}

void YamlWriter::text(const QString &key, const QString &value, Quote quote)
{
    if (quote == Quote::Always || !isBlock(value)) {
        line(key, yamlText(value, quote));
        return;
    }
    const bool ends = value.endsWith('\n'_L1);
    line(key, ends ? "|" : "|-");
    const QString body = ends ? value.chopped(1) : value;
    for (const QString &one : body.split('\n'_L1))
        m_out += one.isEmpty() ? QByteArray("\n") : QByteArray((m_level + 1) * 2, ' ') + one.toUtf8() + '\n';
}

void YamlWriter::textUnless(const QString &key, const QString &value, const QString &fallback)
{
    if (value != fallback)
        text(key, value);
}

void YamlWriter::integer(const QString &key, qint64 value) { line(key, QByteArray::number(value)); }
void YamlWriter::number(const QString &key, double value) { line(key, numberText(value)); }
void YamlWriter::boolean(const QString &key, bool value) { line(key, value ? "true" : "false"); }

void YamlWriter::begin(const QString &key)
{
    line(key, {});
    ++m_level;
}

void YamlWriter::beginItem()
{
    ++m_level;
    m_dash = true;
}

void YamlWriter::endItem()
{
    // An element that wrote nothing is an empty map.
    if (m_dash)
        m_out += indent() + "{}\n";
    --m_level;
}

void YamlWriter::texts(const QString &key, const QStringList &values, Quote quote)
{
    if (values.isEmpty())
        return;
    begin(key);
    for (const QString &value : values)
        m_out += indent() + "- " + yamlText(value, quote) + '\n';
    end();
}

void YamlWriter::textMap(const QString &key, const QMap<QString, QString> &values)
{
    if (values.isEmpty())
        return;
    begin(key);
    for (auto it = values.begin(); it != values.end(); ++it)
        text(it.key(), it.value(), Quote::Always);
    end();
}

namespace {

/// One value on one line: nested settings are short, and flow style keeps any key and any text apart.
QByteArray flow(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::Bool:
        return value.toBool() ? "true" : "false";
    case QMetaType::Int:
    case QMetaType::LongLong:
        return QByteArray::number(value.toLongLong());
    case QMetaType::Double:
        return numberText(value.toDouble());
    case QMetaType::QVariantList:
    case QMetaType::QStringList: {
        QByteArrayList parts;
        for (const QVariant &item : value.toList())
            parts.push_back(flow(item));
        return '[' + parts.join(", ") + ']';
    }
    case QMetaType::QVariantMap: {
        QByteArrayList parts;
        const QVariantMap map = value.toMap();
        for (auto it = map.begin(); it != map.end(); ++it)
            parts.push_back(yamlText(it.key()) + ": " + flow(it.value()));
        return '{' + parts.join(", ") + '}';
    }
    default:
        return value.isValid() ? yamlText(value.toString()) : QByteArray("null");
    }
}

} // namespace

void YamlWriter::variant(const QString &key, const QVariant &value)
{
    if (!value.isValid())
        return;
    const QVariantList list = value.typeId() == QMetaType::QVariantList ? value.toList() : QVariantList();
    const QVariantMap map = value.typeId() == QMetaType::QVariantMap ? value.toMap() : QVariantMap();
    if (!map.isEmpty()) {
        begin(key);
        for (auto it = map.begin(); it != map.end(); ++it)
            variant(it.key(), it.value());
        end();
    } else if (!list.isEmpty()) {
        begin(key);
        for (const QVariant &item : list)
            m_out += indent() + "- " + flow(item) + '\n';
        end();
    } else {
        line(key, flow(value));
    }
}

} // namespace bw
