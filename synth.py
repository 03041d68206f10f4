"""The Python API: build specs, load datasets, compare versions and query them, with the objects of the command line.

import synth

build = synth.build("specs/python_qa.synth", params={"takes": 1})
synth.load("python_qa@main")
synth.diff("python_qa", "main~1", "main")
synth.sql("select * from python_qa.rejected")
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import polars as pl

    from runtime.build.build import Build
    from runtime.cli.context import Context
    from runtime.diff.model import Diff
    from runtime.query import QueryResult

__all__ = ["Connection", "build", "check", "connect", "diff", "load", "sql"]


def check(spec: str | Path) -> tuple[Any, ...]:
    """Every mistake and warning in a spec, as `dsl.diagnostics.Diagnostic`s; empty when there is none."""
    return _here().analyse(str(spec)).diagnostics


def build(
    spec: str | Path,
    *,
    params: Mapping[str, object] | None = None,
    seed: int | None = None,
    limit: int | None = None,
    profile: str | None = None,
    branch: str | None = None,
    message: str | None = None,
    only: str | None = None,
    executor: Literal["local", "ray"] | None = None,
    workers: int | None = None,
) -> Build:
    """Test, run, audit and commit a spec, as `synth build` does. Raises `dsl.diagnostics.SynthError` for mistakes."""
    import orjson

    from runtime.build.build import Options
    from runtime.build.build import build as run
    from runtime.cli.compiled import compiled
    from runtime.executor.choice import executor as opened

    typed = [f"{name}={orjson.dumps(value).decode()}" for name, value in (params or {}).items()]
    with compiled(str(spec), typed, seed, profile) as (analysis, session, context):
        options = Options(
            branch or session.profile.branch or context.branch,
            message,
            only,
            limit if limit is not None else session.profile.limit,
            session.profile.audits,
        )
        where, many = executor or session.profile.executor, workers or session.profile.workers
        with opened(where, session.project.config, many) as found:
            return run(analysis, session, replace(options, executor=found))


def load(name: str) -> pl.DataFrame:
    """The rows of `dataset`, `dataset@ref` or `dataset@ref.table` as a polars frame."""
    return connect().load(name)


def diff(dataset: str, a: str, b: str) -> Diff:
    """What differs between two versions of a dataset; `b` is the newer."""
    from runtime.diff import diff as compare

    return compare(_here().store, a, b, dataset)


def sql(query: str) -> QueryResult:
    """Rows of any dataset at any version; `.rows()`, `.polars()` and `.table` (Arrow) hold them."""
    return connect().sql(query)


def connect(start: str | Path = ".") -> Connection:
    """The project at or above a folder."""
    return Connection(_here(start))


class Connection:
    """One project's store, open for reading."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def sql(self, query: str) -> QueryResult:
        from runtime.query import query as run

        return run(self._context.store, query, self._context.branch)

    def load(self, name: str) -> pl.DataFrame:
        from runtime.query import load as frame

        return frame(self._context.store, name, self._context.branch)


def _here(start: str | Path = ".") -> Context:
    from runtime.cli.context import Context
    from runtime.config.project import Project

    folder = Path(start).resolve()
    return Context(Project.find(folder), folder)
