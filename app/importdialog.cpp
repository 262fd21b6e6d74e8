// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/importdialog.h>

#include <widgets/base/safetext.h>
#include <widgets/base/safetextview.h>

#include <QDialog>
#include <QDialogButtonBox>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace bw {

void showImportReport(QWidget *parent, const ImportedFile &imported)
{
    auto *dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(QObject::tr("Imported: %1").arg(render::line(Untrusted(imported.title), 100)));
    dialog->resize(820, 620);
    auto *layout = new QVBoxLayout(dialog);
    auto *where = new PlainLabel(dialog);
    where->setText(QObject::tr("Written to %1").arg(imported.path));
    where->setWordWrap(true);
    layout->addWidget(where);
    auto *text = new SafeTextView(dialog);
    text->showMarkdown(QString::fromUtf8(imported.report));
    layout->addWidget(text, 1);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::close);
    layout->addWidget(buttons);
    dialog->open();
}

} // namespace bw
