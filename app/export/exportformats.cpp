// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/export/exportformats.h>
#include <domain/incidents/export/chartpicture.h>
#include <store/incidents/bundle.h>

#include <app/export/paintedformats.h>

#include <optional>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

using Request = ExportRequest;

Result<ExportOutput> markdown(const Request &request)
{
    return markdownDocument(request.form, request.redacted, request.folder);
}

Result<ExportOutput> html(const Request &request)
{
    auto bytes = htmlDocument(request.form, request.redacted);
    return bytes ? Result<ExportOutput>(ExportOutput{std::move(*bytes), {}}) : tl::unexpected(bytes.error());
}

template<QByteArray (*Write)(const RedactedRecord &)> Result<ExportOutput> plainText(const Request &request)
{
    return ExportOutput{Write(request.redacted), {}};
}

Result<ExportOutput> strip(const Request &request)
{
    return ExportOutput{svgOf(timelineStrip(request.redacted)), {}};
}

/// Lines cannot be changed without breaking their chain, so a bundle is for those who may see everything.
Result<ExportOutput> bundle(const Request &request)
{
    if (request.redacted.options.profile != ExportProfile::Internal)
        return fail(Error::Kind::Refused,
            u"a bundle holds the record as it was written; for others than your own team export another format"_s);
    if (!request.bundle)
        return fail(Error::Kind::Refused, u"the record itself is not at hand"_s);
    auto bytes = bundleBytes(*request.bundle);
    return bytes ? Result<ExportOutput>(ExportOutput{std::move(*bytes), {}}) : tl::unexpected(bytes.error());
}

} // namespace

std::vector<ExportFormat> exportFormats()
{
    return {
        {u"md"_s, u"Markdown document"_s, u".md"_s, true, false, markdown},
        {u"html"_s, u"one HTML file"_s, u".html"_s, true, false, html},
        {u"pdf"_s, u"PDF document"_s, u".pdf"_s, true, true, pdfFormat},
        {u"json"_s, u"the whole incident"_s, u".json"_s, false, false, plainText<jsonDocument>},
        {u"jsonl"_s, u"timeline, one object a line"_s, u".jsonl"_s, false, false, plainText<jsonLines>},
        {u"csv"_s, u"timeline as a table"_s, u".csv"_s, false, false, plainText<timelineCsv>},
        {u"actions"_s, u"follow-ups as a table"_s, u".actions.csv"_s, false, false, plainText<actionsCsv>},
        {u"svg"_s, u"timeline strip"_s, u".svg"_s, false, false, strip},
        {u"png"_s, u"timeline strip"_s, u".png"_s, false, true, pngFormat},
        {u"bundle"_s, u"the record itself, for another console"_s, u".bwi"_s, false, false, bundle},
    };
}

Result<ExportFormat> exportFormat(const QString &id, const QString &fileName)
{
    QStringList ids;
    std::optional<ExportFormat> found;
    for (const ExportFormat &format : exportFormats()) {
        ids << format.id;
        const bool matches =
            id.isEmpty() ? fileName.endsWith(format.suffix, Qt::CaseInsensitive) : id == format.id;
        // "x.actions.csv" ends in ".csv" as well: the longer one is meant.
        if (matches && (!found || format.suffix.size() > found->suffix.size()))
            found = format;
    }
    if (found)
        return *found;
    return fail(Error::Kind::Invalid,
        u"%1; formats are %2"_s.arg(
            id.isEmpty() ? u"the file's name says no format"_s : u"there is no format "_s + id,
            ids.join(u", "_s)));
}

} // namespace bw
