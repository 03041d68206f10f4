"""The text of a TOML file in; where each of its keys stands, out. (`tomllib` gives values and no places.)"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from dsl.source import Source, Span

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_KEY = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_HEADER = re.compile(rf"[ \t]*\[\[?[ \t]*(?P<key>{_KEY})[ \t]*\]")
_ENTRY = re.compile(rf"[ \t]*(?P<key>{_KEY})[ \t]*=")


class Places:
    """Finds keys line by line, so that it also works on a file whose values are wrong."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def span(self, keys: Sequence[str]) -> Span | None:
        """The key itself, one in an inline table, or the nearest parent that is written; None for an unwritten path."""
        for length in range(len(keys), 0, -1):
            found = self._written.get(tuple(keys[:length]))
            if found is not None:
                return self._inline(found, keys[length:]) or found
        return None

    @cached_property
    def _written(self) -> Mapping[tuple[str, ...], Span]:
        found: dict[tuple[str, ...], Span] = {}
        table: tuple[str, ...] = ()
        for number, start in enumerate(self.source.line_starts, start=1):
            line = self.source.line(number)
            if header := _HEADER.match(line):
                table = _parts(header["key"])
                _record(found, table, self._at(start, header))
            elif entry := _ENTRY.match(line):
                _record(found, (*table, *_parts(entry["key"])), self._at(start, entry))
        return found

    def _at(self, start: int, match: re.Match[str]) -> Span:
        return Span(self.source.path, start + match.start("key"), start + match.end("key"))

    def _inline(self, parent: Span, keys: Sequence[str]) -> Span | None:
        if not keys:
            return None
        end = self.source.text.find("\n", parent.end)
        line = self.source.text[parent.end : end if end >= 0 else None]
        match = re.search(rf"[{{,][ \t]*(?P<key>{re.escape(keys[-1])})[ \t]*=", line)
        return self._at(parent.end, match) if match else None


def _record(found: dict[tuple[str, ...], Span], keys: tuple[str, ...], place: Span) -> None:
    """`[a.b]` also is the first place of `a`."""
    for length in range(len(keys), 0, -1):
        found.setdefault(keys[:length], place)


def _parts(key: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_PART, key))
