// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/yamlnode.h>

#include <QSet>
#include <QStringDecoder>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>

using namespace Qt::Literals::StringLiterals;

namespace bw {

const YamlNode *YamlNode::find(QStringView key) const
{
    for (const YamlEntry &entry : entries) {
        if (entry.key == key)
            return &entry.value;
    }
    return nullptr;
}

namespace {

/// Thrown inside the parser's callbacks and caught in parseYaml.
struct Stop
{
    int line, column;
    QString text;
};

QString place(const QString &file, int line, int column)
{
    return u"%1:%2:%3"_s.arg(file).arg(line).arg(column);
}

/// A byte order mark in front is text here; QString::fromUtf8 would drop it.
QString fromUtf8(const std::string &text)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::ConvertInitialBom);
    return decoder(QByteArrayView(text.data(), qsizetype(text.size())));
}

/// Builds the tree from the parser's events. Events rather than its node type, because only they show
/// repeated keys, quoting and the place of every value.
class TreeBuilder : public YAML::EventHandler
{
public:
    TreeBuilder(const QByteArray &text, const QString &file, std::vector<Finding> &findings)
        : m_lines(text.split('\n'))
        , m_file(file)
        , m_findings(findings)
    {
    }

    YamlNode take() { return std::move(m_root); }

    void OnDocumentStart(const YAML::Mark &) override { }
    void OnDocumentEnd() override { }
    void OnNull(const YAML::Mark &mark, YAML::anchor_t) override { add(at(mark, YamlNode::Kind::Null)); }
    void OnAlias(const YAML::Mark &mark, YAML::anchor_t) override
    {
        stop(mark, u"an alias (*name); write the value again"_s);
    }
    void OnScalar(
        const YAML::Mark &mark, const std::string &tag, YAML::anchor_t, const std::string &value) override
    {
        YamlNode node = at(mark, YamlNode::Kind::Scalar);
        node.text = fromUtf8(value);
        node.quoted = tag != "?";
        add(std::move(node));
    }
    void OnSequenceStart(
        const YAML::Mark &mark, const std::string &, YAML::anchor_t, YAML::EmitterStyle::value) override
    {
        open(mark, YamlNode::Kind::List);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(
        const YAML::Mark &mark, const std::string &, YAML::anchor_t, YAML::EmitterStyle::value) override
    {
        open(mark, YamlNode::Kind::Map);
    }
    void OnMapEnd() override { close(); }
    void OnAnchor(const YAML::Mark &mark, const std::string &) override
    {
        stop(mark, u"an anchor (&name); write the value where it is needed"_s);
    }

    /// Line from 1, column from 1 in characters; the parser counts bytes from 0. Counts on from the last
    /// place it was asked for: a file may be one long line with a value every other byte.
    std::pair<int, int> position(const YAML::Mark &mark)
    {
        const int line = std::max(mark.line, 0), column = std::max(mark.column, 0);
        if (line >= m_lines.size())
            return {line + 1, column + 1};
        if (line != m_seenLine || column < m_seenBytes) {
            m_seenLine = line;
            m_seenBytes = m_seenCharacters = 0;
        }
        const QByteArray &text = m_lines[line];
        for (const int end = std::min(column, int(text.size())); m_seenBytes < end; ++m_seenBytes)
            m_seenCharacters += (text[m_seenBytes] & 0xc0) != 0x80;
        return {line + 1, m_seenCharacters + 1};
    }

private:
    /// A list or map being filled.
    struct Open
    {
        YamlNode node;
        std::optional<YamlEntry> key; ///< Map: waits for its value
        QSet<QString> keys;
        bool repeated = false;
    };

    [[noreturn]] void stop(const YAML::Mark &mark, const QString &found)
    {
        const auto [line, column] = position(mark);
        throw Stop{line, column, u"found "_s + found};
    }
    YamlNode at(const YAML::Mark &mark, YamlNode::Kind kind)
    {
        YamlNode node;
        node.kind = kind;
        std::tie(node.line, node.column) = position(mark);
        return node;
    }
    void open(const YAML::Mark &mark, YamlNode::Kind kind)
    {
        if (m_open.size() >= size_t(kYamlMaxDepth))
            stop(mark, u"more than %1 levels of nesting"_s.arg(kYamlMaxDepth));
        m_open.push_back({at(mark, kind), {}, {}, false});
    }
    void close()
    {
        YamlNode node = std::move(m_open.back().node);
        m_open.pop_back();
        add(std::move(node));
    }
    void add(YamlNode node)
    {
        if (m_open.empty()) {
            m_root = std::move(node);
            return;
        }
        Open &top = m_open.back();
        if (top.node.kind == YamlNode::Kind::List)
            top.node.items.push_back(std::move(node));
        else if (!top.key)
            addKey(top, node);
        else
            addValue(top, std::move(node));
    }
    void addKey(Open &top, const YamlNode &node)
    {
        if (node.kind != YamlNode::Kind::Scalar)
            throw Stop{node.line, node.column, u"found a key that is not text"_s};
        top.repeated = top.keys.contains(node.text);
        if (top.repeated)
            m_findings.push_back({Finding::Level::Error, m_file, node.line, node.column,
                u"the key '%1' stands here a second time; keep one"_s.arg(node.text.left(60))});
        top.keys.insert(node.text);
        top.key = YamlEntry{node.text, node.line, node.column, {}};
    }
    static void addValue(Open &top, YamlNode node)
    {
        top.key->value = std::move(node);
        if (!top.repeated)
            top.node.entries.push_back(std::move(*top.key));
        top.key.reset();
    }

    QList<QByteArray> m_lines;
    int m_seenLine = 0, m_seenBytes = 0, m_seenCharacters = 0;
    QString m_file;
    std::vector<Finding> &m_findings;
    std::vector<Open> m_open;
    YamlNode m_root;
};

/// Where the first byte stands that no text file may have, or nothing.
std::optional<Stop> badByte(const QByteArray &text)
{
    int line = 1, column = 1;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f)
            return Stop{line, column, u"found a control character (0x%1)"_s.arg(byte, 2, 16, '0'_L1)};
        column = c == '\n' ? 1 : column + 1;
        line += c == '\n';
    }
    return {};
}

