"""A source and a place in it in; its tree with a name of ours at that place, so that all around it can be asked, out.

What is half typed is made whole first: by the grammar's tables, with the fewest tokens that it lacks. Only the
declaration at the place is read; the others stay the nodes they were.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from dsl import tree
from dsl.brackets import balance
from dsl.following import begin, bridge, follow, reach
from dsl.grammar import States, taken
from dsl.lexer import COMMENT, DOC, Lexer
from dsl.placeholder_templates import Hole, hole_at
from dsl.recovery import recover
from dsl.source import Source, Span
from dsl.templates import parse_template
from dsl.tokens import Token
from dsl.units import Unit, split

HERE = "here_0x7e"
"""What stands for the name that is being typed; no spec declares one that is called so."""

Inside = Literal["code", "text", "tag", "string"]
_NUMBERS = frozenset(["INT", "NUMBER", "QUANTITY", "PERCENT"])
_MADE = {"NAME": "_", "STRING": '""', "INT": "0", "TEMPLATE": '""""""'}
MAX_SKIPPED = 60


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What is known at a place without looking at any name.

    span     what is typed there, of the source as it is
    inside   statements and holes are `code`; `text` and `tag` (its first word) of a template; a quoted `string`
    follows  the terminals that could stand there
    heads    the keywords of the statements around, from the outermost in; empty between declarations
    before   what stands before it in the same statement
    file     the tree, with a name called HERE at the place (or, in a string, HERE as its text) if one can stand there
    """

    span: Span
    inside: Inside
    follows: frozenset[str] = frozenset()
    heads: tuple[str, ...] = ()
    before: tuple[Token, ...] = ()
    file: tree.File | None = None


def placed(source: Source, offset: int, file: tree.File) -> Placeholder | None:
    """`file` is the tree of `source`. None inside comments and numbers, where nothing could follow."""
    start, end = _region(file, offset, len(source.text))
    tokens = Lexer(source, start, end).tokens
    token = next((one for one in tokens if one.start < offset <= one.end or one.start == offset), None)
    token = next((one for one in tokens if one.word and one.start <= offset <= one.end), token)
    if token is not None and token.type == "TEMPLATE" and token.start + 3 <= offset <= _inner_end(token):
        return _in_template(source, offset, token, file)
    if any(
        one.type in (COMMENT, DOC) and one.start < offset and "\n" not in source.text[one.start : offset]
        for one in tokens
    ):
        return None
    typed = _typed(source, offset, token)
    if typed is None:
        return None
    inside: Inside = "string" if token is not None and token.type == "STRING" and token.start < offset else "code"
    closing = '"' if inside == "string" and not _is_closed(token) else ""
    gap = " " if source.text[typed.end : typed.end + 1].isalnum() else ""
    text = source.text[: typed.start] + HERE + closing + gap + source.text[typed.end :]
    replaced = Span(source.path, typed.start, offset) if closing else typed
    return _read(
        Source(source.path, text), (start, end + len(text) - len(source.text)), Placeholder(replaced, inside), file
    )


def _region(file: tree.File, offset: int, length: int) -> tuple[int, int]:
    """From the beginning of the declaration at or before the place to that of the next one."""
    starts = [one.span.start for one in file.declarations]
    return max((at for at in starts if at <= offset), default=0), min(
        (at for at in starts if at > offset), default=length
    )


def _typed(source: Source, offset: int, token: Token | None) -> Span | None:
    """The name or the text that is being typed; an empty span between tokens."""
    if token is None or (token.start == offset and not token.word):
        return Span(source.path, offset, offset)
    if token.word:
        return token.span
    if token.type == "STRING" and (offset < token.end or not _is_closed(token)):
        return Span(source.path, token.start + 1, token.end - _is_closed(token))
    if token.type in _NUMBERS or (token.type == "TEMPLATE" and offset < token.end):
        return None
    return Span(source.path, offset, offset)


