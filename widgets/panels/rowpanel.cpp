// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelkinds.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

/// A row is its title; the dashboard draws that and folds what is below it. The view is empty.
class RowPanel final : public PanelView
{
public:
    using PanelView::PanelView;
    void showData(const PanelData &) override { }
};

} // namespace

PanelKind rowPanelKind()
{
    return {u"row"_s, RowPanel::tr("Row"), {},
        [](const Panel &, QWidget *parent) -> PanelView * { return new RowPanel(parent); }};
}

} // namespace bw
