// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextBrowser>

namespace bw {

/// Shows Markdown of a dashboard's author: no HTML, nothing loaded, links announced and not followed.
/// UI thread.
class SafeTextView final : public QTextBrowser
{
    Q_OBJECT
public:
    explicit SafeTextView(QWidget *parent = nullptr);
    void showMarkdown(const QString &text);

signals:
    /// A click on a link, unchecked: whoever opens it checks it.
    void linkClicked(const QString &address);
};

} // namespace bw
