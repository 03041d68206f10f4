"""Each answer of a server in, before anyone asks whether to try again; what its headers and refusals mean, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from runtime.engines.openai.rates import LONGEST, Rates, seconds
from runtime.engines.protocol import EngineRejected
from runtime.engines.reader import HttpAnswer
from runtime.engines.refusals import blotted, refusal

SPENT = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "access_terminated")


@dataclass(frozen=True, slots=True)
class Words:
    """What a message may name: the variable of the key, and the model. And what none may hold: keys."""

    api_key_env: str | None
    model: str | None
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hearing:
    """Called with every answer. Raises `EngineRejected` where asking again is useless: a bad key, a spent quota."""

    name: str
    rates: Rates
    words: Words

    def __call__(self, answer: HttpAnswer) -> None:
        if answer.may_name(b"ratelimit"):
            self.rates.hear(answer.headers)
        if answer.status == 200:
            return
        if answer.status in (401, 403):
            raise EngineRejected(self.name, f"the server answered {answer.status}", code="E0820", way_out=self._key())
        if answer.status == 402 or (answer.status == 429 and _kinds(answer.body) & set(SPENT)):
            raise EngineRejected(
                self.name,
                f"the server answered {answer.status}: the account has nothing left to spend",
                code="E0821",
                way_out="pay, raise the account's limit or bind the role to another engine; then run the command "
                "again: what was answered is stored",
            )
        if answer.status == 404:
            said = blotted(refusal(answer.body), self.words.secrets)
            raise EngineRejected(self.name, f"the server answered 404: {said}", code="E0822", way_out=self._route())
        if answer.status == 429:
            again = seconds(answer.headers.get(b"retry-after", b"").decode("latin-1"))
            if again:
                self.rates.requests.hold(self.rates.clock() + min(again, LONGEST))

    def _key(self) -> str:
        if self.words.api_key_env is None:
            return 'name the variable of the environment that holds the key: `api_key_env = "…"`'
        return f"set {self.words.api_key_env} in the environment to a key that the server accepts"

    def _route(self) -> str:
        model = f"`{self.words.model}` is one of `GET /v1/models`" if self.words.model else "`model` is set"
        return f"see that `url` is the API's base (it mostly ends in /v1) and that {model}"


def _kinds(body: bytes) -> set[str]:
    """`error.code` and `error.type`, where the server writes them as OpenAI does."""
    try:
        data: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return set()
    error = data.get("error") if isinstance(data, dict) else None
    return {str(error.get(key)) for key in ("code", "type")} if isinstance(error, dict) else set()
