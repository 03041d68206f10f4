"""A request to a lakeFS server in; its answer out, asked for again while that can help, or `Refused` or `Unanswered`.

The SDK gives the transport (pools, TLS, basic authentication). Its generated calls are not used: they set no timeouts,
upload through multipart bodies with random boundaries, and refuse answers with fields they do not know.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from dsl.diagnostics import SynthError
from runtime.store.lakefs import faults
from runtime.store.lakefs.credentials import Keys
from runtime.store.lakefs.patience import Patience, Silence

THREADS = 8
SHORT = 3
"""Attempts for a plain 500 (a locked branch is free after that, a broken server is not), for an answer that ends too
soon, and for a server that never answered: it may be restarting, and is rather not there."""

Query = Mapping[str, str | int | bool | None]


class Answer(NamedTuple):
    status: int
    data: bytes

    @property
    def said(self) -> str:
        """The server's own words: lakeFS sends {"message": …}; anything else is cut short."""
        try:
            return str(json.loads(self.data)["message"])
        except (ValueError, KeyError, TypeError):
            return self.data[:200].decode(errors="replace").strip()


class Client:
    """One server and one user. Safe to use from several threads."""

    def __init__(self, endpoint: str, keys: Keys, patience: Patience) -> None:
        self.where = endpoint.rstrip("/").removesuffix("/api/v1").rstrip("/")
        self.patience, self._keys = patience, keys
        self._lock = threading.Lock()
        self._transport: Any = None
        self._failure: Any = Exception
        self._silence = Silence(patience)

    def __repr__(self) -> str:
        return f"Client({self.where!r})"

    def get(self, path: str, query: Query | None = None) -> Any:
        return self.read_json(self.call("GET", path, query))

    def read_json(self, answer: Answer) -> Any:
        """E1042 for an answer that no lakeFS server gives."""
        try:
            return json.loads(answer.data)
        except ValueError:
            raise faults.not_lakefs(self.where, "its answer is not JSON") from None

    def call(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        body: Mapping[str, Any] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        repeat: bool = True,
    ) -> Answer:
        """`repeat` False for what must not be done twice: the caller looks whether it was done, and asks again."""
        url = f"{self.where}/api/v1{path}{_query(query)}"
        pauses = self.patience.pauses()
        for attempt in range(1, self.patience.attempts + 1):
            wait = next(pauses, None)
            try:
                answer = self._once(method, url, body, headers)
                if answer.status not in faults.LATER:
                    return self._checked(answer, method, path)
                last = faults.busy(answer.status, answer.said, self.where)
                done = answer.status == 500 and attempt >= SHORT
            except faults.Unanswered as error:
                last, done = error, self._left(attempt, wait, error)
            if done or wait is None or not repeat:
                raise last
            self.patience.pause(wait)
        raise last

    def _left(self, attempt: int, wait: float | None, error: faults.Unanswered) -> bool:
        """Whether a server that did not answer is asked no more."""
        if isinstance(error, faults.Cut):
            return attempt >= SHORT
        left = wait is None or self._silence.too_long(wait) or (attempt >= SHORT and not self._silence.known)
        if left:
            self._silence.given_up()
        return left

    def _checked(self, answer: Answer, method: str, path: str) -> Answer:
        if 200 <= answer.status < 300:
            return answer
        if answer.status < 400:
            raise faults.not_lakefs(self.where, f"it answers with a redirection ({answer.status})")
        raise faults.refused(answer.status, answer.said, f"{method} {path}", self.where)

    def _once(self, method: str, url: str, body: Any, headers: Mapping[str, str] | None) -> Answer:
        from urllib3 import exceptions as wire

        pool = self._pool()
        sent = {"Authorization": self._keys.basic(), "User-Agent": "synth", **(headers or {})}
        sent.setdefault("Content-Type", "application/octet-stream" if isinstance(body, bytes) else "application/json")
        timeout, asked = (self.patience.connect, self._silence.timeout(method)), self.patience.clock()
        try:
            found = pool.request(method, url, headers=sent, body=body, _request_timeout=timeout)
            self._silence.ends()
            return Answer(found.status, found.data)
        except wire.LocationParseError:
            raise faults.not_lakefs(self.where, "the address cannot be read") from None
        except wire.HTTPError as error:
            lost = self._lost(error)
            if not isinstance(lost, faults.Cut):
                self._silence.goes_on(asked)
            raise lost from None
        except self._failure as error:
            if not error.status:
                raise faults.untrusted(self.where, _reason(error.reason)) from None
            self._silence.ends()
            return Answer(error.status, _bytes(error.body))

    def _lost(self, error: Exception) -> SynthError:
        from urllib3 import exceptions as wire

        reason = getattr(error, "reason", None) or error
        if isinstance(reason, wire.SSLError):
            return faults.untrusted(self.where, _reason(reason))
        if isinstance(error, wire.IncompleteRead) or "IncompleteRead" in str(error):
            return faults.cut(self.where, _reason(error))
        return faults.unreachable(self.where, _reason(reason))

    def _pool(self) -> Any:
        """Made on first use: a store that is opened and not asked imports nothing."""
        with self._lock:
            if self._transport is None:
                from runtime.store.lakefs import sdk

                found = sdk.load()
                settings = found.configuration(host=self.where)
                settings.retries, settings.connection_pool_maxsize = False, THREADS
                self._failure, self._transport = found.failure, found.transport(settings)
            return self._transport


def segment(text: str) -> str:
    """A branch, tag, commit or repository as one part of a path."""
    return quote(text, safe="")


def _query(query: Query | None) -> str:
    given = {name: _text(value) for name, value in (query or {}).items() if value is not None}
    return f"?{urlencode(given, quote_via=quote)}" if given else ""


def _text(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else str(body or "").encode()


def _reason(error: object) -> str:
    """What happened, in one line. urllib3 puts the object before its words: `HTTPConnection(…): Failed to …`."""
    return re.sub(r"^(<[^>]*>|\w+\([^)]*\)): ", "", " ".join(str(error).split()))
