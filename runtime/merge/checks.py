"""A merged dataset in; duplicates, constraints and audits of its specs that fail on the result, out.

What passed on one side alone is not asked again: a row's own constraints are looked at where the row is of both
sides, `dedup` and audits where the result is. No model is called; what only a model could answer is said to be so.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from compiler import plan
from compiler.catalog import Catalog, MemoryCatalog
from compiler.constant import UNKNOWN, Evaluator
from compiler.model import Kind
from dsl import tree
from dsl.diagnostics import Diagnostic
from runtime.build.program import Loaded
from runtime.merge.dataset import DatasetMerge
from runtime.merge.facts import Facts, Rows
from runtime.merge.sides import Manifests
from runtime.merge.specs import Spec, stored_specs
from runtime.tables import layout
from runtime.tables.keys import Key, print_key
from runtime.tables.manifest_json import write_manifest

SHOWN = 3
OF_THE_ROW = (Kind.AXIS, Kind.DRAW, Kind.LET, Kind.GEN, Kind.RUN, Kind.CARRY, Kind.LOOP)
WAY_OUT = "`synth decide` rejects or edits rows on either branch; `--allow-failed-audits` merges all the same"


def checked(sides: Manifests, done: DatasetMerge, catalog: Catalog | None) -> list[Diagnostic]:
    """E1062 for audits, E1064 for duplicates, E1065 for constraints, E1069 for what cannot be looked at."""
    specs, problems = stored_specs(sides, catalog)
    failed: list[str] = []
    for spec in specs:
        check = Check(sides, done, spec)
        problems += [*check.duplicates(), *check.constraints()]
        for step, found in check.audits():
            problems.append(found)
            failed.append(step.title.removeprefix("audit "))
    done.manifest = replace(done.manifest, failed=tuple(dict.fromkeys(failed)))
    done.changes[layout.manifest_path(sides.dataset)] = write_manifest(done.manifest)
    return list({(found.code, found.message): found for found in problems}.values())


@dataclass(frozen=True)
class Check:
    """One spec, held against the result."""

    sides: Manifests
    done: DatasetMerge
    spec: Spec

    @property
    def dataset(self) -> plan.DatasetPlan:
        return self.spec.loaded.plan

    @cached_property
    def facts(self) -> Facts:
        name, manifest = self.sides.dataset, self.done.manifest
        tables = {
            table: (found, self._files(layout.table_folder(name, table), found))
            for table, found in manifest.tables.items()
        }
        calls = self._files(layout.calls_folder(name), manifest.calls)
        texts = self._files(layout.texts_folder(name), manifest.texts)
        return Facts(self.dataset, tables, calls, texts, len(manifest.key), frozenset(self._wanted()))

    def _files(self, folder: str, table: Any) -> list[Path]:
        commits = self.sides.commits
        assert commits.ours is not None
        return self.done.paths(commits.store, commits.ours, folder, table)

    def _wanted(self) -> Iterator[str]:
        """Names and columns that a statement to be checked mentions."""
        for expression in self._expressions():
            for node in tree.walk(expression):
                if isinstance(node, tree.Ref):
                    yield node.name
                if isinstance(node, tree.Attr):
                    yield node.name.text

    def _expressions(self) -> Iterator[tree.Expr]:
        yield from (step.value for step in self.dataset.of(plan.Dedup))
        yield from (step.condition for step in self.dataset.of(plan.Audit))
        if self.done.mixed:
            yield from (step.condition for step in self._conditions())

    def _conditions(self) -> Iterator[plan.Require | plan.Filter]:
        """Those of a loop are about rounds, which a merged row has none of."""
        yield from (step for step in self.dataset.steps if isinstance(step, plan.Require | plan.Filter))

    @cached_property
    def rows(self) -> list[tuple[Key, Rows]]:
        return list(self.facts.rows()) if self.facts.wanted else []

    # --- one row ---

    def constraints(self) -> Iterator[Diagnostic]:
        mixed = {key for keys in self.done.mixed.values() for key in keys}
        if not mixed:
            return
        parts = len(self.done.manifest.key)
        candidates = {"/".join(key.split("/")[:parts]) for key in mixed}
        for key, rows in self.rows:
            if print_key(key) in candidates:
                values = self.facts.values(key, rows)
                for step in self._conditions():
                    if not self._evaluate(step.condition, values, default=True):
                        yield _breaks(self.sides.dataset, print_key(key), step.title)

    def _evaluate(self, node: tree.Expr, values: dict[str, Any], default: Any = None) -> Any:
        """`default` where it cannot be known without a model."""
        model = self.spec.analysis.model
        refs = [found for found in tree.walk(node) if isinstance(found, tree.Ref) and found in model.symbols]
        own = {model.symbols[ref]: values[ref.name] for ref in refs if ref.name in values}
        found = Evaluator(model.symbols, {**model.values, **own}, MemoryCatalog()).evaluate(node)
        return default if found is UNKNOWN else found

    # --- rows beside each other ---

    def duplicates(self) -> Iterator[Diagnostic]:
        from runtime.filters import deduplicator

        for step in self.dataset.of(plan.Dedup):
            if step.method == "meaning" and self._served():
                yield _uncompared(self.sides.dataset, step.title)
                continue
            seen = deduplicator(step.method, step.threshold)
            values = (
                (print_key(key), self._evaluate(step.value, self.facts.values(key, rows))) for key, rows in self.rows
            )
            prepared = [(key, seen.prepare(value)) for key, value in values]
            admitted = zip(prepared, seen.admit_all(prepared), strict=True)
            pairs = [(key, found.of) for (key, _), found in admitted if found is not None]
            if pairs:
                yield _repeats(self.sides.dataset, step.title, pairs)

    def _served(self) -> bool:
        """Whether a server's vectors decided, which nobody is asked for here."""
        from runtime.embeddings import used

        told = self.done.manifest.models.get(used.ROLE)
        return told is not None and {used.ROLE: told} != used.models(self.dataset)

    # --- the whole result ---

    def audits(self) -> Iterator[tuple[plan.Audit, Diagnostic]]:
        steps = {step.id: step for step in self.dataset.of(plan.Audit)}
        if not steps or self.spec.loaded.audits is None:
            return
        unknown = {id_: found for id_, step in steps.items() if (found := self._unknown(step.condition))}
        for id_, names in unknown.items():
            yield steps[id_], _unseen(self.sides.dataset, steps[id_].title, names)
        counts = self.done.manifest.counts
        for id_, held in _without(self.spec.loaded, unknown)(self._result()):
            if not held:
                yield steps[id_], _fails(self.sides.dataset, steps[id_].title, counts.kept, counts.attempted)

    def _unknown(self, condition: tree.Expr) -> list[str]:
        """Names of the row that neither a table nor a call holds whole."""
        symbols = self.spec.analysis.model.symbols
        refs = [node for node in tree.walk(condition) if isinstance(node, tree.Ref) and node in symbols]
        return [ref.name for ref in refs if symbols[ref].kind in OF_THE_ROW and ref.name not in self.facts.names]

    def _result(self) -> Any:
        from runtime.build.result import Result
        from runtime.program.outcome import Kept

        result = Result(self.dataset.name, self.facts.wanted, self.dataset.makes_many)
        for key, rows in self.rows:
            result.add(key, Kept(tuple(rows)), self.facts.values(key, rows))
        result.kept, result.attempted = self.done.manifest.counts.kept, self.done.manifest.counts.attempted
        return result