/// Reads up to `most` documents; one more than that is not looked at.
Result<std::vector<YamlNode>> parseUpTo(
    int most, const QByteArray &bytes, const QString &file, std::vector<Finding> &findings)
{
    if (bytes.size() > kYamlMaxBytes)
        return fail(Error::Kind::TooLarge,
            u"%1: %2 bytes; at most %3 are read"_s.arg(file).arg(bytes.size()).arg(kYamlMaxBytes));
    const QByteArray text = bytes.startsWith("\xEF\xBB\xBF") ? bytes.sliced(3) : bytes;
    QStringDecoder decoder(QStringDecoder::Utf8);
    [[maybe_unused]] const QString decoded = decoder(text);
    if (decoder.hasError())
        return fail(Error::Kind::Invalid, u"%1:1:1: the file is not UTF-8 text"_s.arg(file));
    const auto invalid = [&](int line, int column, const QString &what) {
        return fail(Error::Kind::Invalid, place(file, line, column) + u": "_s + what);
    };
    if (const auto bad = badByte(text))
        return invalid(bad->line, bad->column, bad->text);

    TreeBuilder builder(text, file, findings);
    try {
        std::istringstream stream(text.toStdString());
        YAML::Parser parser(stream);
        std::vector<YamlNode> documents;
        while (int(documents.size()) < most && parser.HandleNextDocument(builder))
            documents.push_back(builder.take());
        return documents;
    } catch (const Stop &at) {
        return invalid(at.line, at.column, at.text);
    } catch (const YAML::Exception &error) {
        const auto [line, column] = builder.position(error.mark);
        return invalid(line, column, u"not YAML: "_s + QString::fromStdString(error.msg));
    } catch (const std::exception &error) {
        return fail(Error::Kind::Invalid, u"%1: cannot be read"_s.arg(file), QString::fromUtf8(error.what()));
    }
}

} // namespace

Result<YamlNode> parseYaml(const QByteArray &bytes, const QString &file, std::vector<Finding> &findings)
{
    auto documents = parseUpTo(2, bytes, file, findings);
    if (!documents)
        return tl::unexpected(documents.error());
    if (documents->size() > 1)
        return fail(Error::Kind::Invalid,
            place(file, 1, 1) + u": found a second document (---); one file holds one"_s);
    return documents->empty() ? YamlNode{} : std::move(documents->front());
}

Result<std::vector<YamlNode>> parseYamlDocuments(
    const QByteArray &bytes, const QString &file, std::vector<Finding> &findings)
{
    // 10,000: a megabyte of documents that say anything has fewer.
    auto documents = parseUpTo(10'000, bytes, file, findings);
    if (documents)
        std::erase_if(*documents, [](const YamlNode &node) { return node.kind == YamlNode::Kind::Null; });
    return documents;
}

} // namespace bw
