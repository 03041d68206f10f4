"""Diagnostics and their sources in; what a person reads on a terminal out.

error[E0312]: `reader` has no field `rol`
  --> specs/finance.synth:26:58
   |
26 |   You write questions as {{ reader.rol }}
   |                                    ^^^ did you mean `role`?
   = fields of Persona: id, role, text
   = help: synth explain E0312
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import TextWrapper

from dsl.diagnostics.cells import text_width, visible, window
from dsl.diagnostics.model import Diagnostic, Severity, SourceOf
from dsl.diagnostics.suggest import Guess
from dsl.source import Source, Span

_STYLES = {"error": "1;31", "warning": "1;33", "bold": "1", "frame": "1;34", "related": "1;34"}


@dataclass(frozen=True, slots=True)
class _Mark:
    """One place to underline."""

    span: Span
    text: str
    primary: bool


@dataclass(frozen=True, slots=True)
class _Style:
    """How the message is laid out: width in cells, colour or not, gutter width, and the severity's colour."""

    width: int
    colour: bool
    gutter: int
    severity: str

    def paint(self, style: str, text: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.colour and text else text

    def margin(self, label: str = "", rule: str = "|") -> str:
        return self.paint("frame", f"{label:>{self.gutter}} {rule}")


def render(diagnostics: Iterable[Diagnostic], source_of: SourceOf, *, width: int = 80, colour: bool = False) -> str:
    """All diagnostics in the order given, a blank line between two; the empty string when there are none."""
    return "\n".join(_render(diagnostic, source_of, width, colour) for diagnostic in diagnostics)


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """The closing line: "2 errors, 1 warning", or the empty string when there are none."""
    counts = [(sum(d.severity is kind for d in diagnostics), kind.value) for kind in Severity]
    return ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count)


def _render(diagnostic: Diagnostic, source_of: SourceOf, width: int, colour: bool) -> str:
    sources = {span.path: found for span in _spans(diagnostic) if (found := source_of(span.path))}
    style = _Style(max(width, 40), colour, _gutter(diagnostic, sources), diagnostic.severity.value)
    lines = [*_title(diagnostic, style), *_places(diagnostic, sources, style)]
    notes = (*diagnostic.notes, *_fixes(diagnostic))
    hints = ([f"help: {diagnostic.help}"] if diagnostic.help else []) + [f"help: synth explain {diagnostic.code}"]
    for note in (*notes, *hints):
        lines += _note(note, style)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _fixes(diagnostic: Diagnostic) -> Iterator[str]:
    """What could be written; a "did you mean" has said it already."""
    if not isinstance(diagnostic.label, Guess):
        for fix in diagnostic.fixes[:1]:
            verb = "check" if fix.safe and not diagnostic.code.startswith("L") else "lint"
            yield f"fix: {fix.title} (`synth {verb} --fix{'' if fix.safe else ' --unsafe-fixes'}`)"


def _spans(diagnostic: Diagnostic) -> Iterator[Span]:
    if diagnostic.span:
        yield diagnostic.span
    for related in diagnostic.related:
        yield related.span


def _gutter(diagnostic: Diagnostic, sources: dict[str, Source]) -> int:
    numbers = [sources[s.path].position(s.start).line for s in _spans(diagnostic) if s.path in sources]
    return max([2, *(len(str(number)) for number in numbers)])


def _title(diagnostic: Diagnostic, style: _Style) -> list[str]:
    head = f"{diagnostic.severity.value}[{diagnostic.code}]"
    first, *rest = _wrap(f"{head}: {diagnostic.message}", style.width, "", "    ")
    painted = style.paint(style.severity, head) + style.paint("bold", first[len(head) :])
    return [painted, *(style.paint("bold", line) for line in rest)]


