"""Gens, runs and judges of a row that lacks answers in; what each asks, and its answer where it is known, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from runtime.build.foretell.lists import Lists
from runtime.build.foretell.noting import digest_of
from runtime.build.foretell.pending import Pending, is_pending, lacks, of_schema
from runtime.build.foretell.settled import Said
from runtime.program import generating
from runtime.program.generating import Asking
from runtime.program.lists import Place
from runtime.program.outcome import Unanswered
from runtime.program.row import Row
from runtime.program.shape import Problem
from runtime.program.values import Meta, generated


class Calling(Lists):
    """Every call is noted; one of which something is not known gives `Pending`."""

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
        said = self.settled.get(name)
        if said is not None and self.settling.is_proven(name):
            found = self._settled(name, shape, role, said)
            if not isinstance(found, Problem):
                return self._named(name, found)
        asking = Asking(name, function, shape, role, arguments, at, attempts, salt or name, settings)
        holds = self._holds(when)
        made: Any = None
        if holds is not False:
            with self._doubting(holds is None):
                made = self._made(asking, times)
        if said is not None:
            self.settling.prove(name, self.last == said.call)
        if holds is None and times is None and is_pending(made):
            made = Pending(made._token, False, made._bound, True, made._schema)
        return made if isinstance(at, Place) else self._named(name, made)

    def _settled(self, name: str, shape: Any, role: Any, said: Said) -> object:
        self.cell = name
        self.asked(said.call, True)
        value = shape.read(self.stage.role(role).backend.read(said.text, shape.constraint), said.finish)
        return generated(value, Meta(said.logprob, said.reasoning))

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
        same = None if seeded else digest_of(asking.name, given)
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
            made: Any = Pending(digest_of("run", name, arguments, limits).hex(), nullable=holds is None)
        else:
            try:
                return super().tool(name, tool, arguments, at=at, when=holds, **limits)
            except Unanswered:
                made = Pending(digest_of("run", name, arguments, limits).hex())
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
        same = digest_of(name, arguments)
        if self.noted == before:
            self._follows(same, calls, arguments, same=same)
        return Pending(same.hex(), False, 1)
