// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/secrettext.h>

#include <QRegularExpression>

#include <array>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Names of what is secret, as they stand before "=" and ":" and after "--".
const QString kNames =
    u"(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|client[_-]?secret"
    u"|credential|session[._-]?id|x-api-key|cookie)"_s;

/// What stands in the first group stays; the rest of the match goes.
const std::array<QRegularExpression, 7> &patterns()
{
    using R = QRegularExpression;
    static const std::array<R, 7> all{
        R(u"()-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\\z)"_s,
            R::DotMatchesEverythingOption),
        // Authorization: Bearer x, Basic x, Token x
        R(u"\\b((?:proxy-)?authorization[\"']?\\s*[:=]\\s*[\"']?(?:(?:bearer|basic|token|digest|apikey)\\s+)?+)(?!\\[secret removed\\])[^\\s\"',;]{4,}"_s,
            R::CaseInsensitiveOption),
        // password="x y", "api_key": "x", then password=x, then --token x
        R(u"("_s + kNames
                + u"(?:\\\\?[\"'])?\\s*[:=]\\s*(\\\\?[\"']))(?!\\[secret removed\\])[^\"'\\\\\\n]+(?=\\2)"_s,
            R::CaseInsensitiveOption),
        R(u"("_s + kNames
                + u"(?:\\\\?[\"'])?\\s*[:=]\\s*(?:\\\\?[\"'])?)(?!\\[secret removed\\])[^\\s\"',;&|\\\\]{3,}"_s,
            R::CaseInsensitiveOption),
        R(u"(--(?:[a-z0-9-]*-)?"_s + kNames + u"\\s+[\"']?)(?!\\[secret removed\\]|-)[^\\s\"']{3,}"_s,
            R::CaseInsensitiveOption),
        // https://user:password@host
        R(u"(\\b[a-z][a-z0-9+.-]*://)[^\\s/@:]*:[^\\s/@]+(?=@)"_s, R::CaseInsensitiveOption),
        R(u"()(?:\\bA(?:KIA|SIA)[0-9A-Z]{16}\\b|\\bgh[pousr]_[A-Za-z0-9]{20,}|\\bgithub_pat_[A-Za-z0-9_]{20,}"
          u"|\\bglpat-[A-Za-z0-9_-]{16,}|\\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\\bAIza[0-9A-Za-z_-]{30,}"
          u"|\\bsk_(?:live|test)_[0-9A-Za-z]{16,}|\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*)"_s),
    };
    return all;
}

/// Most texts have none of this: one scan without groups says so.
bool mayHold(const QString &text)
{
    static const QRegularExpression hint(
        u"PRIVATE "
        u"KEY|authorization|pass|secret|token|key|credential|session|cookie|://[^\\s/]*@|A[KS]IA|gh[pousr]_"
        u"|github_pat|glpat-|xox|AIza|sk_|eyJ"_s,
        QRegularExpression::CaseInsensitiveOption);
    return text.contains(hint);
}

} // namespace

QString wellFormed(const QString &text)
{
    QString out = text;
    for (qsizetype i = 0; i < out.size(); ++i) {
        if (!out.at(i).isSurrogate())
            continue;
        const bool isPair =
            out.at(i).isHighSurrogate() && i + 1 < out.size() && out.at(i + 1).isLowSurrogate();
        if (isPair)
            ++i;
        else
            out[i] = QChar(0xfffd);
    }
    return out;
}

bool isCredentialName(const QString &name)
{
    static const QRegularExpression pattern(u"(?:^|[_.-])(?:authorization|passwd|"_s + kNames + u")s?\\z"_s,
        QRegularExpression::CaseInsensitiveOption);
    return pattern.match(name).hasMatch();
}

QString withoutSecrets(const QString &raw, int &removed)
{
    const QString text = wellFormed(raw);
    if (text.size() < 4 || !mayHold(text))
        return text;
    QString out = text;
    for (const QRegularExpression &pattern : patterns()) {
        QString next;
        qsizetype at = 0;
        for (auto matches = pattern.globalMatch(out); matches.hasNext();) {
            const QRegularExpressionMatch match = matches.next();
            next += out.mid(at, match.capturedEnd(1) - at) + u"[secret removed]"_s;
            at = match.capturedEnd();
            ++removed;
        }
        if (at > 0)
            out = next + out.mid(at);
    }
    return out;
}

} // namespace bw
