"""What is wrong in; one immutable value that every rendering (text, JSON, editor) reads, out."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from dsl.source import Source, Span

SourceOf = Callable[[str], Source | None]
"""Finds the source of a path, so that a rendering can quote it; None when it cannot be had."""


class Severity(enum.StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that matters, and what it is: "declared here as Persona"."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """The text of `span` becomes `text`; an empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """What would mend it, as edits that are made together. `safe`: what is built stays the same, or was an error."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake. `label` stands under the place, `notes` give the values involved, `help` says the way out."""

    code: str
    message: str
    span: Span | None = None
    label: str = ""
    related: tuple[Related, ...] = ()
    notes: tuple[str, ...] = ()
    help: str | None = None
    fixes: tuple[Fix, ...] = ()

    @property
    def severity(self) -> Severity:
        """The code decides: `W…` and the lint rules `L…` warn, `E…` is an error."""
        return Severity.WARNING if self.code[:1] in ("W", "L") else Severity.ERROR

    @property
    def sort_key(self) -> tuple[str, int, str]:
        """Orders diagnostics as a reader meets them: by file, by place, then by code."""
        return (self.span.path, self.span.start, self.code) if self.span else ("", -1, self.code)


class SynthError(Exception):
    """Carries a user's mistakes across layers. Never empty; anything else that is raised is a bug or a fault."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        if not diagnostics:
            raise ValueError("SynthError needs at least one diagnostic")
        super().__init__("; ".join(f"{d.code}: {d.message}" for d in diagnostics))
        self.diagnostics = diagnostics
