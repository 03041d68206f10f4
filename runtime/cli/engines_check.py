"""An engine's name or a server's address in; what it can do, cannot do and wrongly claims, out."""

from __future__ import annotations

import asyncio
from textwrap import TextWrapper, wrap
from typing import TYPE_CHECKING

import typer

from dsl.diagnostics import Diagnostic, SynthError
from runtime.cli.console import paint, say, say_json
from runtime.cli.context import Context
from runtime.cli.engines_list import described

if TYPE_CHECKING:
    from runtime.config.model import Config
    from runtime.engines.check import Finding, Report
    from runtime.engines.protocol import Engine

COLOURS = {"can": "green", "cannot": "dim", "wrong": "red"}
NAME = 17
SEEN = 54


def check(name: str, kind: str | None, model: str | None, key_env: str | None, quick: bool, as_json: bool) -> None:
    from runtime.engines.check import run
    from runtime.engines.protocol import EngineUnavailable

    engine = _server(name, kind, model, key_env) if "://" in name else _named(Context.here().project.config, name)
    try:
        report = run(engine, times=not quick, tell=(lambda found: None) if as_json else _show)
    except EngineUnavailable as error:
        raise nobody(name, error.message) from None
    if as_json:
        say_json(report.to_json())
    else:
        _end(report)
    if not report.holds:
        raise typer.Exit(1)


def _named(config: Config, name: str) -> Engine:
    from runtime.config.engines import open_engine
    from runtime.config.model import Binding
    from runtime.engines.check.probe import probe_all
    from runtime.engines.start.mistakes import unknown_engine

    if name not in config.engines:
        raise unknown_engine(name, config.engines)
    engine = open_engine(config, Binding(name))
    found = asyncio.run(probe_all([config.engines[name]]))
    mistakes = [mistake for probe in found for mistake in probe.mistakes]
    if mistakes:
        raise SynthError(*dict.fromkeys(mistakes))
    if all(probe.state == "down" for probe in found):
        raise nobody(name, "; ".join(probe.why for probe in found))
    return engine


def _server(url: str, kind: str | None, model: str | None, key_env: str | None) -> Engine:
    """An engine for a server that no synth.toml names."""
    from runtime.engines.check.probe import at_url, kind_of, served_kinds
    from runtime.engines.registry import make_engine

    if kind is not None and kind not in served_kinds():
        raise typer.BadParameter(f"kinds of servers: {', '.join(served_kinds())}", param_hint="--kind")
    if kind is None:
        kind, why = asyncio.run(kind_of(url, model, key_env))
        if not kind:
            raise nobody(url, why)
    engine = at_url(url, kind, model, key_env)
    return make_engine(engine.kind, engine.settings, name=engine.name)


def nobody(name: str, why: str) -> SynthError:
    return SynthError(
        Diagnostic(
            "E0839",
            f"no engine answers at {name}" if "://" in name else f"engine `{name}` does not answer",
            notes=(why,),
            help="see that the server is up, and its address; `synth engines` lists the engines and how they are",
        )
    )


def _show(found: Finding) -> None:
    """One line; of what was seen as much as fits, and all of it where it is wrong."""
    mark = paint(found.verdict.ljust(8), COLOURS[found.verdict])
    if found.verdict != "wrong":
        say(f"{mark}{found.name.ljust(NAME)}{_cut(found.seen)}")
        return
    say(f"{mark}{found.name.ljust(NAME)}{_cut(f'claims that it {found.sentence}')}")
    indent = " " * (8 + NAME)
    for line in TextWrapper(width=80, initial_indent=indent, subsequent_indent=indent).wrap(f"seen: {found.seen}"):
        say(line)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SEEN else line[: SEEN - 1] + "…"


def _end(report: Report) -> None:
    say()
    told = [f"{report.name}: {described(report.about)}", *_speed(report)]
    for line in (line for text in told for line in wrap(text, 80)):
        say(line)
    if report.stopped:
        say(paint("stopped: ", "red") + _cut(report.stopped))
    counts = report.counts
    say(f"{counts['can']} can, {counts['cannot']} cannot, {counts['wrong']} claimed and not held")


def _speed(report: Report) -> list[str]:
    at = report.times
    if at is None:
        return []
    first = f"first token after {at.first_token:.2f} s; {at.alone:,.0f} tokens/s alone"
    return [f"{first}, {at.together:,.0f} with {at.calls} calls in flight"]
