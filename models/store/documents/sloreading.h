// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/slo/slo.h>

#include <store/documents/yamlreader.h>

namespace bw {

/// What the readers of the four dialects share. Used by their files only.

/// OpenSLO objects that others refer to by name, of all files. Nodes outlive it.
struct OpenSloObjects
{
    QMap<QString, const YamlNode *> indicators, policies, conditions, sources;
};
/// "openslo/v1" and its older and longer spellings.
bool isOpenSlo(const QString &apiVersion);
/// Notes what `document` defines for others.
void collectOpenSlo(const YamlNode &document, OpenSloObjects &objects);

std::vector<Slo> readOwnSlos(const YamlNode &document, YamlReport &report);
std::vector<Slo> readSlothSlos(const YamlNode &document, YamlReport &report);
std::vector<Slo> readPyrraSlos(const YamlNode &document, YamlReport &report);
std::vector<Slo> readOpenSlos(const YamlNode &document, YamlReport &report, const OpenSloObjects &objects);

/// Gives an objective its place, its checks and what its dialect leaves unsaid. False: it cannot be used,
/// and the report says why.
bool finishSlo(Slo &slo, const YamlNode &at, YamlReport &report);
/// A number, quoted or not: other tools write percentages as text.
std::optional<double> numberIn(const YamlNode *node);
/// Parentheses, brackets, braces and quotes that match; what is wrong, or nothing.
QString unbalanced(const QString &expression);
/// A map below `key`, or an empty one.
const YamlNode &childOf(const YamlNode &node, QStringView key);
/// The owner a set of labels names: owner, team, squad.
QString ownerIn(const QMap<QString, QString> &labels);
/// Scalars of a map as text; of a list value its parts with commas.
QMap<QString, QString> looseLabels(const YamlNode *node);
/// Six digits: 0.9990000000000001 is 0.999.
double roundedTarget(double target);

} // namespace bw
