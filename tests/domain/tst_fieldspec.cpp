// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/fieldspec.h>

#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using Kind = FieldSpec::Kind;

namespace {

FieldSpec field(Kind kind, const QVariant &fallback = {})
{
    FieldSpec spec;
    spec.key = u"key"_s;
    spec.kind = kind;
    spec.fallback = fallback;
    spec.choices = {u"last"_s, u"mean"_s, u"max"_s};
    return spec;
}

FieldSpec between(Kind kind, double min, double max)
{
    FieldSpec spec = field(kind);
    spec.min = min;
    spec.max = max;
    return spec;
}

} // namespace

class TestFieldSpec : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void good_data()
    {
        QTest::addColumn<FieldSpec>("spec");
        QTest::addColumn<QVariant>("value");
        QTest::addColumn<QVariant>("expected");
        const auto row = [](const char *name, const FieldSpec &spec, const QVariant &value,
                             const QVariant &expected) { QTest::newRow(name) << spec << value << expected; };
        row("text", field(Kind::Text), u"a"_s, u"a"_s);
        row("number as text", field(Kind::Text), 5, u"5"_s);
        row("empty text", field(Kind::Text), u""_s, u""_s);
        row("left out", field(Kind::Text, u"x"_s), {}, u"x"_s);
        row("integer", field(Kind::Integer), 7, qlonglong(7));
        row("integer as text", field(Kind::Integer), u" 7 "_s, qlonglong(7));
        row("whole double", field(Kind::Integer), 7.0, qlonglong(7));
        row("at the border", between(Kind::Integer, 1, 7), 7, qlonglong(7));
        row("number", field(Kind::Number), u"0.25"_s, 0.25);
        row("true", field(Kind::Boolean), true, true);
        row("false as text", field(Kind::Boolean), u"false"_s, false);
        row("duration", field(Kind::Duration), u"1h30m"_s, u"1h30m"_s);
        row("choice", field(Kind::Choice), u"mean"_s, u"mean"_s);
        row("list", field(Kind::List), QVariantList{1, 2}, QVariantList{1, 2});
        row("list of texts", field(Kind::List), QStringList{u"a"_s}, QVariantList{u"a"_s});
        row("one for a list", field(Kind::List), u"a"_s, QVariantList{u"a"_s});
        row("map", field(Kind::Map), QVariantMap{{u"a"_s, 1}}, QVariantMap{{u"a"_s, 1}});
        row("secret", field(Kind::Secret), u"keyring:prom"_s, u"keyring:prom"_s);
    }
    void good()
    {
        QFETCH(FieldSpec, spec);
        QFETCH(QVariant, value);
        QFETCH(QVariant, expected);
        const auto result = checkedField(spec, value);
        QVERIFY2(result, result ? "" : qPrintable(result.error().message));
        QCOMPARE(*result, expected);
        QCOMPARE(result->typeId(), expected.typeId());
    }

    void bad_data()
    {
        QTest::addColumn<FieldSpec>("spec");
        QTest::addColumn<QVariant>("value");
        QTest::addColumn<QString>("mentions");
        const auto row = [](const char *name, const FieldSpec &spec, const QVariant &value,
                             const char *mentions) {
            QTest::newRow(name) << spec << value << QString::fromUtf8(mentions);
        };
        FieldSpec needed = field(Kind::Text);
        needed.required = true;
        row("missing", needed, {}, "key is missing");
        row("map for text", field(Kind::Text), QVariantMap{}, "found a map");
        row("list for text", field(Kind::Text), QVariantList{}, "found a list");
        row("half integer", field(Kind::Integer), 7.5, "whole number");
        row("word for integer", field(Kind::Integer), u"seven"_s, "\"seven\"");
        row("too small", between(Kind::Integer, 1, 7), 0, "from 1 to 7");
        row("too large", between(Kind::Number, -1e308, 7), 7.5, "at most 7");
        row("boolean for a number", field(Kind::Number), true, "a number");
        row("not a number", field(Kind::Number), u"nan"_s, "a number");
        row("yes", field(Kind::Boolean), u"yes"_s, "true or false");
        row("one", field(Kind::Boolean), 1, "true or false");
        row("month", field(Kind::Duration), u"1M"_s, "a duration");
        row("choice", field(Kind::Choice), u"maen"_s, "did you mean mean?");
        row("map for list", field(Kind::List), QVariantMap{}, "a list");
        row("text for map", field(Kind::Map), u"x"_s, "a map");
        row("literal secret", field(Kind::Secret), u"hunter2"_s, "keyring:NAME");
    }
    void bad()
    {
        QFETCH(FieldSpec, spec);
        QFETCH(QVariant, value);
        QFETCH(QString, mentions);
        const auto result = checkedField(spec, value);
        QVERIFY(!result);
        QCOMPARE(result.error().kind, Error::Kind::Invalid);
        QVERIFY2(result.error().message.contains(mentions), qPrintable(result.error().message));
        QVERIFY(result.error().message.startsWith(u"key"_s));
    }

    void aSecretIsNotRepeated()
    {
        const auto result = checkedField(field(Kind::Secret), u"hunter2"_s);
        QVERIFY(!result && !result.error().message.contains(u"hunter2"_s) && result.error().detail.isEmpty());
    }

    void nearest_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("expected");
        QTest::newRow("same") << u"thresholds"_s << u"thresholds"_s;
        QTest::newRow("one left out") << u"tresholds"_s << u"thresholds"_s;
        QTest::newRow("two swapped") << u"thersholds"_s << u"thresholds"_s;
        QTest::newRow("too far") << u"tholds"_s << QString();
        QTest::newRow("empty") << QString() << QString();
        QTest::newRow("nearest of two") << u"unt"_s << u"unit"_s;
    }
    void nearest()
    {
        QFETCH(QString, key);
        QFETCH(QString, expected);
        QCOMPARE(nearestKey(key, {u"thresholds"_s, u"units"_s, u"unit"_s, u"title"_s}), expected);
    }
};

QTEST_APPLESS_MAIN(TestFieldSpec)
#include "tst_fieldspec.moc"
