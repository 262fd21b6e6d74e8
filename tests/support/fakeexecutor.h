// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/ports.h>

#include <QPointer>

#include <memory>
#include <vector>

namespace bw::test {

/// A clock the test moves.
class FakeClock final : public Clock
{
public:
    Timestamp utcNow() const override { return utc; }
    BootTime bootNow() const override { return boot; }
    void advance(Nanoseconds by)
    {
        utc += by;
        boot = boot + by;
    }
    Timestamp utc = fromUnixMs(1'795'287'600'000);
    BootTime boot{std::chrono::hours(1)};
};

/// Remembers what was asked; the test gives each answer.
class FakeExecutor final : public QueryExecutor
{
public:
    struct Asked
    {
        QuerySpec spec;
        QueryOptions options;
        QPointer<const QObject> receiver;
        Callback done;
        std::shared_ptr<bool> wanted;
    };

    [[nodiscard]] QueryTicket submit(
        QuerySpec spec, QueryOptions options, const QObject *receiver, Callback done) override
    {
        auto wanted = std::make_shared<bool>(true);
        asked.push_back({std::move(spec), options, receiver, std::move(done), wanted});
        return QueryTicket([wanted] { *wanted = false; });
    }

    /// Questions of one kind that still want an answer.
    template<typename Body> std::vector<size_t> open() const
    {
        std::vector<size_t> found;
        for (size_t i = 0; i < asked.size(); ++i) {
            if (std::holds_alternative<Body>(asked[i].spec.body) && *asked[i].wanted && asked[i].done)
                found.push_back(i);
        }
        return found;
    }
    template<typename Body> int count() const
    {
        return int(std::count_if(asked.begin(), asked.end(),
            [](const Asked &one) { return std::holds_alternative<Body>(one.spec.body); }));
    }

    void answer(size_t index, QueryData data, Timestamp at)
    {
        QueryResult result;
        result.spec = asked[index].spec;
        result.fetchedAt = at;
        result.data = std::make_shared<const QueryData>(std::move(data));
        give(index, std::move(result));
    }
    void refuse(size_t index, Error::Kind kind)
    {
        give(index, fail(kind, QStringLiteral("refused by the test")));
    }

    std::vector<Asked> asked;

private:
    void give(size_t index, const Result<QueryResult> &result)
    {
        const auto done = std::exchange(asked[index].done, {});
        if (*asked[index].wanted && asked[index].receiver)
            done(result);
    }
};

} // namespace bw::test
