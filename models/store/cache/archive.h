// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>
#include <domain/base/untrusted.h>

#include <QByteArray>
#include <QHash>
#include <QString>
#include <QStringDecoder>
#include <QStringList>

#include <cstring>
#include <optional>
#include <vector>

namespace bw::archive {

// Two archives with the same members, so that one function a type describes both directions and they cannot
// drift apart. Integers are variable-length, equal texts are written once.

/// Appends. Never changes what it is given, although it takes references like the Reader.
class Writer
{
public:
    static constexpr bool reading = false;

    void unsignedInt(quint64 &value)
    {
        quint64 rest = value;
        while (rest >= 0x80) {
            m_out += char(rest | 0x80);
            rest >>= 7;
        }
        m_out += char(rest);
    }
    void raw(void *data, qsizetype size) { m_out.append(static_cast<const char *>(data), size); }
    void text(QString &value)
    {
        const auto known = m_texts.constFind(value);
        quint64 index = known == m_texts.constEnd() ? 0 : *known;
        unsignedInt(index);
        if (index != 0)
            return;
        QByteArray utf8 = value.toUtf8();
        quint64 size = quint64(utf8.size());
        unsignedInt(size);
        m_out += utf8;
        m_texts.insert(value, quint64(m_texts.size()) + 1);
    }
    /// The number of elements; each takes at least `least` bytes.
    size_t count(size_t size, size_t /*least*/)
    {
        quint64 value = size;
        unsignedInt(value);
        return size;
    }
    void fail() { }
    bool ok() const { return true; }
    QByteArray take() { return std::move(m_out); }

private:
    QByteArray m_out;
    QHash<QString, quint64> m_texts;
};

/// Reads with bounds. After the first thing that does not fit every value is zero and ok() is false.
class Reader
{
public:
    static constexpr bool reading = true;

    explicit Reader(QByteArrayView bytes)
        : m_rest(bytes)
    {
    }
    void unsignedInt(quint64 &value)
    {
        value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (m_rest.isEmpty())
                return fail();
            const auto byte = static_cast<unsigned char>(m_rest.front());
            m_rest = m_rest.sliced(1);
            value |= quint64(byte & 0x7f) << shift;
            if (byte < 0x80)
                return;
        }
        fail();
    }
    void raw(void *data, qsizetype size)
    {
        if (size > m_rest.size())
            return fail();
        if (size > 0)
            std::memcpy(data, m_rest.data(), size_t(size));
        m_rest = m_rest.sliced(size);
    }
    void text(QString &value)
    {
        quint64 index = 0, size = 0;
        unsignedInt(index);
        if (index > m_texts.size())
            return fail();
        if (index > 0) {
            value = m_texts[size_t(index - 1)];
            return;
        }
        unsignedInt(size);
        if (!m_ok || size > quint64(m_rest.size()))
            return fail();
        // A byte order mark in front is text here; QString::fromUtf8 would drop it.
        QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::ConvertInitialBom);
        value = decoder(m_rest.first(qsizetype(size)));
        m_rest = m_rest.sliced(qsizetype(size));
        m_texts.push_back(value);
    }
    size_t count(size_t, size_t least)
    {
        quint64 value = 0;
        unsignedInt(value);
        if (m_ok && value <= quint64(m_rest.size()) / least)
            return size_t(value);
        fail();
        return 0;
    }
    void fail()
    {
        m_ok = false;
        m_rest = {};
    }
    bool ok() const { return m_ok; }
    bool atEnd() const { return m_rest.isEmpty(); }

private:
    QByteArrayView m_rest;
    std::vector<QString> m_texts;
    bool m_ok = true;
};

template<typename A> void io(A &a, quint64 &value) { a.unsignedInt(value); }

template<typename A> void io(A &a, qint64 &value)
{
    // Zigzag: small negative numbers stay short.
    quint64 folded = (quint64(value) << 1) ^ quint64(value >> 63);
    a.unsignedInt(folded);
    if constexpr (A::reading)
        value = qint64(folded >> 1) ^ -qint64(folded & 1);
}

template<typename A> void io(A &a, int &value)
{
    qint64 wide = value;
    io(a, wide);
    if constexpr (A::reading) {
        if (wide < std::numeric_limits<int>::min() || wide > std::numeric_limits<int>::max())
            return a.fail();
        value = int(wide);
    }
}

template<typename A> void io(A &a, quint8 &value)
{
    quint64 wide = value;
    a.unsignedInt(wide);
    if constexpr (A::reading) {
        if (wide > 0xff)
            return a.fail();
        value = quint8(wide);
    }
}

template<typename A> void io(A &a, bool &value)
{
    quint8 byte = value;
    io(a, byte);
    if constexpr (A::reading) {
        if (byte > 1)
            a.fail();
        value = byte == 1;
    }
}

template<typename A> void io(A &a, double &value) { a.raw(&value, sizeof value); }
template<typename A> void io(A &a, QString &value) { a.text(value); }

template<typename A> void io(A &a, Untrusted &value)
{
    QString text = A::reading ? QString() : verbatim(value);
    a.text(text);
    if constexpr (A::reading)
        value = Untrusted(text);
}

template<typename A, typename Rep, typename Period> void io(A &a, std::chrono::duration<Rep, Period> &value)
{
    qint64 count = value.count();
    io(a, count);
    if constexpr (A::reading)
        value = std::chrono::duration<Rep, Period>(count);
}

template<typename A> void io(A &a, Timestamp &value)
{
    Nanoseconds since = value.time_since_epoch();
    io(a, since);
    if constexpr (A::reading)
        value = Timestamp(since);
}

/// An enumeration whose last value is `last`.
template<typename A, typename E> void ioEnum(A &a, E &value, E last)
{
    quint8 byte = quint8(value);
    io(a, byte);
    if constexpr (A::reading) {
        if (byte > quint8(last))
            return a.fail();
        value = E(byte);
    }
}

template<typename A, typename T> void io(A &a, std::optional<T> &value)
{
    bool there = value.has_value();
    io(a, there);
    if constexpr (A::reading)
        value = there ? std::optional<T>(T{}) : std::nullopt;
    if (value)
        io(a, *value);
}

/// A list, or a vector of anything io() knows.
template<typename A, typename List> void ioList(A &a, List &values)
{
    const size_t size = a.count(size_t(values.size()), 1);
    if constexpr (A::reading) {
        values.clear();
        for (size_t i = 0; i < size && a.ok(); ++i) {
            values.push_back({});
            io(a, values.back());
        }
    } else {
        for (auto &value : values)
            io(a, value);
    }
}
template<typename A> void io(A &a, QStringList &values) { ioList(a, values); }
template<typename A, typename T> void io(A &a, std::vector<T> &values) { ioList(a, values); }

/// The members of a struct, one after the other.
template<typename A, typename... Fields> void all(A &a, Fields &...fields) { (io(a, fields), ...); }

} // namespace bw::archive
