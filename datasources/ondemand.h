// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/jsonguard.h>
#include <domain/base/untrusted.h>

#include <simdjson.h>

#include <optional>
#include <string_view>
#include <unordered_set>

namespace bw::od {

/// Checked reading of simdjson On-Demand values for the decoders of this folder: every access returns a
/// Result, the path to the bad place is put together while the error travels up, and a key that comes twice
/// in one object is an error. Values are read once, in the order of the text; string views live as long as
/// the parser. Exceptions are not used.
using Value = simdjson::ondemand::value;
using simdjson::ondemand::json_type;

inline tl::unexpected<Error> bad(const QString &what) { return fail(Error::Kind::Decode, what); }

/// "data.result" + "[3]" → "data.result[3]: …"; errors begin with their path.
inline Error under(const QString &step, Error error)
{
    if (error.kind != Error::Kind::Decode && error.kind != Error::Kind::TooLarge)
        return error;
    const bool joined = error.message.startsWith(u'[') || error.message.startsWith(u':');
    error.message = step + (joined ? QString() : QStringLiteral(".")) + error.message;
    return error;
}

inline QString typeName(Value &value)
{
    json_type type;
    if (value.type().get(type) != simdjson::SUCCESS)
        return QStringLiteral("something unreadable");
    switch (type) {
    case json_type::array:
        return QStringLiteral("an array");
    case json_type::object:
        return QStringLiteral("an object");
    case json_type::number:
        return QStringLiteral("a number");
    case json_type::string:
        return QStringLiteral("a string");
    case json_type::boolean:
        return QStringLiteral("a boolean");
    case json_type::null:
        break;
    }
    return QStringLiteral("null");
}

inline tl::unexpected<Error> expected(const char *what, Value &value)
{
    return bad(QStringLiteral(": expected %1, found %2").arg(QLatin1String(what), typeName(value)));
}

inline bool isNull(Value &value)
{
    json_type type;
    return value.type().get(type) == simdjson::SUCCESS && type == json_type::null;
}

inline QString toQString(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

/// Finds keys that come twice, without allocating for the small objects that answers are made of.
class SeenKeys
{
public:
    bool add(std::string_view key)
    {
        if (m_count < kFew) {
            for (size_t i = 0; i < m_count; ++i) {
                if (m_few[i] == key)
                    return false;
            }
            m_few[m_count++] = key;
            return true;
        }
        if (m_many.empty())
            m_many.insert(m_few, m_few + kFew);
        return m_many.insert(key).second;
    }

private:
    static constexpr size_t kFew = 24;
    std::string_view m_few[kFew];
    size_t m_count = 0;
    std::unordered_set<std::string_view> m_many;
};

/// Calls `on(key, value)` → Result<void> for each member; what it does not read is skipped.
template<typename F> [[nodiscard]] Result<void> eachField(Value value, F on)
{
    simdjson::ondemand::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS)
        return expected("an object", value);
    SeenKeys seen;
    for (auto item : object) {
        simdjson::ondemand::field field;
        if (const auto code = std::move(item).get(field); code != simdjson::SUCCESS)
            return bad(QStringLiteral(": ") + QLatin1String(simdjson::error_message(code)));
        std::string_view key;
        if (field.unescaped_key().get(key) != simdjson::SUCCESS)
            return bad(QStringLiteral(": a key has a bad escape"));
        if (!seen.add(key))
            return bad(QStringLiteral(": ambiguous, \"%1\" comes twice").arg(toQString(key.substr(0, 80))));
        if (Result<void> read = on(key, field.value()); !read)
            return tl::unexpected(under(toQString(key.substr(0, 80)), std::move(read.error())));
    }
    return {};
}

/// Calls `on(index, value)` → Result<void> for each element; null is an empty array.
template<typename F> [[nodiscard]] Result<void> eachItem(Value value, F on)
{
    if (isNull(value))
        return {};
    simdjson::ondemand::array array;
    if (value.get_array().get(array) != simdjson::SUCCESS)
        return expected("an array", value);
    size_t index = 0;
    for (auto item : array) {
        Value element;
        if (const auto code = std::move(item).get(element); code != simdjson::SUCCESS)
            return bad(
                QStringLiteral("[%1]: %2").arg(index).arg(QLatin1String(simdjson::error_message(code))));
        if (Result<void> read = on(index, element); !read)
            return tl::unexpected(under(QStringLiteral("[%1]").arg(index), std::move(read.error())));
        ++index;
    }
    return {};
}

[[nodiscard]] inline Result<std::string_view> text(Value value)
{
    json_type type;
    if (value.type().get(type) != simdjson::SUCCESS || type != json_type::string)
        return expected("a string", value);
    std::string_view out;
    if (value.get_string().get(out) != simdjson::SUCCESS)
        return bad(QStringLiteral(": a string has a bad escape"));
    return out;
}

[[nodiscard]] inline Result<double> number(Value value)
{
    double out = 0;
    if (value.get_double().get(out) != simdjson::SUCCESS)
        return expected("a number", value);
    return out;
}

[[nodiscard]] inline Result<bool> boolean(Value value)
{
    bool out = false;
    if (value.get_bool().get(out) != simdjson::SUCCESS)
        return expected("true or false", value);
    return out;
}

/// The text of a number as it stands in the answer.
[[nodiscard]] inline Result<std::string_view> numberText(Value value)
{
    json_type type;
    if (value.type().get(type) != simdjson::SUCCESS || type != json_type::number)
        return expected("a number", value);
    return value.raw_json_token();
}

/// Writes what was read into `out`, or returns the error.
template<typename T, typename U> [[nodiscard]] Result<void> into(Result<T> read, U &out)
{
    if (!read)
        return tl::unexpected(std::move(read.error()));
    out = U(*read);
    return {};
}
[[nodiscard]] inline Result<void> into(const Result<std::string_view> &read, QString &out)
{
    if (!read)
        return tl::unexpected(read.error());
    out = toQString(*read);
    return {};
}
[[nodiscard]] inline Result<void> into(const Result<std::string_view> &read, Untrusted &out)
{
    if (!read)
        return tl::unexpected(read.error());
    out = Untrusted(toQString(*read));
    return {};
}

/// Guards the body, parses it and hands the root to `read`. The error names the path, and its detail holds
/// the first 2 KiB.
template<typename F>
[[nodiscard]] Result<void> readDocument(const QByteArray &body, const JsonLimits &limits, F read)
{
    if (Result<void> guard = checkJson(body, limits); !guard)
        return guard;
    const QByteArray safe = padded(body);
    simdjson::ondemand::parser parser;
    simdjson::ondemand::document document;
    const simdjson::padded_string_view view(
        safe.constData(), size_t(safe.size()), size_t(safe.size()) + simdjson::SIMDJSON_PADDING);
    Result<void> done;
    simdjson::ondemand::value root;
    if (const auto code = parser.iterate(view).get(document); code != simdjson::SUCCESS)
        done = bad(QString::fromLatin1(simdjson::error_message(code)));
    else if (document.get_value().get(root) != simdjson::SUCCESS)
        done = bad(QStringLiteral("expected an object or an array, found a single value"));
    else
        done = read(root);
    if (!done) {
        if (done.error().message.startsWith(u": "))
            done.error().message.remove(0, 2);
        if (done.error().detail.isEmpty() && done.error().kind == Error::Kind::Decode)
            done.error().detail = bodyExcerpt(body);
    }
    return done;
}

} // namespace bw::od
