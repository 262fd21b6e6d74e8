// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/graph/graphlayout.h>

#include <QByteArray>

#include <memory>
#include <mutex>

#include <graphviz/gvc.h>

namespace bw {

namespace {

constexpr double kPointsPerInch = 72;

struct Layout
{
    GVC_t *context;
    Agraph_t *graph;
    ~Layout()
    {
        gvFreeLayout(context, graph);
        agclose(graph);
        gvFreeContext(context);
    }
};

void set(void *object, const char *name, const QByteArray &value)
{
    QByteArray key(name), text(value), none("");
    agsafeset(object, key.data(), text.data(), none.data());
}

QByteArray inches(double points) { return QByteArray::number(points / kPointsPerInch, 'f', 4); }

/// Graphviz counts upwards, Qt downwards.
QPointF flipped(const pointf &at, double height) { return {at.x, height - at.y}; }

GraphPicture::Edge edgeOf(Agedge_t *edge, double height)
{
    GraphPicture::Edge out;
    if (const textlabel_t *label = ED_label(edge))
        out.label = flipped(label->pos, height);
    const splines *lines = ED_spl(edge);
    if (!lines || lines->size == 0)
        return out;
    const bezier &curve = lines->list[0];
    if (curve.sflag)
        out.curve.push_back(flipped(curve.sp, height));
    for (size_t i = 0; i < size_t(curve.size); ++i)
        out.curve.push_back(flipped(curve.list[i], height));
    out.arrow = curve.eflag ? flipped(curve.ep, height) : out.curve.back();
    return out;
}

} // namespace

GraphPicture layeredLayout(const std::vector<QSizeF> &nodes, const std::vector<GraphEdgeEnds> &edges)
{
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    GraphPicture picture;
    if (nodes.empty())
        return picture;
    QByteArray name("calls");
    Layout layout{gvContext(), agopen(name.data(), Agdirected, nullptr)};
    set(layout.graph, "rankdir", "LR");
    set(layout.graph, "nodesep", "0.28");
    set(layout.graph, "ranksep", "0.5");
    // Without limits a dense graph would keep dot busy for minutes.
    set(layout.graph, "nslimit", "4");
    set(layout.graph, "mclimit", "2");
    std::vector<Agnode_t *> made;
    for (size_t i = 0; i < nodes.size(); ++i) {
        QByteArray id = QByteArray::number(qulonglong(i));
        Agnode_t *node = agnode(layout.graph, id.data(), 1);
        set(node, "shape", "box");
        set(node, "fixedsize", "true");
        set(node, "label", " ");
        set(node, "width", inches(nodes[i].width()));
        set(node, "height", inches(nodes[i].height()));
        made.push_back(node);
    }
    std::vector<Agedge_t *> drawn;
    for (size_t i = 0; i < edges.size(); ++i) {
        QByteArray id = QByteArray::number(qulonglong(i));
        Agedge_t *edge =
            agedge(layout.graph, made[size_t(edges[i].from)], made[size_t(edges[i].to)], id.data(), 1);
        if (!edges[i].label.isEmpty()) {
            // A table of fixed size keeps the room without any font being measured.
            const QByteArray table = "<TABLE FIXEDSIZE=\"TRUE\" BORDER=\"0\" WIDTH=\""
                + QByteArray::number(int(edges[i].label.width())) + "\" HEIGHT=\""
                + QByteArray::number(int(edges[i].label.height())) + "\"><TR><TD></TD></TR></TABLE>";
            char *html = agstrdup_html(layout.graph, const_cast<char *>(table.constData()));
            QByteArray key("label"), none("");
            agsafeset(edge, key.data(), html, none.data());
        }
        drawn.push_back(edge);
    }
    if (gvLayout(layout.context, layout.graph, "dot") != 0)
        return picture;
    const boxf box = GD_bb(layout.graph);
    picture.size = {box.UR.x - box.LL.x, box.UR.y - box.LL.y};
    for (Agnode_t *node : made)
        picture.nodes.push_back(flipped(ND_coord(node), picture.size.height()));
    for (Agedge_t *edge : drawn)
        picture.edges.push_back(edgeOf(edge, picture.size.height()));
    return picture;
}

} // namespace bw
