// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/incidents/tararchive.h>

#include <QSet>
#include <QStringList>

#include <algorithm>
#include <memory>
#include <optional>

#include <zstd.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype kBlock = 512;
// Fields of a ustar header: offset and length.
constexpr qsizetype kSizeAt = 124, kChecksumAt = 148, kTypeAt = 156, kMagicAt = 257;

bool isSafeName(const QString &name)
{
    const QStringList parts = name.split(u'/');
    const bool isPlain = std::all_of(name.begin(), name.end(),
        [](QChar c) { return (c.unicode() < 128 && c.isLetterOrNumber()) || u"._-/"_s.contains(c); });
    return isPlain && name.size() <= 100 && std::none_of(parts.begin(), parts.end(), [](const QString &part) {
        return part.isEmpty() || part == "."_L1 || part == ".."_L1;
    });
}

void putOctal(QByteArray &header, qsizetype at, qsizetype length, qint64 value)
{
    const QByteArray digits = QByteArray::number(value, 8).rightJustified(length - 1, '0');
    header.replace(at, length - 1, digits);
}

/// The sum of all bytes with the checksum's own taken as blanks.
qint64 checksumOf(const QByteArray &header)
{
    qint64 sum = 0;
    for (qsizetype i = 0; i < kBlock; ++i)
        sum += i >= kChecksumAt && i < kChecksumAt + 8 ? ' ' : uchar(header.at(i));
    return sum;
}

QByteArray headerOf(const ArchiveFile &file, qint64 seconds)
{
    QByteArray header(kBlock, '\0');
    header.replace(0, file.name.size(), file.name.toLatin1());
    putOctal(header, 100, 8, 0644);
    putOctal(header, 108, 8, 0);
    putOctal(header, 116, 8, 0);
    putOctal(header, kSizeAt, 12, file.bytes.size());
    putOctal(header, 136, 12, std::max<qint64>(0, seconds));
    header[kTypeAt] = '0';
    header.replace(kMagicAt, 8, QByteArray("ustar\00000", 8));
    putOctal(header, kChecksumAt, 7, checksumOf(header));
    header[kChecksumAt + 7] = ' ';
    return header;
}

qsizetype padding(qsizetype size) { return (kBlock - size % kBlock) % kBlock; }

std::optional<qint64> octal(const QByteArray &header, qsizetype at, qsizetype length)
{
    QByteArray digits = header.mid(at, length);
    if (const qsizetype end = digits.indexOf('\0'); end >= 0)
        digits.truncate(end);
    bool isNumber = false;
    const qint64 value = digits.trimmed().toLongLong(&isNumber, 8);
    return isNumber && value >= 0 ? std::optional(value) : std::nullopt;
}

tl::unexpected<Error> damaged(const QString &what)
{
    return fail(Error::Kind::Decode, u"the archive is damaged or hostile: "_s + what);
}

Result<ArchiveFile> readFile(const QByteArray &bytes, qsizetype at)
{
    const QByteArray header = bytes.mid(at, kBlock);
    const auto sum = octal(header, kChecksumAt, 8), size = octal(header, kSizeAt, 12);
    if (header.size() < kBlock || !sum || !size || *sum != checksumOf(header))
        return damaged(u"a header does not fit its checksum"_s);
    const QString name = QString::fromLatin1(header.left(qstrnlen(header.constData(), 100)));
    // A name prefix would lengthen the path past what we write; nobody else writes bundles.
    if (!isSafeName(name) || header.at(345) != '\0')
        return damaged(u"a file has a name we do not take"_s);
    if (header.at(kTypeAt) != '0' && header.at(kTypeAt) != '\0')
        return damaged(name + u" is no regular file"_s);
    if (*size > bytes.size() - at - kBlock)
        return damaged(name + u" is cut"_s);
    return ArchiveFile{name, bytes.mid(at + kBlock, *size)};
}

} // namespace

Result<QByteArray> writeTar(std::vector<ArchiveFile> files, qint64 seconds)
{
    std::sort(files.begin(), files.end(),
        [](const ArchiveFile &a, const ArchiveFile &b) { return a.name < b.name; });
    QByteArray out;
    for (size_t i = 0; i < files.size(); ++i) {
        const ArchiveFile &file = files[i];
        if (!isSafeName(file.name) || (i > 0 && files[i - 1].name == file.name))
            return fail(Error::Kind::Invalid, u"\"%1\" is no name in an archive"_s.arg(file.name));
        out += headerOf(file, seconds) + file.bytes + QByteArray(padding(file.bytes.size()), '\0');
    }
    return out + QByteArray(2 * kBlock, '\0');
}

Result<std::vector<ArchiveFile>> readTar(const QByteArray &bytes)
{
    std::vector<ArchiveFile> files;
    QSet<QString> names;
    for (qsizetype at = 0; at < bytes.size();) {
        if (bytes.at(at) == '\0')
            return files; // the end, which is two empty blocks
        auto file = readFile(bytes, at);
        if (!file)
            return tl::unexpected(file.error());
        if (names.contains(file->name))
            return damaged(file->name + u" is there twice"_s);
        if (files.size() >= size_t(kMaxArchiveFiles))
            return fail(Error::Kind::TooLarge, u"the archive has more than 10,000 files"_s);
        names.insert(file->name);
        at += kBlock + file->bytes.size() + padding(file->bytes.size());
        files.push_back(std::move(*file));
    }
    return damaged(u"it has no end"_s);
}

Result<QByteArray> compressed(const QByteArray &bytes)
{
    const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, 9);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    QByteArray out(qsizetype(ZSTD_compressBound(size_t(bytes.size()))), Qt::Uninitialized);
    const size_t size = ZSTD_compress2(
        context.get(), out.data(), size_t(out.size()), bytes.constData(), size_t(bytes.size()));
    if (ZSTD_isError(size) != 0)
        return fail(
            Error::Kind::Internal, u"cannot compress: "_s + QString::fromLatin1(ZSTD_getErrorName(size)));
    out.truncate(qsizetype(size));
    return out;
}

Result<QByteArray> decompressed(const QByteArray &bytes, qint64 limit)
{
    const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
    // A window of 128 MiB is the most a frame of ours can ask for.
    ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, 27);
    ZSTD_inBuffer in{bytes.constData(), size_t(bytes.size()), 0};
    QByteArray out, chunk(qsizetype(ZSTD_DStreamOutSize()), Qt::Uninitialized);
    size_t left = 1;
    while (in.pos < in.size) {
        ZSTD_outBuffer to{chunk.data(), size_t(chunk.size()), 0};
        left = ZSTD_decompressStream(context.get(), &to, &in);
        if (ZSTD_isError(left) != 0)
            return damaged(QString::fromLatin1(ZSTD_getErrorName(left)));
        if (out.size() + qint64(to.pos) > limit)
            return fail(Error::Kind::TooLarge, u"the archive holds more than %1 MiB"_s.arg(limit >> 20));
        out.append(chunk.constData(), qsizetype(to.pos));
    }
    // What fitted into no chunk yet is still in the decoder.
    while (left != 0) {
        ZSTD_outBuffer to{chunk.data(), size_t(chunk.size()), 0};
        left = ZSTD_decompressStream(context.get(), &to, &in);
        if (ZSTD_isError(left) != 0 || to.pos == 0)
            return damaged(u"it is cut"_s);
        if (out.size() + qint64(to.pos) > limit)
            return fail(Error::Kind::TooLarge, u"the archive holds more than %1 MiB"_s.arg(limit >> 20));
        out.append(chunk.constData(), qsizetype(to.pos));
    }
    return out;
}

} // namespace bw
