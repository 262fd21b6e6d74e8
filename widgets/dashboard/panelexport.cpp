// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/panelexport.h>

#include <domain/dashboards/dashboardedit.h>
#include <widgets/dashboard/panelframe.h>

#include <QBuffer>
#include <QCoreApplication>
#include <QPainter>
#include <QSvgGenerator>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
constexpr int kPixelsEach = 2;
}

QStringList exportSuffixes(const PanelFrame &frame)
{
    QStringList suffixes{u"png"_s, u"svg"_s};
    if (const PanelView *view = const_cast<PanelFrame &>(frame).view(); view && view->hasCsv())
        suffixes << u"csv"_s;
    return suffixes;
}

PanelExport exportOf(PanelFrame &frame, const QString &suffix)
{
    PanelExport made;
    made.suffix = suffix;
    made.name = idFrom(frame.panel().title, {}, frame.panel().id) + u'.' + suffix;
    if (suffix == "csv"_L1) {
        made.bytes = frame.view()->toCsv().toUtf8();
    } else if (suffix == "svg"_L1) {
        QBuffer buffer(&made.bytes);
        QSvgGenerator generator;
        generator.setOutputDevice(&buffer);
        generator.setSize(frame.size());
        generator.setViewBox(frame.rect());
        generator.setTitle(frame.panel().title.toHtmlEscaped());
        QPainter painter(&generator);
        frame.render(&painter, QPoint(), QRegion(), QWidget::DrawChildren);
        painter.end();
        if (made.bytes.contains("<image"))
            made.note = QCoreApplication::translate("PanelExport",
                "Words, axes and frames are vectors. What the panel paints pixel by pixel, such as its "
                "curves, "
                "is a picture in the file.");
    } else {
        made.image = QImage(frame.size() * kPixelsEach, QImage::Format_RGB32);
        made.image.setDevicePixelRatio(kPixelsEach);
        made.image.fill(frame.palette().color(QPalette::Window));
        QPainter painter(&made.image);
        frame.render(&painter, QPoint(), QRegion(), QWidget::DrawChildren);
    }
    return made;
}

} // namespace bw
