// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <array>
#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace bw {

/// Finds where the tokens of a JSON text begin, 64 bytes at a time and without looking at what they mean: the
/// places are known long before the reader decides what to do with them, which keeps the processor busy.
/// Needs no memory for them. Used by JsonCursor only.
class JsonTokens
{
public:
    JsonTokens(const char *begin, const char *end)
        : m_block(begin)
        , m_next(begin)
        , m_end(end)
    {
    }

    /// The beginning of the next token; `end` when there are no more, or after an error.
    Q_ALWAYS_INLINE const char *next()
    {
        if (Q_UNLIKELY(m_bits == 0) && !more())
            return m_end;
        const char *const at = m_block + std::countr_zero(m_bits);
        m_bits &= m_bits - 1;
        return at;
    }
    /// Whether a backslash stands at `from` or between it and the tokens found so far.
    bool hasSlashSince(const char *from) const { return m_slash >= from; }
    const char *error() const { return m_error; }
    const char *errorAt() const { return m_errorAt; }

private:
    struct Masks
    {
        quint64 quote = 0, slash = 0, control = 0, white = 0, bracket = 0; ///< bracket: also colon and comma
    };
    Q_ALWAYS_INLINE static Masks classify(const char *block)
    {
        Masks out;
#if defined(__SSE2__)
        for (int i = 0; i < 64; i += 16) {
            const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i *>(block + i));
            const auto is = [&](const __m128i &value, char c) {
                return _mm_cmpeq_epi8(value, _mm_set1_epi8(c));
            };
            const auto bits = [&](const __m128i &mask) {
                return quint64(quint32(_mm_movemask_epi8(mask))) << i;
            };
            const __m128i folded = _mm_or_si128(x, _mm_set1_epi8(0x20)); // [ and { alike, ] and }
            const __m128i brackets = _mm_or_si128(is(folded, '{'), is(folded, '}'));
            // Folding maps DEL and others elsewhere, never onto these.
            const __m128i marks = _mm_or_si128(is(x, ':'), is(x, ','));
            const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x1f)), x);
            out.quote |= bits(is(x, '"'));
            out.slash |= bits(is(x, '\\'));
            out.control |= bits(control);
            out.white |= bits(_mm_or_si128(control, is(x, ' ')));
            out.bracket |= bits(_mm_or_si128(brackets, marks));
        }
#else
        for (int i = 0; i < 64; ++i) {
            const char c = block[i];
            const quint64 bit = quint64(1) << i;
            const bool isControl = static_cast<unsigned char>(c) < 0x20;
            out.quote |= c == '"' ? bit : 0;
            out.slash |= c == '\\' ? bit : 0;
            out.control |= isControl ? bit : 0;
            out.white |= isControl || c == ' ' ? bit : 0;
            out.bracket |= (c | 0x20) == '{' || (c | 0x20) == '}' || c == ':' || c == ',' ? bit : 0;
        }
#endif
        return out;
    }

    /// The next block that has tokens; false at the end.
    Q_NEVER_INLINE bool more()
    {
        do {
            if (m_next >= m_end) {
                if (m_inString != 0)
                    reject(m_end, "the text ends inside a string: it is cut off");
                return false;
            }
            scan();
        } while (m_bits == 0);
        return true;
    }

    Q_ALWAYS_INLINE void scan()
    {
        m_block = m_next;
        Masks masks;
        if (m_end - m_block >= 64) {
            masks = classify(m_block);
            m_next = m_block + 64;
        } else {
            std::array<char, 64> rest;
            rest.fill(' ');
            std::memcpy(rest.data(), m_block, size_t(m_end - m_block));
            masks = classify(rest.data());
            m_next = m_end;
        }
        quint64 quotes = masks.quote;
        if (masks.slash != 0 || m_isEscaped) {
            m_slash = m_block + 63 - std::countl_zero(masks.slash | 1);
            quotes &= ~escaped(masks.slash);
        }
        quint64 inside = quotes; // becomes: from each opening quote up to before the closing one
        inside ^= inside << 1;
        inside ^= inside << 2;
        inside ^= inside << 4;
        inside ^= inside << 8;
        inside ^= inside << 16;
        inside ^= inside << 32;
        inside ^= m_inString;
        m_inString = quint64(qint64(inside) >> 63);
        if (masks.control != 0)
            checkControls(masks.control, inside);
        // Whatever is neither white, a bracket nor in a string belongs to a number or a word.
        const quint64 strings = inside | quotes;
        const quint64 words = ~(masks.white | masks.bracket | strings);
        const quint64 wordStarts = words & ~(words << 1 | m_inWord);
        m_inWord = words >> 63;
        m_bits = (masks.bracket & ~strings) | (quotes & inside) | wordStarts;
        if (m_error)
            m_bits = 0;
    }

    /// Which bytes a backslash escapes; cheap only because few blocks have one.
    quint64 escaped(quint64 slashes)
    {
        quint64 out = 0;
        bool isEscaped = m_isEscaped;
        if (isEscaped)
            out = 1;
        quint64 left = slashes & ~out;
        m_isEscaped = false;
        while (left != 0) {
            const int at = std::countr_zero(left);
            left &= left - 1;
            if (at == 63) {
                m_isEscaped = true;
                break;
            }
            const quint64 victim = quint64(2) << at;
            out |= victim;
            left &= ~victim;
        }
        return out;
    }

    void checkControls(quint64 controls, quint64 inside)
    {
        while (controls != 0 && !m_error) {
            const int at = std::countr_zero(controls);
            controls &= controls - 1;
            const char *const place = m_block + at;
            if (place >= m_end)
                return;
            const bool isWhite = *place == '\n' || *place == '\r' || *place == '\t';
            if ((inside >> at & 1) != 0)
                reject(place, "a string holds a raw control character");
            else if (!isWhite)
                reject(place, "a control character between values");
        }
    }

    void reject(const char *place, const char *what)
    {
        if (!m_error) {
            m_error = what;
            m_errorAt = place;
        }
        m_bits = 0;
        m_next = m_end;
        m_inString = 0;
    }

    const char *m_block, *m_next, *m_end;
    quint64 m_bits = 0, m_inString = 0, m_inWord = 0;
    bool m_isEscaped = false;
    const char *m_slash = nullptr; ///< the last backslash found so far
    const char *m_error = nullptr, *m_errorAt = nullptr;
};

} // namespace bw
