"""Open texts in; the projects they belong to, each with its configuration and its files as the editor holds them, out.

A project is found as the command line finds it: the nearest folder with a `synth.toml` at or above the file. Texts that
were never saved belong to the first folder of the editor. All of this is used by one thread alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.uris import from_fs_path

from compiler.analysis import Analysis
from compiler.workspace import Workspace
from dsl import tree
from dsl.diagnostics import Diagnostic, SynthError
from dsl.diagnostics.catalogue import FOLDER as CODES
from dsl.source import Source
from runtime.config.load import read_config
from runtime.config.model import Config
from runtime.config.params import profile_params
from runtime.config.paths import placed
from runtime.config.project import FILE, STATE, Project
from runtime.lsp.catalog import EditorCatalog
from runtime.lsp.documents import Document
from runtime.lsp.names import ProjectNames

if TYPE_CHECKING:
    from runtime.build.glimpse import Glimpse

LIBRARY = CODES.parents[1]
"""The folder of `dsl`, in which `std/…` lies."""


@dataclass
class OpenProject:
    """`texts` are the open texts that the workspace has seen, by path; `colours` what editors were told of them."""

    root: Path
    uris: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    config: Config = field(default_factory=Config)
    colours: dict[str, types.SemanticTokens] = field(default_factory=dict)
    glimpses: dict[str, tuple[Analysis, Mapping[str, Glimpse]]] = field(default_factory=dict)
    is_configured: bool = True
    """False while the configuration cannot be read."""
    _configured: str | None = None

    @cached_property
    def catalog(self) -> EditorCatalog:
        return EditorCatalog(self.root)

    @cached_property
    def workspace(self) -> Workspace:
        return Workspace(self.catalog, self.names.specs)

    @cached_property
    def names(self) -> ProjectNames:
        return ProjectNames(self)

    @property
    def project(self) -> Project:
        return Project(self.root, self.root / STATE, self.config)

    @property
    def params(self) -> Mapping[str, tree.Expr]:
        return profile_params(self.config, self.config.profile(None))

    def path(self, document: Document) -> str:
        return self.project.path(document.place) if document.place else document.name

    def uri(self, path: str) -> str:
        """Of any file that a span can lie in: open, saved, or of the library."""
        if path in self.uris:
            return self.uris[path]
        file = LIBRARY / path if path.startswith("std/") else self.root / path
        return str(from_fs_path(str(file)))

    def source(self, path: str) -> Source | None:
        """A file's text as the editor holds it, else as it is saved. None for what is not there or cannot be read."""
        if path in self.texts:
            return Source(path, self.texts[path])
        try:
            if path.endswith(".synth"):
                return self.catalog.read_source(path)
            text = self.catalog.read_text(path)
            return None if text is None else Source(path, text)
        except SynthError:
            return None

    def sync(self, documents: Iterable[Document]) -> None:
        """Makes the workspace see these texts, and no others, unsaved. Of two for one file the last counts."""
        now = {self.path(document): document for document in documents}
        for path in [path for path in self.texts if path not in now]:
            del self.texts[path], self.uris[path]
            self.workspace.close(path)
        for path, document in now.items():
            self.uris[path] = document.uri
            if self.texts.get(path) != document.text:
                self.texts[path] = document.text
                if path.endswith(".synth"):
                    self.workspace.edit(path, document.text)
        self._configure()

    def _configure(self) -> None:
        """A configuration that cannot be read leaves the last one that could."""
        source = self.source(FILE)
        text = source.text if source else ""
        if text == self._configured:
            return
        self._configured = text
        try:
            self.config = placed(read_config(Source(FILE, text)), self.root) if source else Config()
        except SynthError:
            self.is_configured = False
            return
        self.is_configured = True
        self.workspace.configure(self.params)

    def analysis(self, path: str) -> Analysis:
        return self.workspace.analyse(path)


@dataclass
class Projects:
    """`home` is where unsaved texts belong."""

    home: Path = field(default_factory=Path.cwd)
    by_root: dict[Path, OpenProject] = field(default_factory=dict)

    def of(self, document: Document, documents: Mapping[str, Document]) -> OpenProject:
        """The document's project, which sees the texts as they were when it was asked about."""
        root = self.root(document)
        project = self.by_root.setdefault(root, OpenProject(root))
        project.sync([*(other for other in documents.values() if self.root(other) == root), document])
        return project

    def opened(self, documents: Mapping[str, Document]) -> list[OpenProject]:
        """Those of open texts; with none, the one of the editor's first folder."""
        roots = {self.root(document): document for document in documents.values()}
        if roots:
            return [self.of(document, documents) for document in roots.values()]
        root = Project.root_of(self.home)
        return [self.by_root.setdefault(root, OpenProject(root))]

    def root(self, document: Document) -> Path:
        folder = document.place.parent if document.place else self.home
        return Project.root_of(folder) if folder.is_dir() else folder

    def forget(self) -> None:
        """Files have changed under us."""
        for project in self.by_root.values():
            project.catalog.forget()
            project.names.forget()
            project.workspace.refresh()


def configuration_mistakes(text: str, root: Path) -> tuple[Diagnostic, ...]:
    """What is wrong with a `synth.toml`, that of its engines included."""
    from runtime.config.engines import mistakes

    try:
        config = placed(read_config(Source(FILE, text)), root)
    except SynthError as error:
        return error.diagnostics
    return tuple(mistakes(config))
