// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/panels/panelcontroller.h>

namespace bw {

/// An expression made ready to be sent.
struct PanelController::Plan
{
    QuerySpec spec;
    StepPlan steps;
    QString expression;
    QByteArray identity; ///< source, kind, expression and step: the tail may be merged while it stays
    bool followsRange = false; ///< the answer depends on the range's ends
};

/// One query of the panel.
struct PanelController::Slot
{
    const PanelQuery *query = nullptr;
    QStringList expressions; ///< first choice and fallbacks
    int attempt = 0; ///< being asked
    int used = 0; ///< gave the present data
    QueryTicket ticket;
    bool isAsking = false;
    std::optional<Plan> asked;
    std::optional<TimeRange> tail; ///< what was asked instead of the whole
    bool mustBeFull = true;
    std::optional<BootTime> fullAt; ///< last answer to the whole
    QueryResult result; ///< last good data and present freshness
    QByteArray dataIdentity; ///< of the question that `result` answers
    TimeRange dataRange;
    bool hadOutcome = false;
    std::optional<BootTime> askedOwnAt; ///< refresh() in which a fallback for own data was asked
    QString problem; ///< what the server found wrong with the last question itself
    QString lacking; ///< what the profile lacks, when nothing could be asked
    QString waitingFor; ///< a source that has not been heard yet
    DetectedProfile profile; ///< as it was when the question was last made
    bool hadSource = false;
    QueryInspection inspection;
    int leftOut = 0; ///< own data of something else than the context
    QueryTicket referenceTicket;
    std::optional<QueryResult> reference; ///< option `compare`
    std::optional<BootTime> referenceAt; ///< when it was asked for
    QByteArray referenceIdentity;
    std::optional<Timestamp> referenceEnd; ///< nullopt: it was asked while live
    QueryTicket exemplarTicket;
    std::optional<QueryResult> exemplars; ///< of queries that ask for them
    std::optional<BootTime> exemplarsAt; ///< when they were asked for
    QByteArray exemplarIdentity;
    TimeRange exemplarRange;
    bool isAskingExemplars = false;

    /// The same question earlier, while the panel is compared.
    struct Past
    {
        QueryTicket ticket;
        bool isAsking = false;
        Compare compare = Compare::Off; ///< what the rest is about
        QuerySpec sent;
        QByteArray identity; ///< of the present question it belongs to
        TimeRange covers; ///< of the present's times: no question is needed inside
        bool isExact =
            false; ///< answers that range alone: one moment, or an expression that follows the ends
        bool hasFailed = false; ///< the last try
        std::optional<BootTime> askedAt;
        QueryResult result; ///< as answered, with present freshness
        std::optional<QueryResult> shown; ///< brought forward to `shownFor`
        TimeRange shownFor;
        QueryInspection inspection;
    } past;
};

} // namespace bw
