// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/safelinks.h>

#include <widgets/base/safetext.h>

#include <QAbstractButton>
#include <QDesktopServices>
#include <QRegularExpression>

#include <optional>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

struct Parts
{
    QString scheme, host;
    int port = -1;
};

/// Our own reading, stricter than RFC 3986: what it does not understand is refused.
std::optional<Parts> strictParts(const QString &text)
{
    static const QRegularExpression form(
        uR"(\A(https?)://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?(?:[/?#][^\s\\\x00-\x1f\x7f]*)?\z)"_s,
        QRegularExpression::CaseInsensitiveOption);
    const QRegularExpressionMatch match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    Parts parts{match.captured(1).toLower(), match.captured(2).toLower(), -1};
    if (parts.host.startsWith(u'['))
        parts.host = parts.host.mid(1, parts.host.size() - 2);
    if (!match.captured(3).isEmpty())
        parts.port = match.captured(3).toInt();
    return parts;
}

} // namespace

Result<QUrl> checkedWebLink(const QString &text)
{
    const auto refuse = [&](const QString &why) {
        return fail(Error::Kind::Invalid, QObject::tr("This link is not opened: %1").arg(why),
            render::line(Untrusted(text), 500));
    };
    const std::optional<Parts> strict = strictParts(text);
    if (!strict)
        return refuse(QObject::tr("only plain http and https addresses are"));
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || url.scheme() != strict->scheme || !url.userInfo().isEmpty())
        return refuse(QObject::tr("its parts are ambiguous"));
    if (url.host(QUrl::FullyEncoded).toLower() != strict->host || url.port() != strict->port
        || strict->port > 65535)
        return refuse(QObject::tr("its host is ambiguous"));
    return url;
}

QString shownHost(const QUrl &url)
{
    const QString host = QString::fromLatin1(QUrl::toAce(url.host()));
    const QString shown = host.isEmpty() ? url.host(QUrl::FullyEncoded) : host;
    return url.port() < 0 ? shown : shown + u':' + QString::number(url.port());
}

LinkOpener::LinkOpener(QObject *parent, Open open)
    : QObject(parent)
    , m_open(open ? std::move(open) : [](const QUrl &url) { QDesktopServices::openUrl(url); })
{
}

void LinkOpener::open(const QString &text, QWidget *over)
{
    const Result<QUrl> url = checkedWebLink(text);
    if (!url) {
        PlainMessageBox::inform(
            over, QMessageBox::Warning, tr("Link refused"), url.error().message, url.error().detail);
        return;
    }
    const QString host = shownHost(*url);
    if (m_knownHosts.contains(host)) {
        m_open(*url);
        return;
    }
    const QString question = tr("Open this address in the browser?\n\nHost: %1\n\n%2")
                                 .arg(host, QString::fromLatin1(url->toEncoded()).left(2000));
    auto *box = PlainMessageBox::ask(over, tr("Open link"), question, tr("Open"), {});
    connect(
        box, &QMessageBox::buttonClicked, this, [this, box, host, target = *url](QAbstractButton *button) {
            if (box->buttonRole(button) != QMessageBox::AcceptRole)
                return;
            m_knownHosts.insert(host);
            m_open(target);
        });
}

} // namespace bw
