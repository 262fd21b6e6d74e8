# SPDX-License-Identifier: GPL-3.0-or-later
"""Short HTTP requests to our own servers, never through a proxy."""
import json
import time
import urllib.error
import urllib.request

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def fetch(url, body=None, timeout=5):
    """(status, text) of a GET, or of a POST of `body` as JSON; OSError when nobody answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"} if data else {})
    try:
        with _OPENER.open(request, timeout=timeout) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode("utf-8", "replace")


def fetch_json(url, body=None, timeout=5):
    """The decoded answer; OSError for anything but 200."""
    status, text = fetch(url, body, timeout)
    if status != 200:
        raise OSError(f"{url} answered {status}: {text.strip()[:300]}")
    return json.loads(text)


def wait_for(condition, seconds, pause=0.05):
    """Calls `condition` until it returns something true, for at most `seconds`; that value, or None.

    OSError and ValueError mean "not yet".
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            value = condition()
            if value:
                return value
        except (OSError, ValueError):
            pass
        if time.monotonic() >= deadline:
            return None
        time.sleep(pause)
