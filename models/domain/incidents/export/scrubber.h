// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/export/exportoptions.h>
#include <domain/incidents/export/incidentrecord.h>

#include <QHash>
#include <QRegularExpression>

#include <array>

namespace bw {

/// Under which id a person is known: of an import's authors there is one file but many names.
QString personKey(const Actor &actor);

/// Takes names of people and machines, addresses and secrets out of every text of one document. The same name
/// gives the same stand-in everywhere in it, numbered in the order in which they first occur. Used by one
/// thread.
class Scrubber
{
public:
    /// Learns from the record who and which machines there are.
    Scrubber(const IncidentRecord &record, const ExportOptions &options);

    QString text(const QString &text);
    Untrusted text(const Untrusted &text);
    QStringList texts(const QStringList &texts);
    /// Every text in it, keys as they are; members in `dropped` and empty ones left out.
    QJsonObject object(const QJsonObject &object, const QStringList &dropped = {});
    /// How the document names the person with this id: the display name, "A. S.", "scribe", or nothing.
    QString person(const QString &id);
    /// One more of `what` was taken out.
    void count(const QString &what, int by = 1);
    /// What was taken out, by name.
    std::vector<std::pair<QString, int>> removed() const;

private:
    struct Identity
    {
        QString id, display, role;
    };
    enum class Machine : quint8 { Host, Ip, Pod, Cluster };
    void learnPeople(const IncidentRecord &record);
    void learnMachines(const IncidentRecord &record);
    void learnLabels(const QJsonObject &labels);
    void learnNeedle(const QString &needle, const QString &replacement);
    void buildPatterns();
    QString styled(const Identity &identity);
    QString standIn(Machine kind, const QString &name);
    QString withoutKnown(const QString &text);
    QString insteadOf(const QString &name);
    QString withheld();
    QString withoutPatterns(const QString &text);
    QString withoutAddresses(QString text);
    QJsonValue value(const QJsonValue &value, const QStringList &dropped);

    ExportProfile m_profile;
    NameStyle m_style;
    std::vector<Identity> m_people;
    QHash<QString, QString> m_names; ///< person id → as shown
    QHash<QString, QString> m_peopleTexts; ///< what is searched for in texts → as shown
    QHash<QString, Machine> m_machines;
    QHash<QString, QString> m_standIns;
    std::array<int, 4> m_numbers{};
    QHash<QString, int> m_roleNumbers;
    std::vector<QRegularExpression> m_known; ///< together one search; a pattern has a largest size
    bool m_searches = false;
    std::map<QString, int> m_removed;
};

} // namespace bw
