"""An open text and its project in; what every feature needs to answer a request about it, out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from lsprotocol import types

from compiler.analysis import Analysis
from dsl.source import Source, Span
from runtime.config.project import FILE
from runtime.lsp.client import Client
from runtime.lsp.documents import Document
from runtime.lsp.positions import Lines
from runtime.lsp.projects import OpenProject

START = types.Range(types.Position(0, 0), types.Position(0, 0))


@dataclass(frozen=True)
class View:
    """One moment of one text. What stands beside it in the project is seen as of the same moment."""

    document: Document
    project: OpenProject
    client: Client = field(default_factory=Client)

    @cached_property
    def path(self) -> str:
        return self.project.path(self.document)

    @cached_property
    def analysis(self) -> Analysis:
        return self.project.analysis(self.path)

    @property
    def is_spec(self) -> bool:
        return self.path.endswith(".synth")

    @property
    def is_configuration(self) -> bool:
        return self.path == FILE

    @property
    def source(self) -> Source:
        return Source.unsaved(self.path, self.document.text)

    @property
    def lines(self) -> Lines:
        return self.document.lines

    def offset(self, position: types.Position) -> int:
        return self.lines.offset(position)

    def span(self, place: types.Range) -> Span:
        return self.lines.span(self.path, place)

    def range(self, span: Span) -> types.Range:
        """Of a span in this text."""
        return self.lines.range(span.start, span.end)

    def location(self, span: Span) -> types.Location | None:
        """Of a span in any file of the project; None where that cannot be read."""
        if span.path == self.path:
            return types.Location(self.document.uri, self.range(span))
        if span.end == 0:  # the file itself, which need not be a text
            return types.Location(self.project.uri(span.path), START)
        source = self.project.source(span.path)
        if source is None:
            return None
        lines = Lines(source.text, self.document.encoding)
        return types.Location(self.project.uri(span.path), lines.range(span.start, span.end))
