"""The specs that a merged dataset keeps in its commits in; each compiled again from its stored sources, out.

Nothing that lies compiled in a commit is ever run: a commit may come from anyone, and sources go through our compiler.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from compiler.analysis import Analysis, analyse
from compiler.catalog import Catalog, Columns, library
from dsl import tree
from dsl.diagnostics import Diagnostic
from dsl.parser import parse_expression
from dsl.source import Source, Span
from runtime.build.chosen import chosen
from runtime.build.program import Loaded
from runtime.merge.manifests import kept_specs
from runtime.merge.sides import Manifests
from runtime.tables.layout import spec_folder
from runtime.tables.manifest import Manifest

SUFFIX = ".synth"


@dataclass(frozen=True)
class StoredCatalog:
    """Sources from a commit; texts that they read from the project, where there is one. Columns stay unknown."""

    files: Mapping[str, str]
    project: Catalog | None

    def read_source(self, path: str) -> Source | None:
        text = self.files.get(path)
        return Source(path, text) if text is not None else library(path)

    def read_text(self, path: str) -> str | None:
        return self.project.read_text(path) if self.project is not None else None

    def columns(self, kind: str, args: Mapping[str, object], span: Span) -> Columns | Diagnostic | None:
        return None


@dataclass(frozen=True)
class Spec:
    """One spec that made rows of the dataset."""

    analysis: Analysis
    loaded: Loaded


def stored_specs(sides: Manifests, project: Catalog | None) -> tuple[list[Spec], list[Diagnostic]]:
    """Those that the merged commit keeps; E1069 for one that does not compile any more."""
    found, problems = [], []
    for digest, paths in kept_specs(sides).items():
        prefix = f"{spec_folder(sides.dataset, digest)}/"
        files = {
            path.removeprefix(prefix): sides.commits.store.read(commit, path).decode("utf-8", "replace")
            for path, commit in paths.items()
            if path.endswith(SUFFIX)
        }
        if not files:
            continue
        spec = _compiled(sides, digest, StoredCatalog(files, project))
        if isinstance(spec, Diagnostic):
            problems.append(spec)
        else:
            found.append(spec)
    return found, problems


def _compiled(sides: Manifests, digest: str, catalog: StoredCatalog) -> Spec | Diagnostic:
    """The file that nobody imports is tried first; it is the right one when it declares the dataset."""
    manifest = _maker(sides, digest)
    params = {name: parse_expression(orjson.dumps(value).decode(), name) for name, value in manifest.params.items()}
    failed: Analysis | None = None
    for path in sorted(catalog.files, key=lambda path: _is_imported(path, catalog.files)):
        analysis = analyse(path, catalog, _own(params, catalog.files[path]), upto="lower", seed=manifest.seed)
        if not analysis.ok:
            failed = failed or analysis
            continue
        for loaded in chosen(analysis, None) if analysis.model.plan and analysis.model.plan.ordered else ():
            if loaded.plan.name == sides.dataset:
                return Spec(analysis, loaded)
    return _unreadable(sides.dataset, failed)


def _own(params: Mapping[str, tree.Expr], text: str) -> dict[str, tree.Expr]:
    """A file that is imported by the spec has not all of its params."""
    return {name: value for name, value in params.items() if f"param {name}" in text}


def _is_imported(path: str, files: Mapping[str, str]) -> bool:
    name = path.rpartition("/")[2]
    return any(f'/{name}"' in text or f'from "{name}"' in text for other, text in files.items() if other != path)


def _maker(sides: Manifests, digest: str) -> Manifest:
    """The manifest whose spec it is: its params and its seed go with it."""
    every = [side for side in (sides.ours, sides.theirs, sides.base) if side is not None]
    return next((side for side in every if side.fingerprints.description == digest), every[0])


def _unreadable(dataset: str, failed: Analysis | None) -> Diagnostic:
    why = failed.errors[0].message if failed is not None and failed.errors else "no file of it declares the dataset"
    return Diagnostic(
        "E1069",
        f"what the spec of `{dataset}` demands cannot be looked at again: its stored sources do not compile",
        notes=(why,),
        help="merge in the project that has the files it reads, or merge with `--allow-failed-audits`",
    )
