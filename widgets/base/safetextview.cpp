// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/safetextview.h>

#include <widgets/base/safetext.h>

namespace bw {

SafeTextView::SafeTextView(QWidget *parent)
    : QTextBrowser(parent)
{
    auto *safe = new SafeTextDocument(this);
    safe->setDefaultFont(font());
    setDocument(safe);
    setFrameShape(QFrame::NoFrame);
    setOpenLinks(false);
    setOpenExternalLinks(false);
    connect(this, &QTextBrowser::anchorClicked, this,
        [this](const QUrl &url) { emit linkClicked(url.toString()); });
}

void SafeTextView::showMarkdown(const QString &text)
{
    // Qt's own dialect reads raw HTML unless told not to.
    document()->setMarkdown(text,
        QTextDocument::MarkdownFeatures(QTextDocument::MarkdownDialectGitHub)
            | QTextDocument::MarkdownNoHTML);
}

} // namespace bw
