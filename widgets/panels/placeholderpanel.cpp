// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelkinds.h>
#include <widgets/panels/panelvalues.h>

#include <widgets/base/theme.h>

#include <QPainter>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

/// Stands where a panel of a kind we do not have would be: says so, and what there is.
class PlaceholderPanel final : public PanelView
{
public:
    PlaceholderPanel(const Panel &panel, QWidget *parent)
        : PanelView(parent)
        , m_panel(panel)
    {
        setAccessibleName(text());
    }

    void showData(const PanelData &) override { }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const Theme &theme = themeOf(this);
        painter.fillRect(rect(), theme.surface);
        painter.setPen(theme.textDim);
        painter.drawText(rect().adjusted(12, 8, -12, -8), Qt::AlignCenter | Qt::TextWordWrap, text());
    }

private:
    QString text() const
    {
        if (const QString was = m_panel.options.value(u"was"_s).toString(); !was.isEmpty()) {
            // Of an import: what stood there is kept in the dashboard's file.
            QString text =
                tr("A panel of kind \"%1\" stood here. It is kept in the dashboard's file and not drawn.")
                    .arg(render::line(Untrusted(was), 60));
            for (const PanelQuery &query : m_panel.queries)
                text += u"\n"_s + render::line(Untrusted(query.type), 20) + u"  "_s
                    + render::line(Untrusted(query.expr), 200);
            return text;
        }
        QStringList known;
        for (const PanelKind &kind : builtinPanelKinds())
            known << kind.id;
        const QString kind = render::line(Untrusted(m_panel.kind), 60);
        QString text = tr("There is no panel kind \"%1\". Kinds: %2.").arg(kind, known.join(u", "_s));
        for (const PanelQuery &query : m_panel.queries)
            text += u"\n"_s + render::line(Untrusted(query.expr), 200);
        return text;
    }

    const Panel m_panel;
};

} // namespace

PanelKind placeholderPanelKind()
{
    return {u"placeholder"_s, PlaceholderPanel::tr("Placeholder"),
        {optionField(u"was"_s, PlaceholderPanel::tr("What it was"), FieldSpec::Kind::Text, QString())},
        [](const Panel &panel, QWidget *parent) -> PanelView * {
            return new PlaceholderPanel(panel, parent);
        }};
}

} // namespace bw
