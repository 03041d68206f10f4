"""A file's text after a keystroke in; what `parse` makes of it out, with only the declarations read that changed.

A file falls apart into regions of whole lines, one declaration each with the lines above it, or several where a broken
one leaves the ones behind it in doubt. After an edit the regions it touches are read as if they were the whole; those
before stay, those behind move. That is what `parse` would make of it as long as quotes and brackets add up inside what
was touched, or indentation says where they should; else the whole file is read, for a mend may need to see all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dsl import tree
from dsl.brackets import balance, is_steady
from dsl.diagnostics import Diagnostic
from dsl.lexer import COMMENT, DOC, NEWLINE, Lexer
from dsl.parser import Parsed, parse, whole_file
from dsl.recovery import MAX_MISTAKES, recover
from dsl.runs import told
from dsl.shifting import shifted, shifted_diagnostic, shifted_span
from dsl.source import Source, Span
from dsl.templates import parse_template
from dsl.tokens import Token
from dsl.units import Unit, split
from dsl.words import DECLARATIONS

_HALF_OPEN = re.compile(r'^[ \t]*(?:prompt|judge|gen)[ \t][^\n]*(?<!")""?[ \t\r]*$', re.MULTILINE)
"""One quote or two that may be the beginning of three: whether they are depends on what stands far below."""

_ON_A_LINE = frozenset({"E0102", "E0105", "E0106"})
"""Mistakes that end with their line."""


@dataclass(frozen=True, slots=True)
class Region:
    """The lines from `start` to `end`.

    leads   nothing before them can change how they are read, for they begin with a declaration
    closed  nothing behind them can
    bare    they hold no statement, only what the next may be told by
    crooked brackets in them do not add up, so that in all of the file indentation has a say
    mended  they were read so, for their own brackets or for others'
    steady  it changes nothing in them
    """

    start: int
    end: int
    declarations: tuple[tree.Declaration, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    broken: tuple[Span, ...] = ()
    lost: frozenset[str] = frozenset()
    leads: bool = True
    closed: bool = True
    bare: bool = False
    crooked: bool = False
    mended: bool = False
    steady: bool = True

    def moved(self, by: int) -> Region:
        return replace(
            self,
            start=self.start + by,
            end=self.end + by,
            declarations=tuple(shifted(declaration, by) for declaration in self.declarations),
            diagnostics=tuple(shifted_diagnostic(found, by) for found in self.diagnostics),
            broken=tuple(shifted_span(span, by) for span in self.broken),
        )


class Rereader:
    """One file that is edited: remembers how it was read when its quotes and brackets last added up."""

    def __init__(self) -> None:
        self._text = ""
        self._path = ""
        self._regions: tuple[Region, ...] = ()

    def parse(self, source: Source) -> Parsed:
        """As `dsl.parser.parse`, and the same result."""
        if source.path != self._path:
            self._path, self._text, self._regions = source.path, "", ()
        regions = self._reread(source) if self._regions else _regions(source, 0, len(source.text))
        if regions is None or sum(len(region.diagnostics) for region in regions) >= MAX_MISTAKES:
            return parse(source)
        self._text, self._regions = source.text, regions
        return _joined(source, regions)

    def _reread(self, source: Source) -> tuple[Region, ...] | None:
        begin, end = changed(self._text, source.text)
        if begin == end == len(source.text) == len(self._text):
            return self._regions
        by = len(source.text) - len(self._text)
        found = self._between(source, *self._touched(begin, end), by)
        if found is None:
            return None
        first, middle, last = found
        behind = (region.moved(by) if by else region for region in self._regions[last + 1 :])
        regions = (*self._regions[:first], *middle, *behind)
        crooked = any(region.crooked for region in regions)
        return regions if all(region.steady or region.mended == crooked for region in regions) else None

    def _between(self, source: Source, first: int, last: int, by: int) -> tuple[int, tuple[Region, ...], int] | None:
        """The touched regions read again, with as many around them as they need to be read by themselves."""
        mend = False
        while True:
            middle = _regions(source, self._regions[first].start, self._regions[last].end + by, mend)
            if middle is None and (mend or last + 1 == len(self._regions)):
                return None
            if middle is None:
                mend, last = True, last + 1
            elif first > 0 and not middle[0].leads:
                first -= 1
            elif last + 1 < len(self._regions) and (
                middle[-1].bare or (mend and not middle[-1].closed) or not self._regions[last + 1].leads
            ):
                last += 1
            else:
                return first, middle, last

    def _touched(self, begin: int, end: int) -> tuple[int, int]:
        """The first and the last region to read again, for a change from `begin` to `end` of the text as it was."""
        regions = self._regions
        first = next((at for at, region in enumerate(regions) if region.end >= begin), len(regions) - 1)
        last = next((at for at in reversed(range(len(regions))) if regions[at].start <= end), first)
        while first > 0 and not regions[first - 1].closed:
            first -= 1
        return first, max(first, last)


def changed(old: str, new: str) -> tuple[int, int]:
    """Where the old text begins and ends to differ from the new."""
    shorter = min(len(old), len(new))
    begin = _same(old, new, shorter)
    end = _same(old[::-1], new[::-1], shorter - begin)
    return begin, len(old) - end


def _same(one: str, other: str, limit: int) -> int:
    """How many characters two texts begin alike with, at most `limit`."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _regions(source: Source, start: int, end: int, mend: bool = False) -> tuple[Region, ...] | None:
    """The regions of whole lines; None where their quotes or brackets do not add up by themselves.

    With `mend` one line's mistakes and brackets that indentation tells how to close are no hindrance.
    """
    if _HALF_OPEN.search(source.text, start, end):
        return None
    lexer = Lexer(source, start, end)
    balanced = balance(lexer.tokens)
    mistakes = lexer.diagnostics + balanced.diagnostics
    if mistakes and not (mend and {found.code for found in lexer.diagnostics} <= _ON_A_LINE):
        return None
    if balanced.diagnostics and not balanced.by_indent:
        return None
    read = list(_read(source, start, end, split(balanced.tokens)))
    if balanced.by_indent:
        regions = _mended(source, read, lexer.tokens)
    else:
        steady = is_steady(lexer.tokens)
        regions = [replace(region, steady=steady) for region in read]
    return tuple(_with(region, mistakes) for region in regions)


