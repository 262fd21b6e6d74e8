// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/jsonreader.h>

#include <nlohmann/json.hpp>

#include <vector>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using Json = nlohmann::json;

namespace {
/// Builds the tree and refuses a key that comes twice, which the library's own builder takes silently.
class StrictBuilder : public nlohmann::json_sax<Json>
{
public:
    explicit StrictBuilder(Json &root) { m_open.push_back(&root); }
    std::string problem;

    bool null() override { return put(nullptr); }
    bool boolean(bool v) override { return put(v); }
    bool number_integer(number_integer_t v) override { return put(v); }
    bool number_unsigned(number_unsigned_t v) override { return put(v); }
    bool number_float(number_float_t v, const string_t &) override { return put(v); }
    bool string(string_t &v) override { return put(std::move(v)); }
    bool binary(binary_t &) override { return false; }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t &name) override
    {
        if (m_open.back()->contains(name)) {
            problem = "ambiguous, \"" + name.substr(0, 80) + "\" comes twice";
            return false;
        }
        m_key = std::move(name);
        return true;
    }
    bool parse_error(std::size_t at, const std::string &, const nlohmann::detail::exception &) override
    {
        problem = "no valid JSON at byte " + std::to_string(at);
        return false;
    }

private:
    Json *place(Json value)
    {
        Json &top = *m_open.back();
        if (top.is_array()) {
            top.push_back(std::move(value));
            return &top.back();
        }
        if (top.is_object())
            return &(top[m_key] = std::move(value));
        top = std::move(value);
        return &top;
    }
    bool put(Json value)
    {
        place(std::move(value));
        return true;
    }
    bool open(Json value)
    {
        m_open.push_back(place(std::move(value)));
        return true;
    }
    bool close()
    {
        m_open.pop_back();
        return true;
    }
    std::vector<Json *> m_open;
    std::string m_key;
};
} // namespace

Result<JsonReader> JsonReader::parse(const QByteArray &body, const JsonLimits &limits)
{
    if (Result<void> guard = checkJson(body, limits); !guard)
        return tl::unexpected(std::move(guard.error()));
    auto root = std::make_shared<Json>();
    StrictBuilder builder(*root);
    if (!Json::sax_parse(body.cbegin(), body.cend(), &builder))
        return fail(
            Error::Kind::Decode, u"$: "_s + QString::fromStdString(builder.problem), bodyExcerpt(body));
    JsonReader reader;
    reader.m_value = root.get();
    reader.m_root = std::move(root);
    reader.m_path = u"$"_s;
    return reader;
}

bool JsonReader::isObject() const { return m_value->is_object(); }
bool JsonReader::isArray() const { return m_value->is_array(); }
bool JsonReader::isText() const { return m_value->is_string(); }
bool JsonReader::isNull() const { return m_value->is_null(); }

QStringList JsonReader::keys() const
{
    QStringList out;
    if (isObject()) {
        for (const auto &member : m_value->items())
            out << QString::fromStdString(member.key());
    }
    return out;
}

std::optional<JsonReader> JsonReader::find(const char *key) const
{
    if (!m_value->is_object())
        return std::nullopt;
    const auto at = m_value->find(key);
    if (at == m_value->end() || at->is_null())
        return std::nullopt;
    JsonReader inner = *this;
    inner.m_value = &*at;
    inner.m_path += u'.' + QLatin1String(key);
    return inner;
}

Result<JsonReader> JsonReader::field(const char *key) const
{
    if (!isObject())
        return expected("an object");
    if (auto inner = find(key))
        return std::move(*inner);
    return fail(Error::Kind::Decode, u"%1.%2 is missing"_s.arg(m_path, QLatin1String(key)));
}

Result<void> JsonReader::each(const std::function<Result<void>(const JsonReader &)> &on) const
{
    if (isNull())
        return {};
    if (!isArray())
        return expected("an array");
    JsonReader inner = *this;
    for (size_t i = 0; i < m_value->size(); ++i) {
        inner.m_value = &(*m_value)[i];
        inner.m_path = u"%1[%2]"_s.arg(m_path).arg(i);
        if (Result<void> read = on(inner); !read)
            return read;
    }
    return {};
}

Result<QString> JsonReader::text() const
{
    if (!isText())
        return expected("a string");
    return QString::fromStdString(m_value->get_ref<const std::string &>());
}

Result<bool> JsonReader::boolean() const
{
    if (!m_value->is_boolean())
        return expected("true or false");
    return m_value->get<bool>();
}

Result<double> JsonReader::number() const
{
    if (!m_value->is_number())
        return expected("a number");
    return m_value->get<double>();
}

Result<QString> JsonReader::textOf(const char *key) const
{
    const auto inner = find(key);
    return inner ? inner->text() : QString();
}

tl::unexpected<Error> JsonReader::expected(const char *what) const
{
    return fail(Error::Kind::Decode,
        u"%1: expected %2, found %3"_s.arg(m_path, QLatin1String(what), QLatin1String(m_value->type_name())));
}

} // namespace bw
