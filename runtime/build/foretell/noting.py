"""A row that lacks answers in; a note of all that it asks and may ask, and values in place of those missing, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any

from runtime.build.foretell.asks import Ask, Asks
from runtime.build.foretell.guarded import Mention
from runtime.build.foretell.looker import Looker
from runtime.build.foretell.pending import Pending, is_pending, lacks, pendings, size
from runtime.build.foretell.settled import UNSETTLED, Said
from runtime.program.outcome import Again, Dropped, Full, TooLong, Unanswered
from runtime.program.row import Row
from runtime.program.stage import Stage
from runtime.tables.keys import Key

ENDS = (Dropped, Again, Full, TooLong)


class Noting(Row):
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
        self.settled: Mapping[str, Said] = {}
        self.settling = UNSETTLED

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
        token = digest_of(text, free).hex()
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
        return digest_of(self.key, self.round, *what).hex()


def digest_of(*what: object) -> bytes:
    return blake2b(repr(what).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _has_answers(value: object) -> bool:
    """Whether an answer that is known already is in a value: a list of some that are there and some that are not."""
    return isinstance(value, list) and any(not is_pending(one) for one in value) if not is_pending(value) else False
