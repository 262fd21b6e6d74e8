// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/incidentdocument.h>

#include <domain/incidents/export/markdownhtml.h>
#include <domain/incidents/export/regionblocks.h>
#include <domain/incidents/export/templatevalues.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

// From the private use area; taken out of every value, so that no value is taken for a region.
const QChar kRegionMark(0xe000);

constexpr const char *kStyle =
    "body{font:15px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em;color:#222}"
    "table{border-collapse:collapse;width:100%;font-size:13px}"
    "th,td{border:1px solid #ccc;padding:.25em .5em;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}"
    "th{background:#f0f2f5}th,td:first-child{white-space:nowrap}"
    "pre{background:#f6f6f6;padding:.5em;white-space:pre-wrap;overflow-wrap:anywhere}"
    "figure{margin:1em 0}img,svg{max-width:100%;height:auto}"
    "@media print{body{margin:0;max-width:none}tr,figure{break-inside:avoid}"
    "h1,h2,h3{break-after:avoid}}";

QString markdownValue(const Untrusted &value)
{
    return markdownText(value).replace(kRegionMark, QChar(0xfffd));
}

/// Drawings as references, for a layout that draws them itself.
QByteArray htmlWithReferences(std::vector<Block> blocks, std::vector<Block> &drawings)
{
    QByteArray out;
    for (Block &block : blocks) {
        if (block.kind != Block::Kind::Drawing && block.kind != Block::Kind::Image) {
            out += htmlOf({block});
            continue;
        }
        out += "<p><img src=\"drawing:" + QByteArray::number(qulonglong(drawings.size())) + "\"></p>\n";
        drawings.push_back(std::move(block));
    }
    return out;
}

using RegionHtml = std::function<QByteArray(std::vector<Block>)>;

Result<QByteArray> bodyOf(
    const MustacheTemplate &form, const RedactedRecord &redacted, const RegionHtml &regionHtml)
{
    const auto text = form.render(templateValues(redacted), markdownValue, [](const QString &name) {
        return isRegionName(name.toUtf8()) ? std::optional(kRegionMark + name + u'\n') : std::nullopt;
    });
    if (!text)
        return tl::unexpected(text.error());
    return htmlFromMarkdown(*text, [&](const QString &line) -> std::optional<QByteArray> {
        if (!line.startsWith(kRegionMark))
            return {};
        auto blocks = regionBlocks(line.mid(1), redacted);
        return blocks ? std::optional(regionHtml(std::move(*blocks))) : std::nullopt;
    });
}

} // namespace

QJsonObject markerOptions(const RedactedRecord &redacted)
{
    QJsonObject options = toJson(redacted.options);
    options.insert("incident"_L1, redacted.record.incident.id.toString());
    return options;
}

Result<ExportOutput> markdownRegion(
    const QByteArray &name, const RedactedRecord &redacted, const QString &folder)
{
    const auto blocks = regionBlocks(QString::fromUtf8(name), redacted);
    if (!blocks)
        return fail(Error::Kind::NotFound, u"there is no region %1"_s.arg(QString::fromUtf8(name)));
    ExportOutput output;
    int drawing = 1;
    output.bytes = markdownOf(*blocks, folder, output.files, drawing);
    return output;
}

Result<ExportOutput> markdownDocument(
    const MustacheTemplate &form, const RedactedRecord &redacted, const QString &folder)
{
    ExportOutput output;
    int drawing = 1;
    const auto text = form.render(
        templateValues(redacted), markdownValue, [&](const QString &name) -> std::optional<QString> {
            const auto blocks = regionBlocks(name, redacted);
            if (!blocks)
                return {};
            const QByteArray region = markdownOf(*blocks, folder, output.files, drawing);
            return QString::fromUtf8(regionBytes(name.toUtf8(), markerOptions(redacted), region));
        });
    if (!text)
        return tl::unexpected(text.error());
    output.bytes = text->toUtf8();
    return output;
}

Result<QByteArray> htmlDocument(const MustacheTemplate &form, const RedactedRecord &redacted)
{
    const auto body = bodyOf(form, redacted, [](const std::vector<Block> &blocks) { return htmlOf(blocks); });
    if (!body)
        return tl::unexpected(body.error());
    const Incident &incident = redacted.record.incident;
    const QByteArray title = (render::line(Untrusted(incident.key), 60).toHtmlEscaped() + u" "_s
        + render::line(incident.title, 200).toHtmlEscaped())
                                 .toUtf8();
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
           "'unsafe-inline'; "
           "img-src data:\">\n<title>"
        + title + "</title>\n<style>" + kStyle + "</style>\n</head>\n<body>\n" + *body + "</body>\n</html>\n";
}

Result<HtmlBody> htmlBody(const MustacheTemplate &form, const RedactedRecord &redacted)
{
    HtmlBody result;
    auto body = bodyOf(form, redacted,
        [&](std::vector<Block> blocks) { return htmlWithReferences(std::move(blocks), result.drawings); });
    if (!body)
        return tl::unexpected(body.error());
    result.html = std::move(*body);
    return result;
}

} // namespace bw
