"""A text and the edits that are made of it in; the new text, and where each old place is in it, out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dsl.diagnostics import Edit
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Edited:
    """Edits of any files. They do not overlap."""

    by_file: Mapping[str, tuple[Edit, ...]]

    @staticmethod
    def of(edits: Iterable[Edit]) -> Edited:
        found: dict[str, list[Edit]] = {}
        for edit in sorted(set(edits), key=lambda edit: (edit.span, edit.text)):
            found.setdefault(edit.span.path, []).append(edit)
        return Edited({path: tuple(own) for path, own in found.items()})

    @property
    def edits(self) -> tuple[Edit, ...]:
        return tuple(edit for own in self.by_file.values() for edit in own)

    def text(self, path: str, text: str) -> str:
        for edit in reversed(self.by_file.get(path, ())):
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
        return text

    def moved(self, span: Span) -> Span:
        """Where the same thing stands afterwards; what is put in at an end of it does not become part of it."""
        own = self.by_file.get(span.path, ())
        start = span.start + sum(_grown(edit) for edit in own if edit.span.end <= span.start and _before(edit, span))
        end = span.end + sum(_grown(edit) for edit in own if edit.span.end <= span.end and _within(edit, span))
        return Span(span.path, start, end)


def _grown(edit: Edit) -> int:
    return len(edit.text) - (edit.span.end - edit.span.start)


def _before(edit: Edit, span: Span) -> bool:
    return edit.span.start < span.start or edit.span.end == edit.span.start


def _within(edit: Edit, span: Span) -> bool:
    return edit.span.end < span.end or edit.span.end > edit.span.start
