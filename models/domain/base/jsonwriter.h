// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>
#include <domain/base/freshness.h>
#include <domain/base/result.h>
#include <domain/base/untrusted.h>
#include <domain/metrics/labels.h>

#include <QByteArray>
#include <QStringList>

#include <concepts>
#include <vector>

namespace bw {

/// Writes one JSON document straight into bytes: a million samples need no tree. Keys come in the order they
/// are written. Numbers read back as the same double; NaN and infinities, which JSON has not, become null.
class JsonWriter
{
public:
    enum class Layout { Lines, OneLine };
    explicit JsonWriter(Layout layout = Layout::Lines)
        : m_layout(layout)
    {
    }
    JsonWriter &beginObject();
    JsonWriter &endObject();
    JsonWriter &beginArray();
    JsonWriter &endArray();
    JsonWriter &key(QStringView name);
    JsonWriter &value(QStringView text);
    JsonWriter &value(const QString &text) { return value(QStringView(text)); }
    JsonWriter &value(double number);
    JsonWriter &value(qint64 number);
    JsonWriter &value(int number) { return value(qint64(number)); }
    /// Only a real bool: a string literal would turn into one silently.
    template<std::same_as<bool> T> JsonWriter &value(T truth) { return literal(truth ? "true" : "false"); }
    JsonWriter &value(Timestamp time); ///< RFC 3339
    JsonWriter &value(const QStringList &list);
    JsonWriter &null() { return literal("null"); }
    /// Unix seconds with up to three decimals, as metric servers write them.
    JsonWriter &seconds(qint64 ns);
    template<typename T> JsonWriter &member(QStringView name, const T &content)
    {
        key(name);
        return value(content);
    }

    /// {"name": "value", …}: labels as they came.
    JsonWriter &value(const Labels &labels);
    /// {state, asOf, ageSeconds, reason, answered, asked, skewMs}
    JsonWriter &value(const Freshness &freshness, BootTime now);
    /// What a source said besides its answer, as it said it.
    JsonWriter &value(const std::vector<Untrusted> &warnings);
    /// {kind, message, code}
    JsonWriter &value(const Error &error);

    /// The document with a line break at its end.
    QByteArray take();

private:
    JsonWriter &literal(const char *word);
    void separate();
    Layout m_layout;
    QByteArray m_out;
    std::vector<bool> m_filled; ///< for each open level: something is in it
    bool m_afterKey = false;
};

} // namespace bw
