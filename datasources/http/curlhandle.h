// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <memory>
#include <type_traits>
#include <utility>

#include <curl/curl.h>

namespace bw {

/// Owns one easy handle and gives typed access to it: curl_easy_setopt is a C vararg that reads a long where
/// an int was passed. Used by the I/O thread only.
class CurlEasy
{
public:
    CurlEasy()
        : m_handle(curl_easy_init())
    {
    }

    CURL *handle() const { return m_handle.get(); }

    /// Sets an option; a value of the wrong width does not compile. The first failure is kept in problem():
    /// a transfer whose TLS options could not be set must not start.
    template<CURLoption Option, typename Value> void set(Value value)
    {
        constexpr int family = Option / 10000 * 10000;
        if constexpr (family == CURLOPTTYPE_LONG)
            static_assert(std::is_same_v<Value, long>, "this option reads a long");
        else if constexpr (family == CURLOPTTYPE_OBJECTPOINT)
            static_assert(
                std::is_pointer_v<Value> || std::is_null_pointer_v<Value>, "this option reads a pointer");
        else if constexpr (family == CURLOPTTYPE_FUNCTIONPOINT)
            static_assert(std::is_pointer_v<Value> && std::is_function_v<std::remove_pointer_t<Value>>,
                "this option reads a function");
        else
            static_assert(std::is_same_v<Value, curl_off_t>, "this option reads a curl_off_t");
        if constexpr (std::is_null_pointer_v<Value>)
            note(curl_easy_setopt(handle(), Option, static_cast<void *>(nullptr)));
        else
            note(curl_easy_setopt(handle(), Option, value));
    }
    /// libcurl copies the text. Empty means: not set.
    template<CURLoption Option> void setText(const QByteArray &text)
    {
        set<Option>(text.isEmpty() ? static_cast<const char *>(nullptr) : text.constData());
    }

    long number(CURLINFO info) const
    {
        long value = 0;
        curl_easy_getinfo(handle(), info, &value);
        return value;
    }
    curl_off_t amount(CURLINFO info) const
    {
        curl_off_t value = 0;
        curl_easy_getinfo(handle(), info, &value);
        return value;
    }

    CURLcode problem() const { return m_handle ? m_problem : CURLE_OUT_OF_MEMORY; }
    /// Back to defaults; connections stay, they belong to the multi handle.
    void reset()
    {
        curl_easy_reset(handle());
        m_problem = CURLE_OK;
    }

private:
    struct Cleanup
    {
        void operator()(CURL *handle) const { curl_easy_cleanup(handle); }
    };
    void note(CURLcode code)
    {
        if (m_problem == CURLE_OK)
            m_problem = code;
    }

    std::unique_ptr<CURL, Cleanup> m_handle;
    CURLcode m_problem = CURLE_OK;
};

/// A list of header lines. libcurl borrows it, so it outlives the transfer.
class CurlList
{
public:
    /// False when there was no memory; the list is then unchanged.
    bool add(const QByteArray &line)
    {
        curl_slist *longer = curl_slist_append(m_list.get(), line.constData());
        if (!longer)
            return false;
        static_cast<void>(m_list.release());
        m_list.reset(longer);
        return true;
    }
    void clear() { m_list.reset(); }
    curl_slist *get() const { return m_list.get(); }

private:
    struct Free
    {
        void operator()(curl_slist *list) const { curl_slist_free_all(list); }
    };
    std::unique_ptr<curl_slist, Free> m_list;
};

} // namespace bw
