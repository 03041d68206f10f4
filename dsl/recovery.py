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
from dsl.tokens import Token
from dsl.units import Unit
from dsl.words import BODIED, DECLARATIONS, IN_DATASET, IN_TEST


@dataclass(slots=True)
class Recovered:
    """`broken` holds the places of what was cut out, `lost` the names that would have been declared there."""

    declarations: list[tree.Declaration] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    broken: list[Span] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)


def recover(units: Sequence[Unit]) -> Recovered:
    """Parses each unit; a mistake costs the smallest statement around it, and makes one message."""
    made = Recovered()
    failed = statements = False
    for unit in units:
        word = unit.head.text
        statement = word in IN_DATASET | IN_TEST and unit.head.word
        if word in DECLARATIONS and unit.head.word:
            node = _parse(made, unit)
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
    """Reports a line that cannot stand at the top; a misspelt declaration with a body is read for further mistakes."""
    if not unit.fault:
        made.diagnostics.append(misplaced(unit.head) if statement else unknown_head(unit.head))
    _lose(made, unit)
    meant = nearest(unit.head.text, BODIED - {"loop"}, cutoff=0.75)
    if unit.children and meant:
        unit.head.text = meant
        unit.repair()
        _parse(made, unit)


def _parse(made: Recovered, unit: Unit) -> Any | None:
    """The declaration that `unit` holds, without its broken statements; None if its own head is broken."""
    while True:
        flat = list(unit.flat())
        outcome = derive("item", [token for token, _ in flat])
        if not isinstance(outcome, Misfit):
            deep = too_deep(outcome) if _may_be_deep(unit) else None
            if deep is None:
                return None if unit.broken else outcome
            culprit = _owner(unit, deep)
            diagnostic = Diagnostic("E0109", "nested too deep", deep, notes=(f"at most {MAX_DEPTH} levels are read",))
        else:
            culprit = _culprit(flat, outcome, unit)
            diagnostic = unexpected([token for token, _ in flat], outcome, _place_word(flat, outcome, culprit))
        if not culprit.fault:
            made.diagnostics.append(diagnostic)
        if not _cut(made, culprit, outcome if isinstance(outcome, Misfit) else None):
            return None


def _may_be_deep(unit: Unit) -> bool:
    """Each level takes a token, so that only a long statement needs a look."""
    return len(unit.header) + len(unit.tail) > MAX_DEPTH // 2 or any(map(_may_be_deep, unit.children))


def _culprit(flat: list[tuple[Token, Unit]], misfit: Misfit, unit: Unit) -> Unit:
    """The statement that answers for the misfit: an end that comes too early is its last line's."""
    if misfit.index >= len(flat):
        return flat[-1][1] if flat else unit
    token, owner = flat[misfit.index]
    if token.type == "_NL" and misfit.index:
        return flat[misfit.index - 1][1]
    if owner.tail and token is owner.tail[0] and owner.children:
        return owner.children[-1]
    return owner


def _place_word(flat: list[tuple[Token, Unit]], misfit: Misfit, culprit: Unit) -> str:
    """The keyword of the statement, or of what it stands in if it is no statement there."""
    begins = misfit.index < len(flat) and flat[misfit.index][0] is culprit.head
    around = culprit.parent if begins and culprit.parent is not None else culprit
    return around.head.text


def _cut(made: Recovered, culprit: Unit, misfit: Misfit | None) -> bool:
    """Takes the statement out, or its head if it has a body worth reading; False when nothing is left to parse."""
    repairable = bool(culprit.children) and not culprit.broken and culprit.head.text in BODIED and misfit is not None
    if culprit.parent is None:
        if not culprit.broken:
            _lose(made, culprit)
        if repairable:
            culprit.repair()
        return repairable
    if repairable:
        _lose(made, culprit)
        culprit.repair()
        return True
    if not culprit.broken:
        _lose(made, culprit)
    culprit.parent.children.remove(culprit)
    return True


def _lose(made: Recovered, unit: Unit) -> None:
    made.broken.append(unit.span)
    made.lost.update(_names(unit))


def _names(unit: Unit) -> Iterator[str]:
    """What a broken statement probably declared: the name behind its keyword, the names it imports or carries."""
    words = [token.text for token in unit.header if token.word]
    yield from words[1:] if unit.head.text in ("from", "loop") else words[:2]


def _owner(unit: Unit, span: Span) -> Unit:
    """The innermost unit around `span`."""
    for child in unit.children:
        if child.span.start <= span.start < child.span.end:
            return _owner(child, span)
    return unit
