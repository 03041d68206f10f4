"""A candidate and the journal in; what its program asks, as far as it is known without asking anybody, out.

A `Row` that goes on where an answer is missing: with `Pending` in the place of what is not known, and with a note of
all that the row may still ask. Where control hangs on such a value, both ways are allowed for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from compiler import plan
from compiler.types import ANY, CheckedText, Choice, Extended, Generated, List, Optional, Record, Scalar, Type
from runtime.build.foretell.asks import Ask, Asks
from runtime.build.foretell.guarded import Guarded, Mention
from runtime.build.foretell.pending import Pending, is_pending, lacks, of_schema, pendings, size
from runtime.engines.asking import Backend, Call
from runtime.engines.protocol import Answer, Request
from runtime.journal import Journal
from runtime.program import generating
from runtime.program.generating import Asking
from runtime.program.lists import Place, expression_of, in_order
from runtime.program.outcome import ENDS as HELD
from runtime.program.outcome import Again, Dropped, Full, Kept, Outcome, TooLong, Unanswered, Unknown
from runtime.program.row import Row
from runtime.program.shape import Problem
from runtime.program.stage import Stage
from runtime.tables.keys import Key

ENDS = (Dropped, Again, Full, TooLong)


@dataclass(frozen=True)
class _Function:
    func: Callable[[Any, Any], None]


@dataclass
class Looker:
    """What all rows of a plan share: the program, who asks what, and the row that is looked at."""

    dataset: plan.DatasetPlan
    program: Guarded
    journal: Journal
    anew: frozenset[str] = frozenset()
    """Gens that were never asked here: none of their calls is in the journal."""
    embedded: frozenset[str] = frozenset()
    """Statements whose texts an engine embeds, by their text."""
    fullness: Callable[[tuple[object]], str] = lambda group: "open"
    """Of a target's group, by the rows so far: `full`, `maybe` or `open`."""
    prepare: Callable[[str, object], object] = lambda step, value: value
    """What a `dedup` by exact compares of a value."""
    row: LookingRow | None = None

    def __post_init__(self) -> None:
        steps = list(self.dataset.all_steps())
        self.lets = {step.name: step.type for step in steps if isinstance(step, plan.Let)}
        self.rounds = {step.name: step.rounds for step in steps if isinstance(step, plan.Loop)}
        self.exact = {step.id for step in steps if isinstance(step, plan.Dedup) and step.method == "exact"}
        self.titles = {step.id: step.title for step in steps}
        self.judges = frozenset(judge.name for judge in self.dataset.judges)
        self.body = _Function(self.program.body)
        self.unembedded: Counter[str] = Counter()
        """Texts that are known and have no vector yet, by statement."""
        self.passed: defaultdict[str, set[object]] = defaultdict(set)
        self.perhaps: defaultdict[str, set[object]] = defaultdict(set)
        """Values that passed a `dedup` by exact, by statement: surely, or only perhaps."""
        self.doubtful: set[str] = set()
        """Statements that compare rows, once one came that they may or may not pass."""


class LookingBackend(Backend):
    """Answers from the journal alone, and tells the row what it was asked."""

    looker: Looker

    def _complete(self, call: Call, request: Request) -> Answer:
        value = self.looker.journal.get(request.digest)
        assert self.looker.row is not None
        self.looker.row.asked(request.digest, value is not None)
        if value is None:
            raise Unanswered("")
        call.answer = answer = Answer.from_json(value)
        call.text = answer.text
        return answer