def _places(diagnostic: Diagnostic, sources: dict[str, Source], style: _Style) -> Iterator[str]:
    if diagnostic.span is None and not diagnostic.related:
        return
    marks: dict[str, list[_Mark]] = defaultdict(list)
    if diagnostic.span:
        marks[diagnostic.span.path].append(_Mark(diagnostic.span, diagnostic.label, True))
    for related in diagnostic.related:
        marks[related.span.path].append(_Mark(related.span, related.message, False))
    for number, (path, in_file) in enumerate(marks.items()):
        yield from _file(path, in_file, sources.get(path), style, "-->" if number == 0 else ":::")


def _file(path: str, marks: list[_Mark], source: Source | None, style: _Style, arrow: str) -> Iterator[str]:
    lead = " " * style.gutter + style.paint("frame", arrow) + " "
    if source is None:
        yield lead + path
        yield from (f"{' ' * style.gutter} = {mark.text}" for mark in marks if mark.text)
        return
    at = source.position(marks[0].span.start)
    yield f"{lead}{path}:{at.line}:{at.column}"
    yield style.margin()
    shown = 0
    for number, on_line in sorted(_by_line(marks, source).items()):
        if shown and number > shown + 1:
            yield style.paint("frame", "...")
        yield from _line(source, number, on_line, style)
        shown = number


def _by_line(marks: list[_Mark], source: Source) -> dict[int, list[_Mark]]:
    lines: dict[int, list[_Mark]] = defaultdict(list)
    for mark in marks:
        lines[source.position(mark.span.start).line].append(mark)
    return lines


def _line(source: Source, number: int, marks: list[_Mark], style: _Style) -> Iterator[str]:
    """One quoted line and, below it, its marks from left to right."""
    text, starts = visible(source.line(number))
    offset = source.line_starts[number - 1]
    places = [(mark, *_cells_of(mark.span, offset, starts)) for mark in marks]
    first = next((place for place in places if place[0].primary), places[0])
    shown, shift = window(text, first[1], first[2], style.width - style.gutter - 3)
    yield f"{style.margin(str(number))} {shown}"
    for mark, start, end in sorted(places, key=lambda place: place[1]):
        yield from _underline(mark, start - shift, end - shift, text_width(shown), style)


def _cells_of(span: Span, offset: int, starts: list[int]) -> tuple[int, int]:
    """The cells a span covers on its first line: at least one, so that a place at the line's end still shows."""
    last = len(starts) - 1
    start, end = min(span.start - offset, last), min(max(span.end, span.start) - offset, last)
    return starts[start], max(starts[end], starts[start] + 1)


def _underline(mark: _Mark, start: int, end: int, shown: int, style: _Style) -> Iterator[str]:
    start, end = max(0, min(start, shown)), max(1, min(end, max(shown, start + 1)))
    kind, sign = (style.severity, "^") if mark.primary else ("related", "-")
    line = sign * max(1, end - start)
    room = style.width - style.gutter - 3
    if start + len(line) + 1 + text_width(mark.text) <= room:
        yield f"{style.margin()} {' ' * start}{style.paint(kind, f'{line} {mark.text}'.rstrip())}"
        return
    yield f"{style.margin()} {' ' * start}{style.paint(kind, line)}"
    indent = " " * min(start, max(0, room - 40))
    for part in _wrap(mark.text, room, indent, indent):
        yield f"{style.margin()} {style.paint(kind, part)}"


def _note(note: str, style: _Style) -> Iterator[str]:
    lead = " " * (style.gutter + 1)
    for number, paragraph in enumerate(note.split("\n")):
        first = style.paint("frame", "=") + " " if number == 0 else "  "
        for part in _wrap(paragraph, style.width - style.gutter - 3, "", "  "):
            yield lead + first + part
            first = "  "


def _wrap(text: str, width: int, first: str, rest: str) -> list[str]:
    """Words on lines of at most `width`; nothing longer than a line is broken, so that paths can be copied."""
    wrapper = TextWrapper(
        width=width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
    return wrapper.wrap(" ".join(visible(text)[0].split())) or [""]
