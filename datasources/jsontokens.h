// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <array>
#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <immintrin.h>
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

    static constexpr qsizetype kString = 1 << 20; ///< bytes of one string, give or take a block

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
    bool isTooLarge() const { return m_isTooLarge; } ///< what kind of error
    const char *errorAt() const { return m_errorAt; }

private:
    struct Masks
    {
        quint64 quote = 0, bracket = 0, gap = 0; ///< bracket: also colon and comma; gap: those and white
        bool hasSlash = false, hasControl = false; ///< looked for closely only where there are any
    };
    Q_ALWAYS_INLINE static Masks classify(const char *block)
    {
        Masks out;
#if defined(__SSE2__)
        __m128i slashes = _mm_setzero_si128(), controls = _mm_setzero_si128();
        for (int i = 0; i < 64; i += 16) {
            const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i *>(block + i));
            const auto is = [](const __m128i &value, char c) {
                return _mm_cmpeq_epi8(value, _mm_set1_epi8(c));
            };
            const auto bits = [&](const __m128i &mask) {
                return quint64(quint32(_mm_movemask_epi8(mask))) << i;
            };
            // Bit 5 makes [ and { alike, ] and }; nothing else becomes one of them.
            const __m128i folded = _mm_or_si128(x, _mm_set1_epi8(0x20));
            const __m128i bracket = _mm_or_si128(
                _mm_or_si128(is(folded, '{'), is(folded, '}')), _mm_or_si128(is(x, ':'), is(x, ',')));
            const __m128i upToSpace = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(' ')), x);
            slashes = _mm_or_si128(slashes, is(x, '\\'));
            controls = _mm_or_si128(controls, _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x1f)), x));
            out.quote |= bits(is(x, '"'));
            out.bracket |= bits(bracket);
            out.gap |= bits(_mm_or_si128(bracket, upToSpace));
        }
        out.hasSlash = _mm_movemask_epi8(slashes) != 0;
        out.hasControl = _mm_movemask_epi8(controls) != 0;
#else
        for (int i = 0; i < 64; ++i) {
            const char c = block[i];
            const quint64 bit = quint64(1) << i;
            const bool isBracket = (c | 0x20) == '{' || (c | 0x20) == '}' || c == ':' || c == ',';
            out.quote |= c == '"' ? bit : 0;
            out.bracket |= isBracket ? bit : 0;
            out.gap |= isBracket || static_cast<unsigned char>(c) <= ' ' ? bit : 0;
            out.hasSlash = out.hasSlash || c == '\\';
            out.hasControl = out.hasControl || static_cast<unsigned char>(c) < 0x20;
        }
#endif
        return out;
    }
#if defined(__SSE2__)
    /// The same for processors that take 32 bytes at a time.
    __attribute__((target("avx2"))) static Masks classifyWide(const char *block)
    {
        Masks out;
        const __m256i space = _mm256_set1_epi8(' ');
        __m256i slashes = _mm256_setzero_si256(), controls = _mm256_setzero_si256();
        for (int i = 0; i < 64; i += 32) {
            const __m256i x = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(block + i));
            const __m256i folded = _mm256_or_si256(x, space);
            const __m256i bracket =
                _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(folded, _mm256_set1_epi8('{')),
                                    _mm256_cmpeq_epi8(folded, _mm256_set1_epi8('}'))),
                    _mm256_or_si256(_mm256_cmpeq_epi8(x, _mm256_set1_epi8(':')),
                        _mm256_cmpeq_epi8(x, _mm256_set1_epi8(','))));
            const __m256i upToSpace = _mm256_cmpeq_epi8(_mm256_min_epu8(x, space), x);
            const __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(x, _mm256_set1_epi8(0x1f)), x);
            const __m256i quote = _mm256_cmpeq_epi8(x, _mm256_set1_epi8('"'));
            slashes = _mm256_or_si256(slashes, _mm256_cmpeq_epi8(x, _mm256_set1_epi8('\\')));
            controls = _mm256_or_si256(controls, control);
            out.quote |= quint64(quint32(_mm256_movemask_epi8(quote))) << i;
            out.bracket |= quint64(quint32(_mm256_movemask_epi8(bracket))) << i;
            out.gap |= quint64(quint32(_mm256_movemask_epi8(_mm256_or_si256(bracket, upToSpace)))) << i;
        }
        out.hasSlash = _mm256_movemask_epi8(slashes) != 0;
        out.hasControl = _mm256_movemask_epi8(controls) != 0;
        return out;
    }
    static bool isWide() { return __builtin_cpu_supports("avx2") != 0; }
#else
    static Masks classifyWide(const char *block) { return classify(block); }
    static bool isWide() { return false; }
#endif
    Q_NEVER_INLINE static quint64 placesOf(const char *block, char wanted)
    {
        quint64 out = 0;
        for (int i = 0; i < 64; ++i)
            out |= quint64(block[i] == wanted) << i;
        return out;
    }

    /// The next block that has tokens; false at the end.
    Q_NEVER_INLINE bool more()
    {
        const char *const from = m_next;
        do {
            if (m_next >= m_end) {
                if (m_inString != 0)
                    reject(m_end, "the text ends inside a string: it is cut off");
                return false;
            }
            if (m_next - from > kString) {
                m_isTooLarge = true;
                reject(from, "a string of more than 1 MiB");
                return false;
            }
            scan();
        } while (m_bits == 0);
        return true;
    }

    Q_ALWAYS_INLINE void scan()
    {
        m_block = m_next;
        std::array<char, 64> rest;
        const char *bytes = m_block;
        m_next = m_block + 64;
        if (Q_UNLIKELY(m_end - m_block < 64)) {
            rest.fill(' ');
            std::memcpy(rest.data(), m_block, size_t(m_end - m_block));
            bytes = rest.data();
            m_next = m_end;
        }
        const Masks masks = m_isWide ? classifyWide(bytes) : classify(bytes);
        quint64 quotes = masks.quote;
        if (masks.hasSlash || m_isEscaped) {
            const quint64 slashes = placesOf(bytes, '\\');
            m_slash = m_block + 63 - std::countl_zero(slashes | 1);
            quotes &= ~escaped(slashes);
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
        if (masks.hasControl)
            checkControls(inside);
        // Whatever is no gap and in no string belongs to a number or a word.
        const quint64 strings = inside | quotes;
        const quint64 words = ~(masks.gap | strings);
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

    Q_NEVER_INLINE void checkControls(quint64 inside)
    {
        for (const char *at = m_block; at < m_next && !m_error; ++at) {
            if (static_cast<unsigned char>(*at) >= 0x20)
                continue;
            if ((inside >> (at - m_block) & 1) != 0)
                reject(at, "a string holds a raw control character");
            else if (*at != '\n' && *at != '\r' && *at != '\t')
                reject(at, "a control character between values");
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
    bool m_isEscaped = false, m_isTooLarge = false;
    const bool m_isWide = isWide();
    const char *m_slash = nullptr; ///< the last backslash found so far
    const char *m_error = nullptr, *m_errorAt = nullptr;
};

} // namespace bw
