// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/export/paintedformats.h>
#include <domain/incidents/export/chartpicture.h>
#include <widgets/base/safetext.h>

#include <QBuffer>
#include <QFont>
#include <QFontMetricsF>
#include <QHashFunctions>
#include <QImageReader>
#include <QPainter>
#include <QPdfWriter>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

/// What this layout knows of CSS.
const QString kPageStyle =
    u"table{border-collapse:collapse;margin-top:4px;margin-bottom:8px}"
    "th,td{border:1px solid #cccccc;padding:3px;text-align:left;vertical-align:top}"
    "th{background-color:#f0f2f5;font-weight:600}h1{font-size:16pt}h2{font-size:12pt}h3{font-size:10pt}"_s;

class PicturePainter
{
public:
    explicit PicturePainter(QPainter &painter)
        : m_painter(painter)
    {
    }

    void operator()(const PictureLine &line) const
    {
        QPen pen(QColor(QString::fromLatin1(line.colour)), line.width);
        if (line.isDashed)
            pen.setDashPattern({4, 3});
        m_painter.setPen(pen);
        m_painter.drawPolyline(line.points.data(), int(line.points.size()));
    }

    void operator()(const PictureBox &box) const
    {
        QColor colour(QString::fromLatin1(box.colour));
        colour.setAlphaF(float(box.opacity));
        m_painter.fillRect(box.box, colour);
    }

    void operator()(const PictureShape &shape) const
    {
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(QColor(QString::fromLatin1(shape.colour)));
        m_painter.drawPolygon(shape.points.data(), int(shape.points.size()));
    }

    void operator()(const PictureText &text) const
    {
        QFont font(u"sans-serif"_s);
        font.setPixelSize(int(text.size));
        m_painter.setFont(font);
        m_painter.setPen(QColor(QString::fromLatin1(text.colour)));
        const QString shown = render::line(text.text, 200);
        const double width = QFontMetricsF(font).horizontalAdvance(shown);
        const double shift = text.anchor == PictureText::Anchor::Start ? 0
            : text.anchor == PictureText::Anchor::Middle               ? width / 2
                                                                       : width;
        m_painter.drawText(text.at - QPointF(shift, 0), shown);
    }

private:
    QPainter &m_painter;
};

/// A screenshot somebody kept: PNG only, and no larger than a screen wall.
QImage evidenceImage(const QByteArray &png)
{
    QBuffer buffer;
    buffer.setData(png);
    buffer.open(QIODevice::ReadOnly);
    QImageReader reader(&buffer, "png");
    constexpr qint64 kMaxPixels = 16'000'000;
    const QSize size = reader.size();
    if (!size.isValid() || qint64(size.width()) * size.height() > kMaxPixels)
        return {};
    return reader.read();
}

void addDrawings(QTextDocument &document, const std::vector<Block> &drawings, double width)
{
    int number = 0;
    for (const Block &drawing : drawings) {
        QImage image;
        if (drawing.kind == Block::Kind::Image)
            image = evidenceImage(drawing.png);
        else
            image = imageOf(drawing.picture, 2);
        const double ratio = drawing.kind == Block::Kind::Image ? 1 : 2;
        image.setDevicePixelRatio(std::max(ratio, image.width() / width));
        document.addResource(QTextDocument::ImageResource, QUrl(u"drawing:%1"_s.arg(number++)), image);
    }
}

} // namespace

void fixHashSeed() { QHashSeed::setDeterministicGlobalSeed(); }

QImage imageOf(const VectorPicture &picture, double scale)
{
    QImage image((picture.size * scale).toSize(), QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(scale, scale);
    for (const auto &item : picture.items)
        std::visit(PicturePainter(painter), item);
    return image;
}

void setPdfDate(QByteArray &pdf, Timestamp date)
{
    const QByteArray digits = toDateTime(date).toString(u"yyyyMMddhhmmss"_s).toLatin1();
    static const QRegularExpression pattern(
        u"/(?:CreationDate|ModDate) ?\\(D:(\\d{14})([+-]\\d\\d'\\d\\d'|Z)?"_s);
    for (auto it = pattern.globalMatch(QString::fromLatin1(pdf)); it.hasNext();) {
        const auto match = it.next();
        pdf.replace(match.capturedStart(1), digits.size(), digits);
        if (match.capturedLength(2) > 1)
            pdf.replace(match.capturedStart(2), match.capturedLength(2), "+00'00'");
    }
}

Result<ExportOutput> pdfFormat(const ExportRequest &request)
{
    const auto body = htmlBody(request.form, request.redacted);
    if (!body)
        return tl::unexpected(body.error());
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setCreator(u"Bridgewatch"_s);
        writer.setTitle(render::line(Untrusted(request.redacted.record.incident.key), 80));
        writer.setPageSize(QPageSize(QPageSize::A4));
        // print() leaves 2 cm on every side itself, and puts the page's number there.
        writer.setPageMargins({0, 0, 0, 0}, QPageLayout::Millimeter);
        constexpr double kMargins = 2 * 2 * 72 / 2.54; // points
        SafeTextDocument document;
        document.setDefaultFont(QFont(u"sans-serif"_s, 9));
        document.setDefaultStyleSheet(kPageStyle);
        const double width = writer.pageLayout().paintRectPoints().width() - kMargins;
        addDrawings(document, body->drawings, width);
        // Tables of one width, however little is in them; this layout takes it from an attribute alone.
        document.setOwnHtml(QString::fromUtf8(body->html).replace("<table>"_L1, "<table width=\"100%\">"_L1));
        document.print(&writer);
    }
    setPdfDate(bytes, request.redacted.date);
    return ExportOutput{bytes, {}};
}

Result<ExportOutput> pngFormat(const ExportRequest &request)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    if (!imageOf(timelineStrip(request.redacted), 2).save(&buffer, "png"))
        return fail(Error::Kind::Internal, u"the picture cannot be written"_s);
    return ExportOutput{bytes, {}};
}

} // namespace bw
