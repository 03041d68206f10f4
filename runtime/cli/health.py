"""A project in; what each part that a build needs is like, found by using it, out. Makes nothing that is not there."""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from dsl.diagnostics import SynthError

if TYPE_CHECKING:
    from runtime.config.model import Binding
    from runtime.config.project import Project
    from runtime.engines.protocol import Engine

Level = Literal["ok", "warn", "fail"]
LEAST_PYTHON = (3, 11)
LOW_DISK, NO_DISK = 2 * 2**30, 100 * 2**20
"""Bytes free below which there is a warning, and below which no build should start."""
NO_REPOSITORY = "no repository yet; the first build makes it"
STALE = 60.0
"""Seconds after which a lock file is nobody's: git holds one for milliseconds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what it is like, and where it is not ok, the mend."""

    name: str
    level: Level
    told: str
    mend: str | None = None


def examine(project: Project, engines: bool = True) -> Iterator[Finding]:
    """From what everything needs to what only a build needs. `engines` False asks no model."""
    yield _python()
    yield from _packages()
    yield _uvloop()
    yield _weights()
    yield _tools()
    if engines:
        yield from _engines(project)
    yield _part("store", lambda: _store(project))
    yield _part("journal", lambda: _journal(project.state_dir))
    yield _locks(project.state_dir)
    yield _disk(project.root)


def _part(name: str, look: Callable[[], Finding]) -> Finding:
    """What the part itself says about its faults becomes its line."""
    try:
        return look()
    except SynthError as error:
        first = error.diagnostics[0]
        told = "; ".join((f"{first.code} {first.message}", *first.notes))
        return Finding(name, "fail", told, first.help or f"synth explain {first.code}")


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < LEAST_PYTHON:
        return Finding("python", "fail", version, f"install Python {'.'.join(map(str, LEAST_PYTHON))} or newer")
    return Finding("python", "ok", f"{version} at {sys.executable}")


def _packages() -> Iterator[Finding]:
    """One line when all is there; one for each that is not."""
    wanted = [line for line in metadata.requires("synth") or () if "extra ==" not in line]
    names = sorted(re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in wanted)
    found = {name: _version(name) for name in names}
    missing = [name for name, version in found.items() if version is None]
    for name in missing:
        yield Finding("packages", "fail", f"{name} is not installed", "`make install` where synth's source is")
    if not missing:
        yield Finding("packages", "ok", ", ".join(f"{name} {version}" for name, version in found.items()))


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _uvloop() -> Finding:
    if util.find_spec("uvloop") is None:
        return Finding("uvloop", "warn", "not there: Python's own event loop is used", "pip install uvloop")
    return Finding("uvloop", "ok", str(_version("uvloop")))


def _weights() -> Finding:
    """A missing embedded model only matters to those who use it: the engine's own line says so."""
    from runtime.engines.weights import find_weights, weights_identity

    try:
        return Finding("embedded model", "ok", weights_identity(find_weights()))
    except SynthError as error:
        first = error.diagnostics[0]
        return Finding("embedded model", "warn", first.message, first.help)


def _tools() -> Finding:
    """A sandbox is made and used. Where none can be, only specs that `run` something are out of reach."""
    import asyncio

    from runtime.tools import level

    try:
        return Finding("tools", "ok", str(asyncio.run(level())))
    except SynthError as error:
        first = error.diagnostics[0]
        return Finding("tools", "warn", "; ".join((f"{first.code} {first.message}", *first.notes)), first.help)


def _engines(project: Project) -> Iterator[Finding]:
    """The engines that the default profile binds, each asked for one token."""
    profile = project.config.profile()
    for binding in dict.fromkeys((*profile.roles.values(), profile.otherwise)):
        yield _part(f"engine {binding.engine}", lambda binding=binding: _ask(project, binding))  # type: ignore[misc]