def _mended(source: Source, regions: Sequence[Region], tokens: Sequence[Token]) -> list[Region]:
    """Those read with an eye on indentation: whether they needed that themselves, and what they would be without.

    What no declaration leads belongs to the one above it: the brace that closes that may be all that stands there.
    """
    leading = [_leads(region, tokens) for region in regions]
    starts = [region.start for region, leads in zip(regions, leading, strict=True) if leads] or [regions[0].start]
    ends = [*starts[1:], regions[-1].end]
    made: list[Region] = []
    for region, leads in zip(regions, leading, strict=True):
        start, end = next((pair for pair in zip(starts, ends, strict=True) if region.start < pair[1]), (0, 0))
        begin = min(start, region.start)
        crooked = balance(Lexer(source, begin, end).tokens).by_indent
        steady = not crooked and is_steady(Lexer(source, begin, end).tokens)
        made.append(replace(region, leads=region.leads and leads, mended=True, crooked=crooked, steady=steady))
    return made


def _leads(region: Region, tokens: Sequence[Token]) -> bool:
    """Whether nothing stands before the declaration, not even a bracket that belongs to no statement."""
    inside = (one for one in tokens if region.start <= one.start < region.end)
    first = next((one for one in inside if one.type not in (COMMENT, DOC, NEWLINE)), None)
    return first is not None and first.word and first.text in DECLARATIONS


def _with(region: Region, mistakes: Sequence[Diagnostic]) -> Region:
    """The region with those of the mistakes that lie in it."""
    own = tuple(found for found in mistakes if found.span and region.start <= found.span.start < region.end)
    return replace(region, diagnostics=own + region.diagnostics, closed=False) if own else region


def _read(source: Source, start: int, end: int, units: Sequence[Unit]) -> Iterator[Region]:
    groups = list(_grouped(units))
    for number, group in enumerate(groups):
        is_last = number == len(groups) - 1
        line_end = source.text.find("\n", group[-1].span.end, end)
        after = end if line_end < 0 or (is_last and not source.text[line_end:end].strip()) else line_end + 1
        yield _region(source, start, after, group)
        start = after
    if start < end or not groups:
        yield Region(start, end, bare=True)


def _grouped(units: Sequence[Unit]) -> Iterator[list[Unit]]:
    """A declaration, and what follows it up to the next."""
    group: list[Unit] = []
    for unit in units:
        if group and _declares(unit):
            yield group
            group = []
        group.append(unit)
    if group:
        yield group


def _declares(unit: Unit) -> bool:
    return unit.head.word and unit.head.text in DECLARATIONS


def _region(source: Source, start: int, end: int, units: Sequence[Unit]) -> Region:
    diagnostics: list[Diagnostic] = []
    for token in (token for unit in units for token in unit.tokens()):
        if token.type == "TEMPLATE":
            token.template, found = parse_template(source, token)
            diagnostics += found
    last_line = source.text.rfind("\n", start, units[-1].span.end) + 1 or start
    recovered = recover(units)
    diagnostics += recovered.diagnostics
    return Region(
        start,
        end,
        tuple(recovered.declarations),
        tuple(diagnostics),
        tuple(recovered.broken),
        frozenset(recovered.lost),
        leads=_declares(units[0]),
        closed=not diagnostics and source.text[last_line] not in " \t",
    )


def _joined(source: Source, regions: Sequence[Region]) -> Parsed:
    declarations = [declaration for region in regions for declaration in region.declarations]
    broken = sorted(span for region in regions for span in region.broken)
    lost = frozenset().union(*(region.lost for region in regions))
    diagnostics = sorted((found for region in regions for found in region.diagnostics), key=lambda one: one.sort_key)
    return Parsed(whole_file(source, declarations, tuple(broken), lost), told(diagnostics, source))
