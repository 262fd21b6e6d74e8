// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/safetext.h>

#include <app/emptystate.h>

#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace bw {

EmptyState::EmptyState(const QString &file, QWidget *parent)
    : QWidget(parent)
{
    auto *title = new PlainLabel(tr("No datasource is configured yet"), this);
    QFont large = title->font();
    large.setPointSizeF(large.pointSizeF() * 1.6);
    large.setWeight(QFont::DemiBold);
    title->setFont(large);

    auto *hint =
        new PlainLabel(tr("Write this file. It is watched: the window fills as soon as it is saved."), this);
    hint->setWordWrap(true);
    auto *path = new PlainLabel(file, this);
    path->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    path->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));

    auto *text = new QPlainTextEdit(example(), this);
    text->setReadOnly(true);
    text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    text->setLineWrapMode(QPlainTextEdit::NoWrap);
    const int lines = int(example().count(u'\n')) + 2;
    text->setFixedHeight(lines * text->fontMetrics().lineSpacing() + 16);
    auto *copy = new QPushButton(tr("Copy the example"), this);
    connect(copy, &QPushButton::clicked, this, [] { QGuiApplication::clipboard()->setText(example()); });

    auto *column = new QVBoxLayout;
    column->setSpacing(12);
    column->addWidget(title);
    column->addWidget(hint);
    column->addWidget(path);
    column->addWidget(text);
    column->addWidget(copy, 0, Qt::AlignLeft);
    auto *box = new QWidget(this);
    box->setLayout(column);
    box->setMaximumWidth(760);
    auto *outer = new QVBoxLayout(this);
    outer->addStretch(1);
    outer->addWidget(box, 0, Qt::AlignHCenter);
    outer->addStretch(2);
    box->setMinimumWidth(620);
}

QString EmptyState::example()
{
    return u"version: 1\n"
           "datasources:\n"
           "  - id: prom\n"
           "    kind: prometheus\n"
           "    url: http://127.0.0.1:9090\n"
           "    default: true\n"
           "  - id: am\n"
           "    kind: alertmanager\n"
           "    members: [http://127.0.0.1:9093]\n"
           "    metrics: prom\n"
           "    # Secrets are references: env:VARIABLE, keyring:NAME, file:PATH, command:PROGRAM\n"
           "    # auth: {bearer: \"env:MY_TOKEN\"}\n"_s;
}

} // namespace bw
