// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/mustache.h>

#include <QStringList>

#include <algorithm>
#include <optional>

namespace bw {
using namespace Qt::Literals::StringLiterals;

TemplateValue TemplateValue::text(Untrusted content)
{
    TemplateValue value;
    value.content = std::move(content);
    return value;
}

TemplateValue TemplateValue::truth(bool isTrue)
{
    TemplateValue value;
    value.kind = Kind::Truth;
    value.isTrue = isTrue;
    return value;
}

TemplateValue TemplateValue::list(std::vector<TemplateValue> items)
{
    TemplateValue value;
    value.kind = Kind::List;
    value.items = std::move(items);
    return value;
}

TemplateValue TemplateValue::group(std::vector<std::pair<QString, TemplateValue>> members)
{
    TemplateValue value;
    value.kind = Kind::Group;
    value.members = std::move(members);
    return value;
}

const TemplateValue *TemplateValue::find(QStringView name) const
{
    const auto found = std::find_if(
        members.begin(), members.end(), [&](const auto &member) { return member.first == name; });
    return kind == Kind::Group && found != members.end() ? &found->second : nullptr;
}

bool TemplateValue::isEmpty() const
{
    switch (kind) {
    case Kind::Text:
        return content.isEmpty();
    case Kind::Truth:
        return !isTrue;
    case Kind::List:
        return items.empty();
    case Kind::Group:
        return false;
    }
    return true;
}

namespace {

using Node = MustacheTemplate::Node;
// 32: what no document needs; the parser calls itself a level.
constexpr int kMaxDepth = 32;

tl::unexpected<Error> failAt(const QString &file, int line, const QString &what)
{
    return fail(Error::Kind::Invalid, u"%1:%2: %3"_s.arg(file).arg(line).arg(what));
}

bool isName(const QString &name)
{
    if (name == u'.')
        return true;
    const QStringList parts = name.split(u'.');
    return std::all_of(parts.begin(), parts.end(), [](const QString &part) {
        return !part.isEmpty() && std::all_of(part.begin(), part.end(), [](QChar c) {
            return c == u'_' || c == u'-' || (c.unicode() < 128 && c.isLetterOrNumber());
        });
    });
}

/// Cuts the text into nodes from front to back.
class Parser
{
public:
    Parser(const QString &text, const QString &file)
        : m_text(text)
        , m_file(file)
    {
    }

    Result<std::vector<Node>> parse()
    {
        std::vector<Node> nodes;
        if (auto parsed = parseInto(nodes, nullptr, 0); !parsed)
            return tl::unexpected(parsed.error());
        return nodes;
    }

private:
    struct Tag
    {
        QChar sigil; ///< null: a value
        QString name;
        int line = 0;
        qsizetype end = 0; ///< behind the tag, or behind its line when it stands alone
        qsizetype literalEnd = 0; ///< where the text before it ends
        bool isAlone = false;
    };

    void addLiteral(std::vector<Node> &nodes, qsizetype end)
    {
        if (end > m_at)
            nodes.push_back({Node::Kind::Literal, m_text.mid(m_at, end - m_at), m_line, {}});
    }

    int lineAt(qsizetype position) const
    {
        return m_line + int(QStringView(m_text).mid(m_at, position - m_at).count(u'\n'));
    }

    Result<Tag> readTag(qsizetype open) const
    {
        Tag tag;
        tag.line = lineAt(open);
        const qsizetype close = m_text.indexOf("}}"_L1, open + 2);
        if (close < 0)
            return failAt(m_file, tag.line, u"this {{ has no }}"_s);
        QString inner = m_text.mid(open + 2, close - open - 2);
        if (inner.startsWith(u'{') || inner.startsWith(u'&'))
            return failAt(m_file, tag.line, u"values are always escaped: write {{name}}"_s);
        if (inner.startsWith(u'='))
            return failAt(m_file, tag.line, u"other delimiters are not supported"_s);
        if (!inner.isEmpty() && u"#^/!>"_s.contains(inner.front())) {
            tag.sigil = inner.front();
            inner.remove(0, 1);
        }
        tag.name = inner.trimmed();
        if (tag.sigil != u'!' && !isName(tag.name))
            return failAt(
                m_file, tag.line, u"\"%1\" is no name"_s.arg(render::line(Untrusted(tag.name), 60)));
        tag.end = close + 2;
        tag.literalEnd = open;
        placeAlone(tag);
        if (tag.sigil == u'>' && !tag.isAlone)
            return failAt(m_file, tag.line, u"a region stands on a line of its own"_s);
        return tag;
    }

    /// A section, comment or region with nothing else on its line takes the line with it.
    void placeAlone(Tag &tag) const
    {
        if (tag.sigil.isNull())
            return;
        qsizetype begin = tag.literalEnd;
        while (begin > 0 && (m_text.at(begin - 1) == u' ' || m_text.at(begin - 1) == u'\t'))
            --begin;
        qsizetype end = tag.end;
        while (end < m_text.size() && u" \t\r"_s.contains(m_text.at(end)))
            ++end;
        const bool opens = begin == 0 || m_text.at(begin - 1) == u'\n';
        const bool closes = end == m_text.size() || m_text.at(end) == u'\n';
        if (!opens || !closes)
            return;
        tag.isAlone = true;
        tag.literalEnd = std::max(begin, m_at);
        tag.end = std::min(end + 1, m_text.size());
    }

