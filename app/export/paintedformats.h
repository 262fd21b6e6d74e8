// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/export/exportformats.h>

#include <QImage>

namespace bw {

/// The picture at `scale` pixels a pixel, on white.
QImage imageOf(const VectorPicture &picture, double scale);

/// A4 pages of what the HTML document shows. Needs a QGuiApplication; with equal fonts, and a hash seed that
/// was fixed before anything was hashed (fixHashSeed()), the same request gives the same bytes.
[[nodiscard]] Result<ExportOutput> pdfFormat(const ExportRequest &request);
/// The timeline strip at twice its size.
[[nodiscard]] Result<ExportOutput> pngFormat(const ExportRequest &request);

/// The order of embedded fonts follows the hash seed. Call before the application object is made.
void fixHashSeed();
/// Every date in the bytes of a PDF becomes `date`, in place.
void setPdfDate(QByteArray &pdf, Timestamp date);

} // namespace bw
