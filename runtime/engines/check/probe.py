"""Engines of a configuration in; which of them are up, and what they say they are, out. Asks for no token."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from dsl.diagnostics import Diagnostic, SynthError
from runtime.config.model import EngineConfig
from runtime.engines.exchange import NoAnswer
from runtime.engines.protocol import About, EngineError, EngineRejected
from runtime.engines.registry import KINDS, make_engine
from runtime.engines.start.launch import is_loopback, urls

SECONDS, PATIENT = 1.0, 5.0
QUESTIONS = 2
"""How many exchanges a server's time is for: its own limit ends each of them, and in better words."""
State = Literal["up", "slow", "down"]


@dataclass(frozen=True, slots=True)
class Probe:
    """One engine at one address. `slow`: it takes connections and said nothing in time, as a server under load does.

    `why` is the fault's words, with its code where it is a mistake of the configuration, and `mend` the way out.
    """

    engine: EngineConfig
    url: str
    state: State
    about: About | None
    why: str = ""
    mend: str = ""
    mistakes: tuple[Diagnostic, ...] = ()
    seconds: float = 0.0


async def probe_all(engines: Sequence[EngineConfig], seconds: float = SECONDS) -> list[Probe]:
    """All at the same time; an engine with several servers has a probe for each."""
    asked = [(engine, url) for engine in engines for url in urls(engine) or ("",)]
    return list(await asyncio.gather(*(probe(engine, url, seconds) for engine, url in asked)))


async def probe(engine: EngineConfig, url: str = "", seconds: float = SECONDS) -> Probe:
    begin = time.monotonic()
    try:
        about = await _ask(engine, url, seconds)
    except SynthError as error:
        first = error.diagnostics[0]
        return Probe(engine, url, "down", None, f"{first.code} {first.message}", first.help or "", error.diagnostics)
    except (EngineError, TimeoutError) as error:
        silent = isinstance(error, NoAnswer | TimeoutError)
        state: State = "slow" if silent and await _connects(url) else "down"
        why = error.message if isinstance(error, EngineError) else f"no answer in {seconds:g} s"
        mend = REFUSED if isinstance(error, EngineRejected) else _mend(engine, url, state)
        return Probe(engine, url, state, None, why, mend)
    if _says_nothing(about):
        return Probe(engine, url, "down", None, NO_SERVER, _mend(engine, url, "down"))
    return Probe(engine, url, "up", about, seconds=round(time.monotonic() - begin, 3))


REFUSED = "see `url` and `api_key_env` in synth.toml"
NO_SERVER = "what answers there is no server of models"
MEND = {
    "up": "",
    "slow": "it may be busy: its log says what it does",
    "down": "see that the server is up, and `url` in synth.toml",
}


def _mend(engine: EngineConfig, url: str, state: State) -> str:
    ours = state == "down" and engine.kind == "sglang" and is_loopback(urlsplit(url).hostname or "")
    return f"`synth engines start {engine.name}` starts it; or see `url` in synth.toml" if ours else MEND[state]


async def _ask(engine: EngineConfig, url: str, seconds: float) -> About:
    """A patient engine would ask a server that is down again and again."""
    settings: Mapping[str, Any] = engine.settings
    if url:
        others = {key: value for key, value in settings.items() if key not in ("url", "urls")}
        settings = {**others, "url": url, "retries": 0, "timeout": seconds}
    made = make_engine(engine.kind, settings, name=engine.name)
    try:
        async with asyncio.timeout(seconds * QUESTIONS):
            return await made.about()
    finally:
        await made.close()


async def _connects(url: str) -> bool:
    if not url:
        return False
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        async with asyncio.timeout(SECONDS):
            _, writer = await asyncio.open_connection(parts.hostname, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


def served_kinds() -> tuple[str, ...]:
    """The kinds of engines that are servers: they have an address."""
    return tuple(kind for kind in ("sglang", "openai") if kind in KINDS)


async def kind_of(url: str, model: str | None, key_env: str | None) -> tuple[str, str]:
    """The kind of the server at an address; an empty one, and why, when none of the kinds is answered."""
    kinds = served_kinds()
    why = ""
    for kind in reversed(kinds) if urlsplit(url).path.rstrip("/").endswith("/v1") else kinds:
        found = await probe(at_url(url, kind, model, key_env), url, PATIENT)
        if found.about is not None and not _says_nothing(found.about):
            return kind, ""
        why = why or found.why
    return "", why or NO_SERVER


def _says_nothing(about: About) -> bool:
    return about.version == about.model == "unknown"


def at_url(url: str, kind: str, model: str | None, key_env: str | None) -> EngineConfig:
    """An engine for a server that no configuration names."""
    given = {"url": url, "model": model, "api_key_env": key_env}
    return EngineConfig(url, kind, {key: value for key, value in given.items() if value})
