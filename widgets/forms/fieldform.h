// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/fieldspec.h>

#include <QVariantMap>
#include <QWidget>

class QFormLayout;

namespace bw {

class PlainLabel;

/// A line below an input that says what is wrong with it; hidden while nothing is.
PlainLabel *newProblemLine(QWidget *parent);

/// A form made from field descriptions: one input a field, by its type; lists and maps as JSON. What is wrong
/// with a field stands below it. UI thread.
class FieldForm final : public QWidget
{
    Q_OBJECT
public:
    explicit FieldForm(QWidget *parent = nullptr);
    /// Replaces all inputs. Keys of `values` without a field are kept and given back.
    void setFields(const std::vector<FieldSpec> &fields, const QVariantMap &values);
    /// Fields at their fallback are left out, unless they were given. What does not fit its field is given as
    /// it was typed.
    QVariantMap values() const;
    /// Empty texts are taken away.
    void setProblems(const QMap<QString, QString> &problems);

signals:
    void changed();

private:
    struct Input
    {
        FieldSpec field;
        QWidget *widget = nullptr;
        PlainLabel *problem = nullptr;
    };
    QWidget *inputFor(const FieldSpec &field, const QVariant &value);
    /// Invalid: nothing was entered.
    static QVariant valueOf(const Input &input);

    QFormLayout *m_form;
    std::vector<Input> m_inputs;
    QVariantMap m_given;
};

} // namespace bw