def _ask(project: Project, binding: Binding) -> Finding:
    """What `synth engines` finds out, and then a token: a server can be up and its model not answer."""
    import asyncio

    from runtime.cli.engines_list import described
    from runtime.config.engines import open_engine
    from runtime.engines.check.probe import MEND, probe_all
    from runtime.engines.protocol import EngineError

    name = f"engine {binding.engine}"
    probes = asyncio.run(probe_all([project.config.engine(binding)]))
    engine = open_engine(project.config, binding)
    if mistakes := [mistake for found in probes for mistake in found.mistakes]:
        raise SynthError(*mistakes)
    for found in probes:
        if found.state == "down":
            return Finding(name, "fail", _placed(found.url, found.why), found.mend)
    try:
        took = asyncio.run(_one_answer(engine, binding.kind))
    except EngineError as error:
        return Finding(name, "fail", str(error), MEND["down"])
    about = next((described(found.about) for found in probes if found.about), engine.identity)
    return Finding(name, "ok", f"answered after {took:.1f} s, {about}")


def _placed(url: str | None, why: str) -> str:
    """Most reasons name the server; of several servers each has its line."""
    return why if not url or url in why else f"{url}: {why}"


async def _one_answer(engine: Engine, kind: str) -> float:
    """Seconds until it was there: a token, or the score or the vector of a model that writes none."""
    from runtime.engines.protocol import Embedding, Message, Request, Sampling

    started, reward = time.monotonic(), kind == "reward"
    try:
        if kind == "embedding":
            await cast(Embedding, engine).embed(["Yes."])
            return time.monotonic() - started
        sampling = Sampling(temperature=0.0, max_tokens=1)
        talk = (Message("user", "Say yes."), Message("assistant", "Yes."))
        await engine.complete(Request(engine.identity, talk[: 1 + reward], sampling=sampling, reward=reward))
        return time.monotonic() - started
    finally:
        await engine.close()


def _store(project: Project) -> Finding:
    """Every branch and tag is followed to its commit, and what the commits' manifests name is looked up."""
    from runtime.store.open import project_store, store_folder

    if project.config.store.kind == "git" and not store_folder(project).exists():
        return Finding("store", "ok", "none yet; the first build makes it")
    from runtime.query.catalog import datasets
    from runtime.tables.layout import FORMAT_PATH, manifest_path, read_format
    from runtime.tables.manifest_json import read_manifest

    server = ""
    if project.config.store.kind == "lakefs":
        server = _server(project)
        if server.endswith(NO_REPOSITORY):
            return Finding("store", "ok", server)
    store = project_store(project)
    branches, tags, files = store.branches(), store.tags(), 0
    for commit in {*branches.values(), *tags.values()}:
        paths = [entry.path for entry in store.entries(commit)]
        files += len(paths)
        if FORMAT_PATH in paths:
            read_format(store.read(commit, FORMAT_PATH))
        for name in datasets(store, commit):
            read_manifest(store.read(commit, manifest_path(name)))
    return Finding("store", "ok", f"{server}branches: {len(branches)}, tags: {len(tags)}, files found: {files:,}")


def _server(project: Project) -> str:
    """Who answers, as whom, and where the commits are; the repository is not made for this."""
    from runtime.store.lakefs.open import described
    from runtime.store.open import lakefs_store

    found = described(lakefs_store(project))
    where = f"repository {found['repository']}; " if found["repository"] else NO_REPOSITORY
    return f"lakeFS {found['version']} at {found['server']} as {found['user']}, {where}"


def _journal(state: Path) -> Finding:
    from runtime.journal.database import FILE

    if not (state / "journal" / FILE).exists():
        return Finding("journal", "ok", "none yet; the first build makes it")
    from runtime.journal import Journal

    with Journal.open(state / "journal") as journal:
        stats = journal.stats()
    return Finding("journal", "ok", f"{stats.effects:,} answers, {stats.bytes / 2**20:,.1f} MB")


def _locks(state: Path) -> Finding:
    """Our own locks are the kernel's and go with their holder; git's are files, and stay when it is killed."""
    now = time.time()
    left = [file for file in (state / "store.git").rglob("*.lock") if file.name != "synth.lock"]
    stale = sorted(str(file) for file in left if now - file.stat().st_mtime > STALE)
    if stale:
        return Finding("locks", "warn", f"left behind: {', '.join(stale)}", f"rm {' '.join(stale)}")
    return Finding("locks", "ok", "none left behind")


def _disk(root: Path) -> Finding:
    free = shutil.disk_usage(root).free
    told = f"{free / 2**30:,.1f} GB free at {root}"
    if free < LOW_DISK:
        return Finding("disk", "fail" if free < NO_DISK else "warn", told, "make room: a build stops on a full disk")
    return Finding("disk", "ok", told)
