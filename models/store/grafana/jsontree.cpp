// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/grafana/jsontree.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

const JsonNode kMissing;

/// Builds the tree from the parser's events; refuses depth before it costs a stack.
class Builder : public nlohmann::json_sax<nlohmann::json>
{
public:
    explicit Builder(QStringList &repeated)
        : m_repeated(repeated)
    {
    }
    bool null() override
    {
        return add(JsonNode::Kind::Null, [](JsonNode &) {});
    }
    bool boolean(bool value) override
    {
        return add(JsonNode::Kind::Bool, [&](JsonNode &node) { node.flag = value; });
    }
    bool number_integer(number_integer_t value) override
    {
        return number(double(value), QString::number(value));
    }
    bool number_unsigned(number_unsigned_t value) override
    {
        return number(double(value), QString::number(value));
    }
    bool number_float(number_float_t value, const string_t &digits) override
    {
        return number(value, QString::fromStdString(digits));
    }
    bool string(string_t &value) override
    {
        return add(JsonNode::Kind::Text, [&](JsonNode &node) { node.text = QString::fromStdString(value); });
    }
    bool binary(binary_t &) override { return false; }
    bool start_object(std::size_t) override { return open(JsonNode::Kind::Map); }
    bool start_array(std::size_t) override { return open(JsonNode::Kind::List); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t &name) override
    {
        m_keys.back() = QString::fromStdString(name);
        return true;
    }
    bool parse_error(std::size_t position, const std::string &, const nlohmann::detail::exception &) override
    {
        m_problem = u"no JSON at byte %1"_s.arg(position);
        return false;
    }

    JsonNode root;
    QString m_problem;

private:
    bool number(double value, const QString &digits)
    {
        return add(JsonNode::Kind::Number, [&](JsonNode &node) {
            node.number = value;
            node.text = digits;
        });
    }
    template<typename Fill> bool add(JsonNode::Kind kind, Fill fill)
    {
        JsonNode node;
        node.kind = kind;
        fill(node);
        return place(std::move(node));
    }
    bool open(JsonNode::Kind kind)
    {
        if (m_open.size() >= size_t(kJsonMaxDepth)) {
            m_problem = u"more than %1 levels of nesting"_s.arg(kJsonMaxDepth);
            return false;
        }
        m_open.emplace_back().kind = kind;
        m_keys.emplace_back();
        return true;
    }
    bool close()
    {
        JsonNode done = std::move(m_open.back());
        m_open.pop_back();
        m_keys.pop_back();
        return place(std::move(done));
    }
    bool place(JsonNode node)
    {
        if (m_open.empty()) {
            root = std::move(node);
            return true;
        }
        JsonNode &into = m_open.back();
        if (into.kind == JsonNode::Kind::List) {
            into.items.push_back(std::move(node));
            return true;
        }
        const QString &key = m_keys.back();
        if (const qsizetype at = into.keys.indexOf(key); at >= 0) {
            m_repeated << key;
            into.items[size_t(at)] = std::move(node);
            return true;
        }
        // A map is searched linearly: what a dashboard has is small, what is not small is no dashboard.
        if (into.keys.size() >= 2'000) {
            m_problem = u"an object with more than 2000 members"_s;
            return false;
        }
        into.keys.push_back(key);
        into.items.push_back(std::move(node));
        return true;
    }

    QStringList &m_repeated;
    std::vector<JsonNode> m_open;
    QStringList m_keys;
};

nlohmann::json jsonOf(const JsonNode &node)
{
    switch (node.kind) {
    case JsonNode::Kind::Bool:
        return node.flag;
    case JsonNode::Kind::Number:
        return node.number == std::floor(node.number) && std::abs(node.number) < 9e15
            ? nlohmann::json(qint64(node.number))
            : nlohmann::json(node.number);
    case JsonNode::Kind::Text:
        return node.text.toStdString();
    case JsonNode::Kind::List: {
        nlohmann::json list = nlohmann::json::array();
        for (const JsonNode &item : node.items)
            list.push_back(jsonOf(item));
        return list;
    }
    case JsonNode::Kind::Map: {
        nlohmann::json map = nlohmann::json::object();
        for (size_t i = 0; i < node.items.size(); ++i)
            map[node.keys[qsizetype(i)].toStdString()] = jsonOf(node.items[i]);
        return map;
    }
    case JsonNode::Kind::Missing:
    case JsonNode::Kind::Null:
        break;
    }
    return nullptr;
}

} // namespace

const JsonNode &JsonNode::operator[](QStringView key) const
{
    const qsizetype at = kind == Kind::Map ? keys.indexOf(key) : -1;
    return at < 0 ? kMissing : items[size_t(at)];
}