def _is_closed(token: Token | None) -> bool:
    return token is not None and len(token.text) > 1 and token.text.endswith('"')


def _inner_end(token: Token) -> int:
    return token.end - 3 if not token.fault and token.text.endswith('"""') else token.end


def _in_template(source: Source, offset: int, token: Token, file: tree.File) -> Placeholder | None:
    hole = hole_at(source, offset, token, HERE)
    if hole is None or hole.source is None:
        return None if hole is None else Placeholder(hole.span, hole.inside, hole.follows, hole.heads)
    grown = len(hole.source.text) - len(source.text)
    start, end = _region(file, offset, len(source.text))
    here = Placeholder(hole.span, hole.inside, hole.follows, before=hole.before)
    return _read(hole.source, (start, end + grown), here, file, hole)


def _read(
    source: Source, region: tuple[int, int], here: Placeholder, file: tree.File, hole: Hole | None = None
) -> Placeholder:
    """The declarations of the region read again, with the statement at the place made whole."""
    lexer = Lexer(source, *region)
    units = split(balance(lexer.tokens).tokens)
    for token in (token for unit in units for token in unit.tokens()):
        if token.type == "TEMPLATE":
            token.template, _ = parse_template(source, token)
    around = _chain(units, here.span.start)
    if not around:
        return replace(here, follows=follow(begin("item")))
    heads = tuple(unit.head.text for unit in around)
    here = replace(here, heads=heads) if hole is not None else replace(_mended(around[-1], here), heads=heads)
    made = recover(units)
    whole = _joined(file, made.declarations, region[0], region[1] - (len(source.text) - _length(file)))
    return replace(here, file=replace(whole, broken=(*file.broken, *made.broken), lost=file.lost | made.lost))


def _length(file: tree.File) -> int:
    return file.span.end


def _chain(units: list[Unit], at: int) -> list[Unit]:
    """The units around the token that stands at a place, from the outermost in."""
    for unit in units:
        if any(token.start <= at < token.end and token.end > token.start for token in (*unit.header, *unit.tail)):
            return [unit]
        inner = _chain(unit.children, at)
        if inner:
            return [unit, *inner]
    return []


def _mended(unit: Unit, here: Placeholder) -> Placeholder:
    """Puts into the unit what it lacks behind the place, or takes out what does not fit there."""
    place = next((at for at, token in enumerate(unit.header) if token.start <= here.span.start < token.end), None)
    if place is None:
        return here
    tokens = unit.inside(with_children=False)
    first = tokens.index(unit.header[0])
    before, count = reach(begin("item"), tokens[: first + place])
    if count < first + place:
        return here
    here = replace(here, follows=follow(before), before=tuple(unit.header[:place]))
    name = unit.header[place]
    after = taken(before, "NAME" if name.word else name.type)
    if after is None:
        return here
    name.word = False
    for skipped in range(min(len(unit.header) - place, MAX_SKIPPED)):
        header = _fitted(unit, tokens, first, place, skipped, after)
        if header is not None:
            unit.header = header
            break
    return here


def _fitted(unit: Unit, tokens: list[Token], first: int, place: int, skipped: int, after: States) -> list[Token] | None:
    """The header with what lacks behind the place put in, after `skipped` tokens there were taken out."""
    keeps_body = unit.header[-1].body
    rest = unit.header[place + 1 + skipped :]
    if keeps_body and not rest:
        return None
    path = bridge(after, [*rest, *tokens[first + len(unit.header) :]])
    if path is None:
        return None
    made = [unit.header[place].synthetic(name, _MADE.get(name, "")) for name in path]
    return [*unit.header[: place + 1], *made, *rest]


def _joined(file: tree.File, made: list[tree.Declaration], start: int, end: int) -> tree.File:
    before = [one for one in file.declarations if one.span.start < start]
    behind = [one for one in file.declarations if one.span.start >= end]
    return replace(file, declarations=(*before, *made, *behind))
