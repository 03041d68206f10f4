"""A text before and after typing in; for a place outside of what was typed, the same place in the other text, out."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.incremental import changed
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Between:
    """The texts are alike before `begin`, and behind `old_end` and `new_end`."""

    begin: int
    old_end: int
    new_end: int

    @staticmethod
    def of(old: str, new: str) -> Between:
        begin, end = changed(old, new)
        return Between(begin, end, end + len(new) - len(old))

    def back(self, offset: int) -> int | None:
        """The offset in the old text; None inside of what was typed."""
        if offset <= self.begin:
            return offset
        return offset - self.new_end + self.old_end if offset >= self.new_end else None

    def forth(self, span: Span) -> Span | None:
        """Where what stood at `span` stands now; None where it was typed over."""
        if span.end <= self.begin:
            return span
        by = self.new_end - self.old_end
        return Span(span.path, span.start + by, span.end + by) if span.start >= self.old_end else None
