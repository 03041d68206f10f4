"""Names, loops and lists of a row that lacks answers in; their values as far as they are known, out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from compiler.types import ANY, CheckedText, Choice, Extended, Generated, List, Optional, Record, Scalar, Type
from runtime.build.foretell.noting import Noting
from runtime.build.foretell.pending import Pending, is_pending, lacks, pendings
from runtime.program.lists import Place, expression_of, in_order
from runtime.program.outcome import ENDS as HELD
from runtime.program.outcome import Unanswered


class Lists(Noting):
    """What is bound to a name, what comes round, and what is made for each element of a list."""

    def draw(self, name: str, distribution: Any) -> Any:
        return Pending(self._token("draw", name)) if is_pending(distribution) else super().draw(name, distribution)

    def let(self, name: str, value: Any) -> Any:
        if is_pending(value):
            kind = self.looker.lets.get(name, ANY)
            bound = 1 if _is_single(kind) else value._bound
            return Pending(value._token, value._free and _is_text(kind), bound, value._nullable, value._schema)
        return value if lacks(value) else super().let(name, value)

    def next(self, name: str, value: Any) -> Any:
        return value if lacks(value) else super().next(name, value)

    def _named(self, name: str | None, made: Any) -> Any:
        return made if lacks(made) else super()._named(name, made)

    # --- loops ---------------------------------------------------------------------------------------------------

    def loop(self, name: str, over: Any) -> Iterator[int]:
        unknown, skips = is_pending(over), self.skips
        self.skips += unknown
        self.ended_early = unknown
        rounds = range(1, (self.looker.rounds.get(name) or 1) + 1) if unknown else over
        try:
            with self._doubting(False, longer=unknown and self.looker.rounds.get(name) is None):
                yield from super().loop(name, rounds)
        finally:
            self.ended_early = self.skips > skips
            self.skips = skips

    def until(self, step: str, condition: object) -> bool:
        if not is_pending(condition):
            return super().until(step, condition)
        self.skips += 1
        return False

    # --- lists ---------------------------------------------------------------------------------------------------

    def each(self, values: Any, body: Callable[[Place, Any], Any], *, at: int = 0, name: str | None = None) -> Any:
        if is_pending(values):
            return self._of_unknown(values, lambda place: body(place, self._element(values)), at)
        made = super().each(values, lambda place, value: self._body(body, place, value, value), at=at, name=name)
        return self._listed(name, made)

    def each_of(self, groups: Any, body: Callable[..., Any], *, at: int = 0, name: str | None = None) -> Any:
        if is_pending(groups):
            return self._of_unknown(groups, lambda place: self._members(groups, body, place), at)
        made = super().each_of(groups, lambda place, *group: self._body(body, place, group, *group), at=at, name=name)
        return self._listed(name, made)

    def _listed(self, name: str | None, made: Any) -> Any:
        """A list of which something is not known is no value yet that others could look at."""
        if name is not None and lacks(made):
            self.values.pop(name, None)
        return made

    def _body(self, body: Callable[..., Any], place: Place, whole: Any, *given: Any) -> Any:
        with self._doubting(any(one._nullable for one in pendings(whole))):
            return body(place, *given)

    def _of_unknown(self, values: Pending, made: Callable[[Place], Any], at: int) -> Pending:
        """The list's length is not known: as many elements as it may have, each in doubt."""
        with self._doubting(True, longer=values._bound is None):
            for place in range(values._bound or 1):
                made(Place(int(at), place))
        return Pending(self._token("for", values, int(at), self.cell), False, values._bound)

    def _members(self, groups: Pending, body: Callable[..., Any], place: Place) -> Any:
        number = body.__code__.co_argcount - 1
        return body(place, *(Pending(f"{part} of {groups!r}") for part in range(number)))

    def _element(self, values: Pending) -> Pending:
        return Pending(f"one of {values!r}")

    def elements(self, values: Any) -> Iterator[tuple[int, Any]]:
        if not is_pending(values):
            yield from super().elements(values)
            return
        with self._doubting(True, longer=values._bound is None):
            for place in range(values._bound or 1):
                yield place, self._element(values)

    def elements_of(self, groups: Any) -> Iterator[tuple[int, Any]]:
        if not is_pending(groups):
            yield from super().elements_of(groups)

    def together(self, parts: Sequence[Callable[[], Any]]) -> list[Any]:
        """One after another, for nobody is waited for; all to their ends."""
        found, faults = list[Any](), list[Exception]()
        with in_order(self):
            for part in parts:
                try:
                    found.append(part())
                except HELD as fault:
                    faults.append(fault)
        if faults:
            raise faults[0]
        return found

    def at_once(self, method: Callable[..., Any], values: Any, *arguments: Any, **named: Any) -> Any:
        """Every element's judges, even behind one that is not known."""
        for part in expression_of(values, (*arguments, *named.values())):
            with suppress(Unanswered):
                part()
        return method(values, *arguments, **named)


def _is_text(kind: Type) -> bool:
    """Whether a value of the type is an answer, and text, or has text in it."""
    while isinstance(kind, Optional | Generated):
        if isinstance(kind, Generated):
            return _is_free(kind.base)
        kind = kind.base
    return False


def _is_single(kind: Type) -> bool:
    """Whether it is no list and has none in it."""
    while isinstance(kind, Optional | Generated | Extended):
        kind = kind.base
    return isinstance(kind, Scalar | Choice | CheckedText) and kind != ANY


def _is_free(kind: Type) -> bool:
    if isinstance(kind, Optional | Generated):
        return _is_free(kind.base)
    if isinstance(kind, Record):
        return any(_is_free(one.type) for one in kind.fields)
    return not isinstance(kind, Choice | List) and not (
        isinstance(kind, Scalar) and kind.name in ("bool", "int", "null")
    )
