// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/forms/fieldform.h>

#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTest>

#include <algorithm>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

FieldSpec field(const QString &key, FieldSpec::Kind kind, QVariant fallback = {})
{
    FieldSpec field;
    field.key = field.label = key;
    field.kind = kind;
    field.fallback = std::move(fallback);
    return field;
}

} // namespace

class TestFieldForm : public QObject
{
    Q_OBJECT
private slots:
    void formByFields();
    void listsOfWords();
};

void TestFieldForm::formByFields()
{
    const std::vector<FieldSpec> fields{field(u"n"_s, FieldSpec::Kind::Number),
        field(u"b"_s, FieldSpec::Kind::Boolean, true), field(u"d"_s, FieldSpec::Kind::Duration),
        field(u"l"_s, FieldSpec::Kind::List)};
    FieldForm form;
    const QVariantMap given{{u"n"_s, 5}, {u"l"_s, QVariantList{1.0, u"x"_s}}, {u"other"_s, u"kept"_s}};
    form.setFields(fields, given);
    QCOMPARE(form.values(), given); // nothing was touched
    form.findChild<QLineEdit *>(u"option.n"_s)->setText(u"7.5"_s);
    QCOMPARE(form.values().value(u"n"_s), QVariant(7.5));
    form.findChild<QLineEdit *>(u"option.n"_s)->setText(u"many"_s);
    QCOMPARE(form.values().value(u"n"_s), QVariant(u"many"_s)); // for the check to complain of
    form.findChild<QLineEdit *>(u"option.n"_s)->clear();
    QVERIFY(!form.values().contains(u"n"_s));
    form.findChild<QLineEdit *>(u"option.d"_s)->setText(u"1h"_s);
    QCOMPARE(form.values().value(u"d"_s), QVariant(u"1h"_s));
    auto *list = form.findChild<QPlainTextEdit *>(u"option.l"_s);
    list->setPlainText(u"[1, 2"_s);
    const QVariantMap mistyped = form.values();
    QCOMPARE(mistyped.value(u"l"_s), QVariant(u"[1, 2"_s));
    form.setFields(fields, mistyped); // as when the kind is chosen again, or the panel opened
    list = form.findChild<QPlainTextEdit *>(u"option.l"_s);
    QCOMPARE(list->toPlainText(), u"[1, 2"_s);
    QCOMPARE(form.values(), mistyped);
    list->setPlainText(u"[1, 2]"_s);
    QCOMPARE(form.values().value(u"l"_s), QVariant(QVariantList{1, 2}));
    form.setProblems({{u"d"_s, u"too long"_s}});
    const auto lines = form.findChildren<QLabel *>(u"problem"_s);
    QCOMPARE(
        std::count_if(lines.begin(), lines.end(), [](const QLabel *line) { return !line->isHidden(); }), 1);
}

void TestFieldForm::listsOfWords()
{
    const std::vector<FieldSpec> fields{field(u"w"_s, FieldSpec::Kind::List, QStringList())};
    FieldForm form;
    const QVariantMap words{{u"w"_s, QVariantList{u"last"_s, u"max"_s}}};
    form.setFields(fields, words);
    QCOMPARE(form.values(), words);
    auto *line = form.findChild<QLineEdit *>(u"option.w"_s);
    QVERIFY(line);
    QCOMPARE(line->text(), u"last, max"_s);
    line->setText(u" mean,, sum "_s);
    QCOMPARE(form.values().value(u"w"_s), QVariant(QVariantList{u"mean"_s, u"sum"_s}));
    line->clear();
    QVERIFY(!form.values().contains(u"w"_s));
    form.setFields(fields, {{u"w"_s, QVariantList{u"a,b"_s}}}); // no list of words any more
    QVERIFY(form.findChild<QPlainTextEdit *>(u"option.w"_s));
}

QTEST_MAIN(TestFieldForm)
#include "tst_fieldform.moc"
