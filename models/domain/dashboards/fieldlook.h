// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/fieldspec.h>
#include <domain/dashboards/dashboard.h>

#include <QRegularExpression>

#include <functional>

namespace bw {

/// What overrides can tell fields apart by.
struct FieldFacts
{
    QString name; ///< as shown
    QString type = QStringLiteral("number"); ///< number, text, time
    QString query; ///< id
    /// A calculation over the field's samples; null when there are none to calculate with.
    std::function<double(const QString &calc)> value;
};

/// How one field is shown: the panel's settings with its overrides applied.
struct FieldLook
{
    QString title; ///< empty: the field's name
    QString unit;
    int decimals = -1;
    QString noValue;
    QString color; ///< role or #rrggbb; empty: by its place
    QVariantMap set; ///< the overrides' settings, for what only one kind of panel draws
    const std::vector<Thresholds> *thresholds = nullptr; ///< never null from lookFor()
    const std::vector<ValueMapping> *mappings = nullptr; ///< likewise
    const std::vector<PanelLink> *links = nullptr; ///< likewise
    bool isOverridden = false;
};

/// The settings an override may have, with their types: what lint checks and a form shows.
const std::vector<FieldSpec> &fieldSettings();

/// Resolves overrides; compiles their regular expressions once. Keeps pointers into the panel, which must
/// outlive it. Any thread.
class FieldLooks
{
public:
    explicit FieldLooks(const Panel &panel);
    FieldLook lookFor(const FieldFacts &facts) const;
    /// False: every field looks alike, and asking is a waste.
    bool hasOverrides() const { return !m_panel->overrides.empty(); }

private:
    bool matches(size_t at, const FieldFacts &facts) const;

    const Panel *m_panel;
    std::vector<QRegularExpression> m_regexes; ///< one an override, empty for other matches
    std::vector<std::vector<Thresholds>> m_thresholds; ///< likewise
};

} // namespace bw
