"""The current folder in; the project, its store, its catalogue and the paths of specs out: where every verb starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic, SynthError, nearest
from dsl.source import Source
from runtime.cli.noted import LOOKED, TYPED
from runtime.config.project import FILE, Project, once

if TYPE_CHECKING:
    from compiler.analysis import Analysis, Stage
    from compiler.catalog import Catalog
    from dsl import tree
    from runtime.store.port import Store


@dataclass(frozen=True)
class Context:
    """Opened once for a command. Nothing is read before it is asked for."""

    project: Project
    cwd: Path

    @classmethod
    def here(cls) -> Context:
        cwd = Path.cwd()
        return cls(Project.find(cwd), cwd)

    @classmethod
    def of(cls, spec: str) -> Context:
        """A spec's own project: the nearest `synth.toml` at or above the spec; without one, the current folder's.

        A spec that lies outside of that has a project in its own folder.
        """
        cwd = Path.cwd()
        folder = (cwd / spec).resolve().parent
        without = cwd if folder.is_relative_to(Project.root_of(cwd)) else folder
        own = next((at for at in (folder, *folder.parents) if (at / FILE).is_file()), without)
        LOOKED[:] = [own]
        return cls(Project.find(own), cwd)

    @property
    def elsewhere(self) -> str:
        """The project's folder as seen from the current one; empty when the current one belongs to it."""
        root = self.project.root
        return "" if self.cwd.resolve().is_relative_to(root) else os.path.relpath(root, self.cwd)

    @cached_property
    def store(self) -> Store:
        from runtime.store.open import project_store

        return project_store(self.project)

    @cached_property
    def catalog(self) -> Catalog:
        from runtime.sources.catalog import ProjectCatalog

        return ProjectCatalog(self.project.root)

    @property
    def branch(self) -> str:
        from runtime.store.worktree import current_branch

        return current_branch(self.project.state_dir)

    def spec(self, path: str) -> str:
        """A path as typed (relative to the current folder) as the compiler knows it: relative to the project's root."""
        file = (self.cwd / path).resolve()
        if not file.is_file():
            raise SynthError(self._no_spec(path))
        return self.project.path(file)

    def _no_spec(self, path: str) -> Diagnostic:
        found = sorted(self.project.path(file) for file in self.specs())
        guess = nearest(path, found)
        return Diagnostic(
            "E0114",
            f"there is no file `{path}`",
            notes=(f"specs here: {', '.join(found[:8])}",) if found else (),
            help=f"did you mean `{guess}`?" if guess else "`synth new DIR` makes a project to start from",
        )

    def specs(self) -> list[Path]:
        """Every .synth file of the project. Hidden folders are left out, those that are projects of their own, and
        further names of a spec."""
        found: list[Path] = []
        for folder, folders, files in os.walk(self.project.root):
            here = Path(folder)
            folders[:] = [name for name in folders if name[0] != "." and not (here / name / FILE).is_file()]
            found += (here / name for name in files if name.endswith(".synth") and name[0] != ".")
        return sorted(once(found))

    def analyse(
        self,
        spec: str,
        params: Mapping[str, tree.Expr] | None = None,
        upto: Stage = "types",
        seed: int | None = None,
    ) -> Analysis:
        from compiler.analysis import analyse

        return analyse(self.spec(spec), self.catalog, params, upto=upto, seed=seed)

    def source(self, path: str) -> Source | None:
        """The text that messages quote: a spec, the configuration, or what was typed on the command line."""
        config = self.project.config.source
        if config is not None and config.path == path:
            return config
        return TYPED.get(path) or self.catalog.read_source(path)

    def ref(self, text: str | None = None) -> str:
        """A ref as typed, as the store knows it: `HEAD`, and nothing at all, mean the current branch."""
        if not text:
            return self.branch
        return f"{self.branch}{text[4:]}" if text == "HEAD" or text.startswith("HEAD~") else text


def configuration(path: str) -> Source | None:
    """The text of a configuration that cannot be read as one: the nearest file of its name, at or above the project."""
    here = LOOKED[-1] if LOOKED else Path.cwd()
    file = next((folder / FILE for folder in (here, *here.parents) if (folder / FILE).is_file()), None)
    if path != FILE or file is None:
        return None
    return Source(path, file.read_text(encoding="utf-8-sig", errors="replace"))
