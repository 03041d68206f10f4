"""An answer that is not what was asked for in; the error that tells of it, without secrets, out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from runtime.engines.protocol import EngineError, EngineRejected, EngineUnavailable
from runtime.engines.reader import HttpAnswer

_SHOWN = 500
"""Characters of what a server says."""
_PAGE = re.compile(rb"\s*<(!doctype|html|head|title)\b", re.IGNORECASE)
_TITLE = re.compile(r"<(title|h1)[^>]*>(.*?)</\1", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_SECRET = 8
"""Characters of a header's word from which on it may be a secret."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """`name` is the engine's. `key_env` names the variable that holds the server's key; no message holds `secrets`."""

    name: str
    key_env: str | None = None
    secrets: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, headers: Iterable[str], key_env: str | None) -> Refusals:
        """`headers` are the values that are sent with each request."""
        words = (word for value in headers for word in value.split())
        return cls(name, key_env, tuple(word for word in words if len(word) >= _SECRET))

    def error(self, path: str, answer: HttpAnswer) -> EngineError:
        told = self.blotted(f"{path} answered {answer.status}: {refusal(answer.body)}")
        if answer.status >= 500:
            return EngineUnavailable(self.name, told)
        return EngineRejected(self.name, told + self._about_key(answer.status))

    def blotted(self, text: str) -> str:
        return blotted(text, self.secrets)

    def _about_key(self, status: int) -> str:
        if status not in (401, 403):
            return ""
        if self.key_env:
            return f"; the key in ${self.key_env} is not one that it accepts"
        return "; no key was sent: `api_key_env` names the environment variable that holds it"


def blotted(text: str, secrets: Iterable[str]) -> str:
    """`text` with none of the secrets in it."""
    for secret in secrets:
        text = text.replace(secret, "…")
    return text


def refusal(body: bytes) -> str:
    """What a server says of a request that it refuses, in one line."""
    if _PAGE.match(body):
        return _page(body.decode("utf-8", "replace"))
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        data = body.decode("utf-8", "replace")
    while isinstance(data, dict):
        data = data.get("error") or data.get("message") or data.get("detail") or str(data)
    return " ".join(str(data).split())[:_SHOWN]


def _page(text: str) -> str:
    """No server of models writes pages: a proxy's, or another service's."""
    title = _TITLE.search(text)
    words = " ".join((title[2] if title else _TAG.sub(" ", text)).split())[:_SHOWN]
    return f"a web page, “{words}”" if words else "a web page"