class LookingRow(Row):
    """`sure` is whether a build comes to this candidate at all."""

    def __init__(
        self, stage: Stage, key: Key, index: int, axes: Mapping[str, object], looker: Looker, sure: bool
    ) -> None:
        super().__init__(stage, key, index, axes)
        self.looker, self.asks = looker, Asks()
        self.unsure = not sure
        self.drops = False
        """Whether it may be dropped by something that hangs on what is not known."""
        self.skips = 0
        self.doubts = 0
        self.opened = 0
        self.again = False
        self.cell = ""
        self.noted = self.missed = 0
        self.last = b""
        self.judged: Counter[str] = Counter()
        self.ended_early = False
        self._requires: list[tuple[str, int, int, Sequence[str], Mapping[tuple[str, int], int]]] = []
        self.instead: Callable[[str, object], object] = lambda step, value: value
        self.alone = False
        """Whether it is run by itself, as if there were no other rows."""
        self._compared_at: set[str] = set()
        self._allowed: set[tuple[str, int]] = set()

    # --- what is noted -------------------------------------------------------------------------------------------

    @property
    def sure(self) -> bool:
        return not (self.unsure or self.skips or self.doubts)

    def asked(self, digest: bytes, known: bool) -> None:
        """By the backend: a call all of which is known."""
        self.noted += 1
        self.missed += not known
        self.last = digest
        self.asks.add((self.cell, digest), Ask(self.cell, self.round, 1, digest, known, self.sure, True))
        self._open()

    def _follows(
        self, place: object, calls: int, given: object, known: bool = False, same: bytes | None = None
    ) -> None:
        """A call that hangs on what is not known yet, or one that is `known` never to have been made.

        `same` is set where another row that is given the same asks the same.
        """
        fresh = known or self.cell in self.looker.anew or any(one._free for one in pendings(given))
        self.noted += 1
        ask = Ask(self.cell, self.round, calls, same, False, self.sure, fresh)
        self.asks.add((self.cell, "follows", place), ask)
        self._open()

    def _open(self) -> None:
        if self.opened:
            self.asks.open.add(self.cell)

    @contextmanager
    def _doubting(self, doubt: bool, longer: bool = False) -> Iterator[None]:
        self.doubts += doubt
        self.opened += longer
        try:
            yield
        finally:
            self.doubts -= doubt
            self.opened -= longer

    def _may_drop(self) -> None:
        self.unsure = self.drops = True

    # --- expressions ---------------------------------------------------------------------------------------------

    def maybe(self, value: Callable[[], Any], site: int, free: Sequence[Any]) -> Any:
        """The expression's value, or that it is not known: then its judges may be asked what they were not."""
        before = Counter(self.judged) if self.looker.program.sites[site].mentions else self.judged
        try:
            return value()
        except Unanswered:
            pass
        except ENDS:
            raise
        except Exception:
            if not lacks(free):
                raise
        found = self.looker.program.sites[site]
        for mention in found.mentions:
            self._may_ask(mention, size(free), found.literals, before)
        return self._unknown(found.text, free)

    def _unknown(self, text: str, free: Sequence[Any]) -> Pending:
        """Text that was picked from new texts alone is new."""
        unknown = list(pendings(free))
        known = any(_has_answers(value) for value in free)
        token = _digest(text, free).hex()
        return Pending(token, bool(unknown) and not known and all(one._free for one in unknown), size(free))

    def _may_ask(self, mention: Mention, bound: int | None, literals: int, before: Mapping[str, int]) -> None:
        asked = self.judged[mention.judge] - before.get(mention.judge, 0)
        left = mention.most((bound or 1) + literals) - asked
        self.cell = mention.judge
        if left > 0:
            with self._doubting(True, longer=bound is None and (mention.pairs or mention.depth > 0)):
                self._follows(("mentioned", mention, len(self.asks.found)), left, ())

    def retaken(self, value: Callable[[], Any]) -> Any:
        """A name after a `require` whose retry may have made it anew."""
        return self._lost(value, "retaken") if self.again else self._bound(value)

    def ended(self, value: Callable[[], Any]) -> Any:
        """A name after a loop that may have ended in another round."""
        return self._lost(value, "ended") if self.ended_early else self._bound(value)

    def _bound(self, value: Callable[[], Any]) -> Any:
        try:
            return value()
        except NameError:
            return None

    def _lost(self, value: Callable[[], Any], how: str) -> Any:
        found = self._bound(value)
        return found if is_pending(found) else Pending(self._token(how, found), False, size(found))

    def _token(self, *what: object) -> str:
        """Of something that is this row's own."""
        return _digest(self.key, self.round, *what).hex()

    # --- values --------------------------------------------------------------------------------------------------

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

    # --- calls ---------------------------------------------------------------------------------------------------

    def gen(
        self,
        name: str,
        function: Any,
        shape: Any,
        role: Any,
        arguments: Mapping[str, object],
        *,
        at: int = 0,
        times: Any = None,
        when: object = True,
        attempts: int = 3,
        salt: str | None = None,
        **settings: object,
    ) -> Any:
        asking = Asking(name, function, shape, role, arguments, at, attempts, salt or name, settings)
        holds = self._holds(when)
        made: Any = None
        if holds is not False:
            with self._doubting(holds is None):
                made = self._made(asking, times)
        if holds is None and times is None and is_pending(made):
            made = Pending(made._token, False, made._bound, True, made._schema)
        return made if isinstance(at, Place) else self._named(name, made)

    def _holds(self, when: Any) -> bool | None:
        try:
            return bool(when() if not is_pending(when) and callable(when) else when)
        except Unanswered:
            return None

    def _made(self, asking: Asking, times: Any) -> Any:
        if is_pending(times):
            with self._doubting(True, longer=True):
                self._sample(asking, 0)
            return Pending(self._token(asking.name, int(asking.at)))
        if times is None:
            return self._one(asking)
        samples = [self._sample(asking, sample) for sample in range(times)]
        return [None if not is_pending(one) and isinstance(one, Problem) else one for one in samples]

    def _one(self, asking: Asking) -> Any:
        value = self._sample(asking, 0)
        if is_pending(value):
            if value._nullable and not isinstance(asking.at, Place):
                self._may_drop()
                return Pending(value._token, value._free, value._bound, False, value._schema)
            return value
        if isinstance(value, Problem) and self.skips:
            self._may_drop()
            return Pending(self._token("dropped", asking.name))
        return generating.one(self, asking)

    def _sample(self, asking: Asking, sample: int) -> Any:
        """The answer that the journal holds; or what stands for it, which is remembered as an answer would be."""
        slot = (asking.name, self.round, int(asking.at), sample)
        question = asking.question if not is_pending(asking.shape) else None
        try:
            known = self.memory.recall(slot, question)
        except Unanswered:
            known = None
        if known is not None:
            return known[1]
        value = self._answer(asking, slot)
        self.memory.keep(slot, question, value)
        return value

    def _answer(self, asking: Asking, slot: tuple[str, int, int, int]) -> Any:
        self.cell, before = asking.name, self.missed
        given = (asking.role, asking.arguments, asking.settings, asking.shape)
        try:
            if not any(map(is_pending, given)):
                return generating._ask(self, asking, slot)
        except Unanswered:
            pass
        except Exception:
            if not lacks(given):
                raise
        if self.missed > before:
            return self._pending(asking, self.last.hex())
        seeded = self._is_seeded(asking)
        place = (slot, len(self.asks.found))
        same = None if seeded else _digest(asking.name, given)
        self._follows(place, 1, given, same=same)
        return self._pending(asking, self._token(place) if same is None else same.hex())

    def _is_seeded(self, asking: Asking) -> bool:
        """At temperature 0 the seed is no part of a call's key: rows that are given the same ask the same."""
        if is_pending(asking.role):
            return False
        given = {**self.stage.role(asking.role).defaults, **asking.settings}
        heat = given.get("temperature", 1)
        return not is_pending(heat) and bool(heat)

    def _pending(self, asking: Asking, token: str) -> Pending:
        shape = asking.shape
        if is_pending(shape):
            return Pending(token, False, None, True)
        fails = shape.check is not None or shape.language is not None
        if fails:
            self.asks.fails[asking.name] += asking.attempts - 1
        if shape.kind == "json":
            found = of_schema(token, shape.source or {}, fails)
            return Pending(token, found._free, found._bound, fails, found._schema)
        return Pending(token, shape.kind == "text", 1, fails)

    def tool(
        self, name: str, tool: str, arguments: Sequence[Any], *, at: int = 0, when: object = True, **limits: Any
    ) -> Any:
        holds = self._holds(when)
        if holds is None or is_pending(arguments) or lacks((arguments, limits)):
            made: Any = Pending(_digest("run", name, arguments, limits).hex(), nullable=holds is None)
        else:
            try:
                return super().tool(name, tool, arguments, at=at, when=holds, **limits)
            except Unanswered:
                made = Pending(_digest("run", name, arguments, limits).hex())
                self.asks.stopped = self.asks.stopped or name
        return made

    # --- judges --------------------------------------------------------------------------------------------------

    def judge(self, name: str, function: Any, role: str, arguments: Mapping[str, object], **how: Any) -> Any:
        return self._judged(name, lambda: Row.judge(self, name, function, role, arguments, **how), arguments, 1)

    def points(self, name: str, function: Any, role: str, arguments: Mapping[str, object], *, points: Any) -> Any:
        calls = len(points)
        return self._judged(
            name, lambda: Row.points(self, name, function, role, arguments, points=points), arguments, calls
        )

    def scale(self, name: str, function: Any, role: str, arguments: Mapping[str, object], **how: Any) -> Any:
        return self._judged(name, lambda: Row.scale(self, name, function, role, arguments, **how), arguments, 1)

    def score(self, name: str, function: Any, role: str, arguments: Mapping[str, object]) -> Any:
        return self._judged(name, lambda: Row.score(self, name, function, role, arguments), arguments, 1)

    def _judged(self, name: str, verdict: Callable[[], Any], arguments: Mapping[str, object], calls: int) -> Any:
        self.cell, before = name, self.noted
        self.judged[name] += calls
        try:
            return verdict()
        except Unanswered:
            pass
        except Exception:
            if not lacks(arguments):
                raise
        same = _digest(name, arguments)
        if self.noted == before:
            self._follows(same, calls, arguments, same=same)
        return Pending(same.hex(), False, 1)

    # --- statements that drop, mark and keep ---------------------------------------------------------------------

    def require(self, step: str, condition: object, *, retry: int = 0, rerun: Sequence[str] = ()) -> None:
        unknown = is_pending(condition)
        if retry:
            left = retry - self._retries.get((step, self.round), 0)
            self._requires.append((step, self.round, left, rerun, self.asks.so_far()))
        if not unknown and (condition or not self.skips):
            if condition and self.again:
                self._may_retry()
            return super().require(step, condition, retry=retry, rerun=rerun) if not condition else None
        self._may_drop()
        self.again = self.again or bool(retry)
        if self.again:
            self._may_retry()
        return None

    def _may_retry(self) -> None:
        """A retry makes values anew that any `require` may fail on then, those before it, too."""
        for step, round_, left, rerun, before in self._requires:
            if (step, round_) in self._allowed:
                continue
            self._allowed.add((step, round_))
            outer = any((name, 0) in before for name in rerun[:1])
            for cell in {cell for cell, _ in before if cell in rerun or cell in self.looker.judges}:
                self.asks.more[cell] += left * _passed(cell, round_, outer, before)

    def filter(self, step: str, condition: object) -> None:
        if is_pending(condition) or (not condition and self.skips):
            self._may_drop()
        else:
            super().filter(step, condition)

    def flag(self, step: str, condition: object) -> None:
        if not is_pending(condition):
            super().flag(step, condition)

    # --- the whole table -----------------------------------------------------------------------------------------

    def dedup(self, step: str, value: object) -> None:
        """A new text repeats none where equal ones are looked for; how like it is to others, nobody knows."""
        value = self.instead(step, value)
        unknown = [*pendings(value)]
        if self.alone or step in self._compared_at:
            return
        self._compared_at.add(step)
        if unknown:
            self._compared(step, value)
        if step in self.looker.exact and all(one._free for one in unknown):
            self._equal(step, value)
            return
        if unknown or not self.sure:
            self.looker.doubtful.add(step)
        if step not in self.looker.doubtful or (not unknown and self._embeds(step)):
            self._compare(step, lambda: None if unknown else Row.dedup(self, step, value))
        if step in self.looker.doubtful:
            self._may_drop()

    def _equal(self, step: str, value: object) -> None:
        """Compared with rows that are sure to have passed here, and with those that only may have."""
        if value is None:
            return
        same = _digest(value) if lacks(value) else self.looker.prepare(step, value)
        there, perhaps = self.looker.passed[step], self.looker.perhaps[step]
        sure, double, doubt = self.sure, same in there, same in perhaps or step in self.looker.doubtful
        (there if sure else perhaps).add(same)
        if double and not self.skips:
            raise Dropped(step, self.looker.titles[step])
        if double or doubt:
            self._may_drop()

    def decontaminate(self, step: str, value: object) -> None:
        if lacks(value):
            self._compared(step, value)
            self._may_drop()
        else:
            self._compare(step, lambda: Row.decontaminate(self, step, value))

    def _compare(self, step: str, run: Callable[[], None]) -> None:
        try:
            run()
        except Dropped:
            if not self.skips and step not in self.looker.doubtful:
                raise
            self._may_drop()
        except Unanswered:
            self.looker.unembedded[self.looker.titles[step]] += 1
            self._compared(step, None)
            self.looker.doubtful.add(step)
            self._may_drop()

    def _embeds(self, step: str) -> bool:
        return self.looker.titles[step] in self.looker.embedded

    def _compared(self, step: str, value: object) -> None:
        """An engine that embeds the texts which it compares is asked about this one."""
        if self._embeds(step):
            self.cell = self.looker.titles[step]
            self._follows((step, self.index), 1, value, known=value is None)

    def select(self, step: str, score: Any, apart: object = None) -> None:
        if self.drops or lacks((score, apart)):
            with self._doubting(True):
                self._compared(step, apart)
        else:
            super().select(step, score, apart)

    def group(self, value: object) -> None:
        if not is_pending(value):
            super().group(value)

    def stop_if_full(self) -> None:
        if self.grouped is None:
            return
        fullness = self.looker.fullness(self.grouped)
        if fullness == "full":
            raise Full
        if fullness == "maybe":
            self.unsure = True

    def emit(
        self, table: str, columns: Mapping[str, object], *, position: tuple[int, ...] = (), split: object = None
    ) -> None:
        super().emit(table, columns, position=position, split=None if is_pending(split) else split)

    # --- running -------------------------------------------------------------------------------------------------

    def look(self) -> Outcome:
        """Kept or rejected where that hangs on nothing that is not known."""
        self.looker.row = self
        outcome = self.run(self.looker.body)
        return Unknown(self.asks.stopped or "") if isinstance(outcome, Kept) and self.drops else outcome


def _passed(cell: str, round_: int, outer: bool, before: Mapping[tuple[str, int], int]) -> int:
    """How many calls a statement makes when it is passed again: those of one round, or of all of a loop."""
    rounds = {place[1]: number for place, number in before.items() if place[0] == cell}
    if round_ in rounds and round_:
        return rounds[round_]
    return sum(rounds.values()) if outer else max(rounds.values(), default=0)


def _digest(*what: object) -> bytes:
    return blake2b(repr(what).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _has_answers(value: object) -> bool:
    """Whether an answer that is known already is in a value: a list of some that are there and some that are not."""
    return isinstance(value, list) and any(not is_pending(one) for one in value) if not is_pending(value) else False


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
