"""An engine's name in; its server started, stopped or its log shown, told as it goes, out."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.cli.console import paint, plural, say, say_raw, signs
from runtime.cli.context import Context

if TYPE_CHECKING:
    from runtime.config.model import Binding, EngineConfig
    from runtime.engines.start.launch import Launch, Wanted
    from runtime.engines.start.server import Server

FOLLOW = 0.3


def start(name: str, profile: str | None, wanted: Wanted, seconds: float, detach: bool, dry_run: bool) -> None:
    from runtime.engines.start.launch import launch
    from runtime.engines.start.python import VARIABLE, find_python
    from runtime.engines.start.server import start as begin

    context = Context.here()
    root = context.project.root
    engine = engine_of(context, name)
    planned = launch(engine, _bindings(context, name, profile), wanted, root)
    if dry_run:
        say_raw(_printed(planned, engine.start.python or f"${VARIABLE}"))
        return
    python = find_python(engine.start.python, root)
    server = begin(planned, python, root, context.project.state_dir)
    _note(f"starting sglang {python.version} for `{name}` on {planned.host}:{planned.port}")
    with _stopping(server):
        took = server.wait_ready(seconds, lambda at: _note(f"{_since(server)}  {at}"))
        _told(context, server, took)
        if not detach:
            _stay(server)


def engine_of(context: Context, name: str) -> EngineConfig:
    from runtime.engines.start.mistakes import unknown_engine

    found = context.project.config.engines.get(name)
    if found is None:
        raise unknown_engine(name, context.project.config.engines)
    return found


def _bindings(context: Context, name: str, profile: str | None) -> list[Binding]:
    """What the profile's roles want of the engine."""
    found = context.project.config.profile(profile)
    return [binding for binding in (*found.roles.values(), found.otherwise) if binding.engine == name]


def _printed(launch: Launch, python: str) -> str:
    import shlex

    from runtime.engines.start.server import command

    parts = [f"{name}={value}" for name, value in launch.environment.items()]
    words = [word if word == python else shlex.quote(word) for word in command(python, launch)]
    return " \\\n  ".join([*parts, *_pairs(words)])


def _pairs(words: list[str]) -> list[str]:
    """A line for each flag, with its values."""
    lines: list[str] = []
    for word in words:
        if not lines or word.startswith("--"):
            lines.append(word)
        else:
            lines[-1] += f" {word}"
    return lines


def _note(text: str) -> None:
    print(signs(text), file=sys.stderr, flush=True)


def _since(server: Server) -> str:
    return f"{time.time() - server.running.started:5.0f} s"


def _told(context: Context, server: Server, took: float) -> None:
    name = server.launch.name
    say(f"{paint('up', 'green')}  {name} at {server.launch.url} after {took:.0f} s")
    say(f"    model  {server.running.model}")
    say(f"    log    {context.project.path(server.log)}")
    for note in server.launch.notes:
        say(f"    note   {note}")
    say(f"`synth engines check {name}` says what it can do; `synth engines stop {name}` stops it")
    sys.stdout.flush()


def _stay(server: Server) -> None:
    """In the foreground until Ctrl-C, which is how it is meant to end."""
    try:
        say("Ctrl-C stops it")
        sys.stdout.flush()
        server.wait()
    except KeyboardInterrupt:
        _note(f"\nstopping {server.launch.name}: it ends what it is answering; Ctrl-C again kills it")
        server.stop()
    say(f"{server.launch.name} is stopped")


@contextlib.contextmanager
def _stopping(server: Server) -> Iterator[None]:
    """What ends this command early ends the server: Ctrl-C, a closed terminal, `kill`, our own bugs."""
    caught = (signal.SIGTERM, signal.SIGHUP)
    before = {one: signal.signal(one, _interrupt) for one in caught}
    try:
        yield
    except BaseException:
        server.stop()
        raise
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def stop(name: str, port: int | None) -> None:
    """Also one that the engine's settings do not name any more."""
    from runtime.engines.start import state
    from runtime.engines.start.mistakes import not_running
    from runtime.engines.start.server import stop_from_afar

    folder = Context.here().project.state_dir
    found = state.running(folder, name, port)
    if not found:
        raise not_running(name)
    for one in found:
        by_itself = stop_from_afar(one, folder)
        say(f"{name} at {one.url} is stopped" + ("" if by_itself else " (killed: it did not end in time)"))


def logs(name: str, port: int | None, lines: int, follow: bool) -> None:
    from runtime.engines.start import state
    from runtime.engines.start.mistakes import not_running
    from runtime.engines.start.server import without_key

    project = Context.here().project
    folder, engine = project.state_dir, project.config.engines.get(name)
    variable = engine.settings.get("api_key_env") if engine else None
    found = state.logs(folder, name, port)
    if not found:
        raise not_running(name, "no log of engine `{}` is here")
    with found[0].open(encoding="utf-8", errors="replace") as file:
        for line in without_key(file.read(), variable).splitlines()[-lines:]:
            say(line)
        while follow and state.running(folder, name, port):
            sys.stdout.flush()
            time.sleep(FOLLOW)
            for line in without_key(file.read(), variable).splitlines():
                say(line)


def running_line(state_dir: Path, name: str) -> str:
    """`started here, process 412`; empty when synth started none."""
    from runtime.engines.start import state

    found = state.running(state_dir, name)
    if not found:
        return ""
    return f"{plural(len(found), 'process')} started here: {', '.join(str(one.pid) for one in found)}"
