"""The units of a file in; its declarations, and one message for each statement that had to be cut out, out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from dsl import tree
from dsl.depth import MAX_DEPTH, too_deep
from dsl.diagnostics import Diagnostic, nearest
from dsl.grammar import Misfit, derive
from dsl.messages import misplaced, unexpected, unknown_head
from dsl.source import Span
from dsl.tokens import Token, cover
from dsl.units import Unit
from dsl.words import BODIED, DECLARATIONS, IN_DATASET, IN_TEST, NAMING, STATEMENTS

UNNAMED = ""
MAX_MISTAKES = 500
"""A file with more is no spec with mistakes but something else; what follows is not read."""


@dataclass(slots=True)
class Recovered:
    """`broken` holds the places of what was cut out or mended, `lost` the names that would have been declared there:
    UNNAMED where that cannot be told.
    """

    declarations: list[tree.Declaration] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    broken: list[Span] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)


def recover(units: Sequence[Unit]) -> Recovered:
    """Parses each unit; a mistake costs the smallest statement around it, and makes one message."""
    made = Recovered()
    failed = statements = False
    for unit in units:
        word = unit.head.text if unit.head.word else ""
        statement = word in IN_DATASET | IN_TEST
        if word in DECLARATIONS:
            node = _declaration(made, unit)
            made.declarations += [node] if node is not None else []
            failed = node is None
        elif (failed and unit.head.indent > 0) or (statement and statements):
            _lose(made, unit)
        else:
            _no_declaration(made, unit, statement)
            failed = True
        statements = statement
    return made


def _no_declaration(made: Recovered, unit: Unit, statement: bool) -> None:
    """Reports a line that cannot stand at the top. What has a body and a misspelt head is read for further mistakes."""
    if not unit.fault:
        made.diagnostics.append(misplaced(unit.head) if statement else unknown_head(unit.head))
    _lose(made, unit)
    meant = nearest(unit.head.text, BODIED - {"loop"}, cutoff=0.75)
    if unit.children and meant:
        unit.head.text = meant
        _mend_children(made, unit)


def _declaration(made: Recovered, unit: Unit) -> Any | None:
    """The declaration that `unit` holds, without its broken statements; None if its own head is broken."""
    outcome = derive("item", unit.tokens())
    if not isinstance(outcome, Misfit) and not (_may_be_deep(unit) and too_deep(outcome)):
        made.broken += _mended(unit)
        return outcome
    alone = _mistake(unit.tokens(with_children=False), unit, unit)
    _mend_children(made, unit, headless=alone is not None)
    if alone is not None:
        _report(made, unit, alone)
        return None
    outcome = derive("item", unit.tokens())
    if isinstance(outcome, Misfit):
        _report(made, unit, unexpected(unit.tokens(), outcome, unit.head.text))
        return None
    made.broken += _mended(unit)
    return outcome


def _mended(unit: Unit) -> Iterator[Span]:
    """What could be read only because something was put in or left out: what it says is not what was meant."""
    for part in (unit.header, unit.tail):
        if any(token.fault for token in part):
            yield cover(part)
    for child in unit.children:
        yield from _mended(child)


def _mend_children(made: Recovered, unit: Unit, headless: bool = False) -> None:
    """Takes out the statements that do not parse, each read for itself inside a head that does.

    What stands behind the `{` of a broken head, on its line, is part of that mistake.
    """
    headless = headless or unit.fault
    for child in list(unit.children):
        if len(made.diagnostics) >= MAX_MISTAKES:
            unit.children.clear()
            return
        if _mistake(child.inside(), child, unit) is None:
            continue
        if headless and not child.head.first:
            _lose(made, child)
            unit.children.remove(child)
            continue
        alone = _mistake(child.inside(with_children=False), child, unit)
        if alone is None or (alone.code not in ("E0110", "E0111") and child.head.text in STATEMENTS):
            _mend_children(made, child, headless=alone is not None)
        if alone is not None:
            _report(made, child, alone)
            unit.children.remove(child)


def _mistake(tokens: list[Token], unit: Unit, around: Unit) -> Diagnostic | None:
    """What is wrong with the statement that `tokens` are all about, if anything is."""
    outcome = derive("item", tokens)
    if isinstance(outcome, Misfit) and unit.fault:
        return Diagnostic("E0101", "already reported", unit.span)
    if isinstance(outcome, Misfit):
        begins = outcome.index < len(tokens) and tokens[outcome.index] is unit.head
        return unexpected(tokens, outcome, (around if begins else unit).head.text)
    deep = too_deep(outcome) if _may_be_deep(unit) else None
    if deep is None:
        return None
    return Diagnostic("E0109", "nested too deep", deep, notes=(f"at most {MAX_DEPTH} levels are read",))


def _may_be_deep(unit: Unit) -> bool:
    """Each level takes a token, so that only a long statement needs a look."""
    return len(unit.header) + len(unit.tail) > MAX_DEPTH // 2 or any(map(_may_be_deep, unit.children))


def _report(made: Recovered, unit: Unit, diagnostic: Diagnostic) -> None:
    if not unit.fault:
        made.diagnostics.append(diagnostic)
    _lose(made, unit)


def _lose(made: Recovered, unit: Unit) -> None:
    made.broken.append(unit.span)
    made.lost.update(_names(unit))


def _names(unit: Unit) -> Iterator[str]:
    """What a broken statement probably declared: the name behind its keyword, the names it imports or carries, and
    what stands in its body.
    """
    for child in unit.children:
        yield from _names(child)
    words = [token.text for token in unit.header if token.word]
    if unit.head.text in STATEMENTS:
        yield from words[1:] if unit.head.text in ("from", "loop") else words[1:2]
        is_named = len(unit.header) > 1 and unit.header[1].word
        if unit.head.text == "from" or (unit.head.text in NAMING and not is_named):
            yield UNNAMED
    else:
        yield from words[:2]
