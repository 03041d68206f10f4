"""A project's folder in; the compiler's `Catalog` over it, which reads columns once and not at each keystroke, out.

It reads what `synth check` reads and, as that does, never runs a `python(…)` source.
"""

from __future__ import annotations

import posixpath
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf
from pathlib import Path

from compiler.catalog import Columns
from dsl.diagnostics import Diagnostic, SynthError
from dsl.source import Source, Span
from runtime.config.project import FILE, STATE, Project, load_config
from runtime.sources.catalog import ProjectCatalog
from runtime.store.open import store_folder

FRESH, AGAIN = 10.0, 2.0
"""Seconds that columns are believed, and that a source is believed to be unreadable. An editor that watches files says
sooner when one has changed."""

Asked = tuple[str, str, str]
Found = Columns | Diagnostic | None


@dataclass
class EditorCatalog:
    """One for each project; `forget` when files may have changed."""

    root: Path
    _found: dict[Asked, tuple[float, Found]] = field(default_factory=dict)

    @cached_property
    def _files(self) -> ProjectCatalog:
        return ProjectCatalog(self.root)

    def read_source(self, path: str) -> Source | None:
        return self._files.read_source(path)

    def read_text(self, path: str) -> str | None:
        return self._files.read_text(path)

    def columns(self, kind: str, args: Mapping[str, object], span: Span) -> Found:
        """Paths are relative to the folder that the span's file lies in; where in it the source is written moves."""
        asked = (kind, repr(list(args.items())), posixpath.dirname(span.path))
        at, found = self._found.get(asked, (-inf, None))
        if time.monotonic() - at > (AGAIN if isinstance(found, Diagnostic) else FRESH):
            found = self._files.columns(kind, args, span) if kind != "dataset" or self.has_store() else None
            self._found[asked] = (time.monotonic(), found)
        return replace(found, span=span) if isinstance(found, Diagnostic) else found

    def has_store(self) -> bool:
        """Whether committed datasets are there to be read: opening a folder makes no store, and asks no server."""
        try:
            project = Project(self.root, self.root / STATE, load_config(self.root / FILE))
        except SynthError:
            return False
        return project.config.store.kind == "git" and store_folder(project).is_dir()

    def forget(self) -> None:
        self._found.clear()
