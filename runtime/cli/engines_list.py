"""A profile's name in; every engine, whether it is up, and which roles use it, out."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from textwrap import TextWrapper
from typing import TYPE_CHECKING, Any

from runtime.cli.console import paint, say, say_json
from runtime.cli.context import Context

if TYPE_CHECKING:
    from runtime.config.model import Config
    from runtime.engines.check.probe import Probe
    from runtime.engines.protocol import About

COLOURS = {"up": "green", "slow": "yellow", "down": "red"}
INDENT = " " * 6
SHOWN = 48


def show(profile: str | None, as_json: bool) -> None:
    from runtime.cli.engines_start import running_line
    from runtime.engines.check.probe import probe_all

    project = Context.here().project
    used = roles(project.config, profile)
    found = asyncio.run(probe_all(list(project.config.engines.values())))
    if as_json:
        say_json([as_data(probe, used.get(probe.engine.name, ())) for probe in found])
        return
    for probe in found:
        _show(probe, used.get(probe.engine.name, ()), running_line(project.state_dir, probe.engine.name))


def roles(config: Config, profile: str | None) -> dict[str, tuple[str, ...]]:
    """The roles that each engine answers for: `writer`, and `every role` or `all other roles`."""
    found = config.profile(profile)
    used: dict[str, tuple[str, ...]] = {}
    rest = "all other roles" if found.roles else "every role"
    for role, binding in (*found.roles.items(), (rest, found.otherwise)):
        told = role if binding.kind == "chat" else f"{role} ({binding.kind})"
        used[binding.engine] = (*used.get(binding.engine, ()), told)
    return used


def as_data(probe: Probe, used: tuple[str, ...]) -> dict[str, Any]:
    told = asdict(probe.about) if probe.about else {}
    return {
        "name": probe.engine.name,
        "kind": probe.engine.kind,
        "url": probe.url or None,
        "state": probe.state,
        "roles": list(used),
        "why": probe.why or None,
        **{key: value for key, value in told.items() if key != "kind"},
    }


def _show(probe: Probe, used: tuple[str, ...], running: str) -> None:
    where = f" at {probe.url}" if probe.url else ""
    say(paint(probe.state.ljust(6), COLOURS[probe.state]) + f"{probe.engine.name}: {probe.engine.kind}{where}")
    about = probe.about
    told = [
        described(about) if about else probe.why,
        _details(about) if about else "",
        running,
        f"for {', '.join(used)}" if used else "not used",
    ]
    for line in filter(None, told):
        _wrapped(line)
    if probe.mend:
        _wrapped(f"→ {probe.mend}")


def described(about: About) -> str:
    """`SmolLM2-135M-Instruct on cpu, sglang 0.5.17, 8,192 tokens of context, keeps no seeds`"""
    parts = [
        about.model + (f" on {about.device}" if about.device not in ("none", "unknown") else ""),
        f"{about.kind} {about.version}" if about.version != "unknown" else about.kind,
        f"{about.context:,} tokens of context" if about.context else "",
        "keeps seeds" if about.deterministic else "keeps no seeds",
    ]
    return ", ".join(filter(None, parts))


def _details(about: About) -> str:
    """What else it says of itself, each cut to a few words; `--json` has it whole."""
    words = {name: " ".join(value.split()) for name, value in about.details.items()}
    return ", ".join(f"{name} {text[:SHOWN]}{'…' if len(text) > SHOWN else ''}" for name, text in words.items())


def _wrapped(text: str) -> None:
    wrap = TextWrapper(
        width=80, initial_indent=INDENT, subsequent_indent=INDENT, break_long_words=False, break_on_hyphens=False
    )
    for line in wrap.wrap(text):
        say(line)
