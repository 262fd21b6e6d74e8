// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/picturepanel.h>

#include <widgets/panels/panelkind.h>
#include <widgets/plot/picturewidget.h>

#include <QVBoxLayout>

namespace bw {

void fillWithPicture(PanelView &panel, PictureWidget &picture)
{
    auto *layout = new QVBoxLayout(&panel);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(&picture);
    QObject::connect(&picture, &PictureWidget::rangeSelected, &panel, &PanelView::rangeSelected);
    QObject::connect(&picture, &PictureWidget::zoomOutRequested, &panel, &PanelView::zoomOutRequested);
    QObject::connect(&picture, &PictureWidget::crosshairMoved, &panel, &PanelView::crosshairMoved);
}

} // namespace bw
