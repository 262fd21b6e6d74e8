// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/jsonguard.h>
#include <domain/base/untrusted.h>

#include <QStringList>

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace bw {

/// Checked access to a small JSON document: every error names the path ("$.cluster.peers[2].name"). For
/// status pages, silences and error bodies; samples and alert lists are read by the streaming decoders.
/// A value; shares the document, which never changes. Keys that come twice in one object are refused.
class JsonReader
{
public:
    /// Decode, TooLarge. The body is guarded first (checkJson).
    [[nodiscard]] static Result<JsonReader> parse(const QByteArray &body, const JsonLimits &limits = {});

    bool isObject() const;
    bool isArray() const;
    bool isText() const;
    bool isNull() const;

    /// Names of the members of an object, in the order of their bytes; empty when it is none.
    QStringList keys() const;
    /// A member of an object; nullopt when it is absent or null, or when this is no object.
    std::optional<JsonReader> find(const char *key) const;
    /// Decode when it is absent or null.
    [[nodiscard]] Result<JsonReader> field(const char *key) const;
    /// Calls `on` for each element; null is an empty array, anything else that is no array is Decode.
    [[nodiscard]] Result<void> each(const std::function<Result<void>(const JsonReader &)> &on) const;

    [[nodiscard]] Result<QString> text() const;
    [[nodiscard]] Result<bool> boolean() const;
    [[nodiscard]] Result<double> number() const;
    /// Text of an optional member; empty when absent. Decode when it is there and no string.
    [[nodiscard]] Result<QString> textOf(const char *key) const;
    [[nodiscard]] tl::unexpected<Error> expected(const char *what) const;
    QString path() const { return m_path; }

private:
    std::shared_ptr<const nlohmann::json> m_root;
    const nlohmann::json *m_value = nullptr;
    QString m_path;
};

} // namespace bw