JsonNode *JsonNode::member(QStringView key)
{
    const qsizetype at = kind == Kind::Map ? keys.indexOf(key) : -1;
    return at < 0 ? nullptr : &items[size_t(at)];
}

QString JsonNode::str(const QString &fallback) const
{
    if (kind == Kind::Text || kind == Kind::Number) {
        used = true;
        return text;
    }
    if (kind == Kind::Bool) {
        used = true;
        return flag ? u"true"_s : u"false"_s;
    }
    return fallback;
}

std::optional<double> JsonNode::num() const
{
    if (kind == Kind::Number) {
        used = true;
        return number;
    }
    bool ok = false;
    const double value = kind == Kind::Text ? text.trimmed().toDouble(&ok) : 0;
    if (!ok || !std::isfinite(value))
        return std::nullopt;
    used = true;
    return value;
}

int JsonNode::integer(int fallback) const
{
    const auto value = num();
    return value && std::abs(*value) < 1e9 ? int(*value) : fallback;
}

bool JsonNode::truth(bool fallback) const
{
    if (kind == Kind::Text && (text == "true"_L1 || text == "false"_L1)) {
        used = true;
        return text == "true"_L1;
    }
    if (kind != Kind::Bool)
        return fallback;
    used = true;
    return flag;
}

QStringList JsonNode::strings() const
{
    if (kind == Kind::Text)
        return {str()};
    QStringList list;
    for (const JsonNode &item : items) {
        if (item.kind == Kind::Text || item.kind == Kind::Number)
            list << item.str();
    }
    return list;
}

const JsonNode &JsonNode::take() const
{
    if (kind != Kind::Missing) // the shared missing value has no state
        used = true;
    for (const JsonNode &item : items)
        item.take();
    return *this;
}

void JsonNode::tell() const
{
    if (kind != Kind::Missing)
        told = true;
    for (const JsonNode &item : items)
        item.tell();
}

JsonNode JsonNode::takeMember(QStringView key)
{
    const qsizetype at = kind == Kind::Map ? keys.indexOf(key) : -1;
    if (at < 0)
        return {};
    JsonNode taken = std::move(items[size_t(at)]);
    keys.removeAt(at);
    items.erase(items.begin() + at);
    return taken;
}

void JsonNode::pinPaths(const QString &at)
{
    movedFrom = at;
    for (size_t i = 0; i < items.size(); ++i) {
        if (kind == Kind::List)
            items[i].pinPaths(at + u"[%1]"_s.arg(i));
        else
            items[i].pinPaths(at.isEmpty() ? keys[qsizetype(i)] : at + u'.' + keys[qsizetype(i)]);
    }
}

void JsonNode::put(const QString &key, JsonNode value)
{
    kind = Kind::Map;
    if (JsonNode *there = member(key)) {
        *there = std::move(value);
        return;
    }
    keys.push_back(key);
    items.push_back(std::move(value));
}

void JsonNode::adopt()
{
    for (JsonNode &item : items) {
        item.parent = this;
        item.adopt();
    }
}

QString JsonNode::path() const
{
    if (!movedFrom.isEmpty() || !parent)
        return movedFrom;
    const size_t at = size_t(this - parent->items.data());
    const QString base = parent->path();
    if (parent->kind == Kind::List)
        return base + u"[%1]"_s.arg(at);
    return base.isEmpty() ? parent->keys[qsizetype(at)] : base + u'.' + parent->keys[qsizetype(at)];
}

QByteArray JsonNode::toJson() const
{
    return QByteArray::fromStdString(
        jsonOf(*this).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Result<JsonNode> parseJsonTree(const QByteArray &bytes, QStringList &repeated)
{
    if (bytes.size() > kJsonMaxBytes)
        return fail(
            Error::Kind::TooLarge, u"%1 bytes; at most %2 are read"_s.arg(bytes.size()).arg(kJsonMaxBytes));
    Builder builder(repeated);
    bool ok = false;
    try {
        ok = nlohmann::json::sax_parse(bytes.begin(), bytes.end(), &builder);
    } catch (const std::exception &error) { // out of memory, or a parser's defect: never past this border
        return fail(Error::Kind::Invalid, u"the document cannot be read"_s, QString::fromUtf8(error.what()));
    }
    if (!ok)
        return fail(Error::Kind::Invalid, builder.m_problem);
    if (!builder.root.isMap())
        return fail(Error::Kind::Invalid, u"a dashboard is a JSON object, this is something else"_s);
    return std::move(builder.root);
}

} // namespace bw
