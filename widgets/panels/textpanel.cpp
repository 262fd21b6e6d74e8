// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelkinds.h>
#include <widgets/panels/panelvalues.h>

#include <widgets/base/safetext.h>

#include <QTextBrowser>
#include <QVBoxLayout>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

/// Markdown of the dashboard's author: no HTML, no remote or local images; links are asked for, not followed.
class TextPanel final : public PanelView
{
public:
    TextPanel(const Panel &panel, QWidget *parent)
        : PanelView(parent)
        , m_browser(new QTextBrowser(this))
    {
        auto *document = new SafeTextDocument(m_browser);
        document->setDefaultFont(m_browser->font());
        m_browser->setDocument(document);
        m_browser->setFrameShape(QFrame::NoFrame);
        m_browser->setOpenLinks(false);
        m_browser->setOpenExternalLinks(false);
        // Without MarkdownNoHTML Qt's own dialect reads raw HTML.
        document->setMarkdown(panel.options.value(u"content"_s).toString(),
            QTextDocument::MarkdownFeatures(QTextDocument::MarkdownDialectGitHub)
                | QTextDocument::MarkdownNoHTML);
        auto *layout = new QVBoxLayout(this);
        layout->setContentsMargins(4, 0, 4, 4);
        layout->addWidget(m_browser);
        connect(m_browser, &QTextBrowser::anchorClicked, this,
            [this](const QUrl &url) { emit openRequested(WebLink{url.toString()}); });
    }

    void showData(const PanelData &) override { }

private:
    QTextBrowser *m_browser;
};

} // namespace

PanelKind textPanelKind()
{
    return {u"text"_s, TextPanel::tr("Text"),
        {optionField(u"content"_s, TextPanel::tr("Markdown"), FieldSpec::Kind::Text, QString())},
        [](const Panel &panel, QWidget *parent) -> PanelView * { return new TextPanel(panel, parent); }};
}

} // namespace bw