    Result<void> parseInto(std::vector<Node> &nodes, const Tag *section, int depth)
    {
        if (depth > kMaxDepth)
            return failAt(m_file, m_line, u"sections nest deeper than %1"_s.arg(kMaxDepth));
        while (true) {
            const qsizetype open = m_text.indexOf("{{"_L1, m_at);
            if (open < 0) {
                addLiteral(nodes, m_text.size());
                m_at = m_text.size();
                if (section)
                    return failAt(m_file, section->line, u"section %1 is never closed"_s.arg(section->name));
                return {};
            }
            auto tag = readTag(open);
            if (!tag)
                return tl::unexpected(tag.error());
            addLiteral(nodes, tag->literalEnd);
            m_line = lineAt(tag->end);
            m_at = tag->end;
            if (tag->sigil == u'/') {
                if (!section || section->name != tag->name)
                    return failAt(m_file, tag->line, u"{{/%1}} closes no open section"_s.arg(tag->name));
                return {};
            }
            if (auto added = add(nodes, *tag, depth); !added)
                return added;
        }
    }

    Result<void> add(std::vector<Node> &nodes, const Tag &tag, int depth)
    {
        if (tag.sigil == u'!')
            return {};
        Node node{Node::Kind::Value, tag.name, tag.line, {}};
        if (tag.sigil == u'>')
            node.kind = Node::Kind::Region;
        if (tag.sigil == u'#' || tag.sigil == u'^') {
            node.kind = tag.sigil == u'#' ? Node::Kind::Section : Node::Kind::Inverted;
            if (auto inner = parseInto(node.children, &tag, depth + 1); !inner)
                return inner;
        }
        nodes.push_back(std::move(node));
        return {};
    }

    const QString &m_text;
    const QString &m_file;
    qsizetype m_at = 0;
    int m_line = 1;
};

/// Walks the nodes with the stack of groups and items that names are looked up in, innermost first.
class Renderer
{
public:
    Renderer(
        const QString &file, const MustacheTemplate::Escape &escape, const MustacheTemplate::Region &region)
        : m_file(file)
        , m_escape(escape)
        , m_region(region)
    {
    }

    Result<void> render(const std::vector<Node> &nodes, const TemplateValue &context)
    {
        m_stack.push_back(&context);
        for (const Node &node : nodes) {
            if (auto done = renderNode(node); !done)
                return done;
        }
        m_stack.pop_back();
        return {};
    }

    QString out;

private:
    Result<void> renderNode(const Node &node)
    {
        if (node.kind == Node::Kind::Literal) {
            out += node.text;
            return {};
        }
        if (node.kind == Node::Kind::Region) {
            const auto text = m_region(node.text);
            if (!text)
                return failAt(m_file, node.line, u"there is no region \"%1\""_s.arg(node.text));
            out += *text;
            return {};
        }
        const TemplateValue *value = find(node.text);
        if (!value)
            return failAt(m_file, node.line, u"nothing is called \"%1\" here"_s.arg(node.text));
        if (node.kind == Node::Kind::Value)
            return renderValue(node, *value);
        if (node.kind == Node::Kind::Inverted)
            return value->isEmpty() ? render(node.children, *m_stack.back()) : Result<void>();
        if (value->isEmpty())
            return {};
        if (value->kind != TemplateValue::Kind::List)
            return render(
                node.children, value->kind == TemplateValue::Kind::Truth ? *m_stack.back() : *value);
        for (const TemplateValue &item : value->items) {
            if (auto done = render(node.children, item); !done)
                return done;
        }
        return {};
    }

    Result<void> renderValue(const Node &node, const TemplateValue &value)
    {
        if (value.kind != TemplateValue::Kind::Text)
            return failAt(m_file, node.line, u"%1 is no text; open it with {{#%1}}"_s.arg(node.text));
        out += m_escape(value.content);
        return {};
    }

    const TemplateValue *find(const QString &name) const
    {
        if (name == u'.')
            return m_stack.back();
        const QStringList parts = name.split(u'.');
        const TemplateValue *value = nullptr;
        for (auto it = m_stack.rbegin(); it != m_stack.rend() && !value; ++it)
            value = (*it)->find(parts.front());
        for (qsizetype i = 1; i < parts.size() && value; ++i)
            value = value->find(parts.at(i));
        return value;
    }

    const QString &m_file;
    const MustacheTemplate::Escape &m_escape;
    const MustacheTemplate::Region &m_region;
    std::vector<const TemplateValue *> m_stack;
};

} // namespace

Result<MustacheTemplate> MustacheTemplate::parse(const QString &text, const QString &file)
{
    auto nodes = Parser(text, file).parse();
    if (!nodes)
        return tl::unexpected(nodes.error());
    MustacheTemplate result;
    result.m_file = file;
    result.m_nodes = std::move(*nodes);
    return result;
}

Result<QString> MustacheTemplate::render(
    const TemplateValue &root, const Escape &escape, const Region &region) const
{
    Renderer renderer(m_file, escape, region);
    if (auto done = renderer.render(m_nodes, root); !done)
        return tl::unexpected(done.error());
    return renderer.out;
}

} // namespace bw
