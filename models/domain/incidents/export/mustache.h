// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/base/untrusted.h>

#include <functional>
#include <vector>

namespace bw {

/// What a template can name: a text, a truth, a list, or a group of named values. A plain value.
struct TemplateValue
{
    enum class Kind : quint8 { Text, Truth, List, Group };
    Kind kind = Kind::Text;
    Untrusted content;
    bool isTrue = false;
    std::vector<TemplateValue> items;
    std::vector<std::pair<QString, TemplateValue>> members; ///< unique names

    static TemplateValue text(Untrusted content);
    static TemplateValue text(const QString &content) { return text(Untrusted(content)); }
    static TemplateValue truth(bool isTrue);
    static TemplateValue list(std::vector<TemplateValue> items);
    static TemplateValue group(std::vector<std::pair<QString, TemplateValue>> members);
    /// Null when this is no group or has no such member.
    const TemplateValue *find(QStringView name) const;
    /// Empty text, no truth, no items: what {{^name}} shows and {{#name}} does not. A group never is.
    bool isEmpty() const;
};

/// A template without logic, after mustache(5), in its strict half: {{name}}, {{a.b}}, {{.}}, sections
/// {{#name}} … {{/name}}, {{^name}} … {{/name}}, comments {{! … }} and, alone on a line, generated regions
/// {{> name}}. Ways around the escape function ({{{x}}}, {{&x}}), other delimiters and files are refused, and
/// a name nobody knows is an error instead of nothing. Errors are Invalid and begin with "FILE:LINE: ".
/// Immutable; any thread.
class MustacheTemplate
{
public:
    [[nodiscard]] static Result<MustacheTemplate> parse(const QString &text, const QString &file);

    using Escape = std::function<QString(const Untrusted &)>;
    /// The text of a region with its line break; nullopt for a name that is none.
    using Region = std::function<std::optional<QString>(const QString &name)>;
    /// Every value passes through `escape`, what `region` gives is taken as it is.
    [[nodiscard]] Result<QString> render(
        const TemplateValue &root, const Escape &escape, const Region &region) const;

    struct Node
    {
        enum class Kind : quint8 { Literal, Value, Section, Inverted, Region };
        Kind kind = Kind::Literal;
        QString text; ///< the literal, or the name
        int line = 0; ///< from 1
        std::vector<Node> children;
    };

private:
    QString m_file;
    std::vector<Node> m_nodes;
};

} // namespace bw