def _without(loaded: Loaded, unknown: Collection[str]) -> Any:
    """The printed function of the audits, less those that read what is not known."""
    module = ast.parse(loaded.text)
    (function,) = (node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == "audits")
    kept = [line for line in function.body if _id(line) not in unknown]
    function.body = kept or [ast.parse("return ()").body[0]]
    namespace = dict(loaded.namespace)
    exec(compile(ast.Module([function], []), f"<synth {loaded.plan.name}>", "exec"), namespace)
    return namespace["audits"]


def _id(line: ast.stmt) -> object:
    """The audit that a `yield "audit 1", …` is of."""
    pair = line.value.value if isinstance(line, ast.Expr) and isinstance(line.value, ast.Yield) else None
    first = pair.elts[0] if isinstance(pair, ast.Tuple) else None
    return first.value if isinstance(first, ast.Constant) else None


def _listed(items: Iterable[str], told: Callable[[int], str]) -> str:
    every = list(items)
    more = [told(len(every) - SHOWN)] if len(every) > SHOWN else []
    return ", ".join([*every[:SHOWN], *more])


def _repeats(dataset: str, title: str, pairs: list[tuple[str, str]]) -> Diagnostic:
    shown = _listed((f"`{key}` repeats `{of}`" for key, of in pairs), lambda more: f"and {more:,} more")
    return Diagnostic("E1064", f"merged rows of `{dataset}` repeat each other: {title}", notes=(shown,), help=WAY_OUT)


def _breaks(dataset: str, key: str, title: str) -> Diagnostic:
    return Diagnostic(
        "E1065",
        f"row `{key}` of `{dataset}`, put together from both sides, fails `{title}`",
        help="edit one side's row so that both go together, or merge with `--allow-failed-audits`",
    )


def _fails(dataset: str, title: str, kept: int, attempted: int) -> Diagnostic:
    return Diagnostic(
        "E1062",
        f"audit of `{dataset}` failed on the merged rows: {title.removeprefix('audit ')}",
        notes=(f"{kept:,} kept of {attempted:,} attempted",),
        help=WAY_OUT,
    )


def _uncompared(dataset: str, title: str) -> Diagnostic:
    return Diagnostic(
        "E1069",
        f"rows of `{dataset}` cannot be compared again: {title}",
        notes=("an embedding server said what they mean, and a merge asks nobody",),
        help="build the dataset on the merged spec instead, or merge with `--allow-failed-audits`",
    )


def _unseen(dataset: str, title: str, names: list[str]) -> Diagnostic:
    return Diagnostic(
        "E1069",
        f"audit of `{dataset}` cannot be looked at again: {title.removeprefix('audit ')}",
        notes=(f"it reads {', '.join(f'`{name}`' for name in dict.fromkeys(names))}, which no table holds",),
        help="emit what it reads, or merge with `--allow-failed-audits`",
    )
