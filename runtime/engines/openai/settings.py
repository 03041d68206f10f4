"""What `[engines.NAME]` says of a server of the API in; the settings themselves, or what is wrong with them, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import orjson

from dsl.diagnostics import Diagnostic, did_you_mean
from runtime.engines.address import url_mistake
from runtime.engines.openai.flavours import FLAVOURS, FORMS, Flavour
from runtime.engines.protocol import Capabilities
from runtime.engines.settings import digest, secret

_NUMBER = (int, float)
DECLARED = (*FORMS, "seed", "prefill", "tokenize", "embed")
"""Capabilities that can be declared one by one."""
TYPES: Mapping[str, tuple[type, ...]] = {
    "url": (str,),
    "model": (str,),
    "revision": (str,),
    "flavour": (str,),
    **dict.fromkeys(DECLARED, (bool,)),
    "logprobs": (int,),
    "votes": (int,),
    "concurrency": (int,),
    "timeout": _NUMBER,
    "retries": (int,),
    "requests_per_minute": _NUMBER,
    "tokens_per_minute": _NUMBER,
    "api_key_env": (str,),
    "headers_env": (dict,),
    "chat_template": (str,),
    "extra": (dict,),
    "omit": (list,),
}
POSITIVE = frozenset({"votes", "requests_per_minute", "tokens_per_minute"})


@dataclass(frozen=True, slots=True)
class Settings:
    """`declared` are single capabilities over the flavour's; `template` is the text of the file `chat_template`.

    `extra` are further fields of every request's body, `omit` fields that are left out of it. `votes` is how many
    samples a judge's probability is made from on a server without log-probabilities.
    """

    flavour: Flavour
    declared: Mapping[str, Any] = field(default_factory=dict)
    model: str | None = None
    revision: str | None = None
    votes: int = 0
    template: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    omit: Sequence[str] = ()

    @property
    def capabilities(self) -> Capabilities:
        """The flavour's own, what is declared beside it, and what votes and a template of ours make up for."""
        can = replace(
            self.flavour.can, **{key: self.declared[key] for key in ("seed", "embed") if key in self.declared}
        )
        return replace(can, logprobs=can.logprobs or self.votes > 0, prefill=can.prefill or self.template is not None)

    def identity(self, model: str) -> str:
        """The weights' name, and a digest of everything here that changes what they are asked."""
        named = "@".join(part for part in (model, self.revision) if part)
        votes = self.votes if self.votes and not self.flavour.logprobs else 0
        changed = [dict(self.extra), sorted(self.omit), self.template, votes]
        if not any(changed):
            return named
        told = orjson.dumps(changed, option=orjson.OPT_SORT_KEYS)
        return f"{named}+{digest(told)}"


def flavour_of(name: str, logprobs: int | None, declared: Mapping[str, bool]) -> Flavour:
    """The flavour `name` as this server is declared: without what it cannot do, with its own number of tokens."""
    flavour = FLAVOURS[name]
    return replace(
        flavour,
        logprobs=flavour.logprobs if logprobs is None else logprobs,
        writers={form: writer for form, writer in flavour.writers.items() if declared.get(form) is not False},
        continues=None if declared.get("prefill") is False else flavour.continues,
        tools=None if declared.get("tokenize") is False else flavour.tools,
    )


def mistakes(settings: Mapping[str, Any]) -> Iterator[tuple[str, Diagnostic]]:
    """What is wrong beyond the types of single settings, each with the key that it is about."""
    flavour = FLAVOURS.get(settings.get("flavour", "plain"))
    if flavour is None:
        yield "flavour", _unknown(str(settings["flavour"]))
        return
    if "url" not in settings:
        yield "kind", _wrong('an engine of kind `openai` needs a `url`, as in `url = "http://127.0.0.1:8000/v1"`')
    elif mistake := url_mistake(settings["url"]):
        yield "url", mistake
    if settings.get("logprobs", 0) < 0:
        yield "logprobs", _wrong("`logprobs` is how many of the likeliest tokens the server tells, or 0")
    for form in FORMS:
        if settings.get(form) is True and form not in flavour.writers:
            yield form, _unwritten(form, flavour)
    if settings.get("prefill") is True and flavour.continues is None:
        yield "prefill", _unwritten("prefill", flavour)
    if settings.get("tokenize") is True and flavour.tools is None:
        yield "tokenize", _unwritten("tokenize", flavour)
    if "chat_template" in settings and not flavour.completions:
        yield "chat_template", _wrong("`chat_template` needs `/v1/completions`, which hosted chat models do not have")
    for key in ("extra", "omit"):
        for name in {"messages", "prompt", "model", "stream", "n"} & set(settings.get(key) or ()):
            yield key, _wrong(f"`{key}` cannot name `{name}`, which every request says itself")


def _unknown(name: str) -> Diagnostic:
    flavours = ", ".join(FLAVOURS)
    return Diagnostic(
        "E0802",
        f"there is no `flavour` {name!r}",
        label=did_you_mean(name, tuple(FLAVOURS)) or "",
        notes=(f"flavours: {flavours}",),
    )


def _unwritten(key: str, flavour: Flavour) -> Diagnostic:
    return _wrong(f"`{key}` cannot be declared of flavour `{flavour.name}`, whose API has no words for it")


def _wrong(message: str) -> Diagnostic:
    return Diagnostic("E0802", message, help="docs/engines.md has a table of what each flavour can be asked")


def headers_of(api_key_env: str | None, headers_env: Mapping[str, Any] | None) -> dict[str, str]:
    """The headers that hold keys, read from the environment. `SynthError` (E0802) names a variable that is not set."""
    headers = {str(name).lower(): secret(str(key), "headers_env") for name, key in (headers_env or {}).items()}
    if api_key_env:
        headers["authorization"] = f"Bearer {secret(api_key_env)}"
    return headers


def split(url: str) -> tuple[str, str]:
    """A base URL as clients of the API take it → the server's root, and the path before `/chat/completions`.

    `http://127.0.0.1:8000` and `http://127.0.0.1:8000/v1` are the same.
    """
    parts = urlsplit(url)
    path = parts.path.rstrip("/") or "/v1"
    root, prefix = (path[: -len("/v1")], "/v1") if path.endswith("/v1") else ("", path)
    return f"{parts.scheme}://{parts.netloc}{root}", prefix
