// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>

#include <QObject>
#include <QSet>
#include <QUrl>

#include <functional>

class QWidget;

namespace bw {

/// A web address that may be opened: http or https, a host, no user name, no controls, read alike by QUrl
/// and by a strict reader of our own. Invalid says what is wrong with it.
[[nodiscard]] Result<QUrl> checkedWebLink(const QString &text);
/// Host as a person should check it: punycode for anything beyond ASCII, with the port when it is not the
/// scheme's.
QString shownHost(const QUrl &url);

/// Opens web addresses on a click, asking once for each host it has not seen. UI thread; one a window.
class LinkOpener final : public QObject
{
    Q_OBJECT
public:
    using Open = std::function<void(const QUrl &)>;
    /// Without `open` the desktop's browser is used.
    explicit LinkOpener(QObject *parent = nullptr, Open open = {});
    /// Refuses what checkedWebLink() refuses, with a message box over `over`.
    void open(const QString &text, QWidget *over);

private:
    QSet<QString> m_knownHosts;
    Open m_open;
};

} // namespace bw
