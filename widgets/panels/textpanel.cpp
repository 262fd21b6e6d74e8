// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelkinds.h>
#include <widgets/panels/panelvalues.h>

#include <widgets/base/safetextview.h>

#include <QVBoxLayout>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

/// Markdown of the dashboard's author; a link is handed to whoever checks and opens it.
class TextPanel final : public PanelView
{
public:
    TextPanel(const Panel &panel, QWidget *parent)
        : PanelView(parent)
    {
        auto *text = new SafeTextView(this);
        text->showMarkdown(panel.options.value(u"content"_s).toString());
        auto *layout = new QVBoxLayout(this);
        layout->setContentsMargins(4, 0, 4, 4);
        layout->addWidget(text);
        connect(text, &SafeTextView::linkClicked, this,
            [this](const QString &address) { emit openRequested(WebLink{address}); });
    }

    void showData(const PanelData &) override { }
};

} // namespace

PanelKind textPanelKind()
{
    return {u"text"_s, TextPanel::tr("Text"),
        {optionField(u"content"_s, TextPanel::tr("Markdown"), FieldSpec::Kind::Text, QString())},
        [](const Panel &panel, QWidget *parent) -> PanelView * { return new TextPanel(panel, parent); }};
}

} // namespace bw
