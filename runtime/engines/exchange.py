"""A path and a JSON body in; what one server answers to it out, asked again while the server is busy or gone."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NoReturn
from weakref import WeakKeyDictionary

import orjson

from runtime.engines.address import Address
from runtime.engines.attempts import BUSY, LONGEST_ASKED, Call, asked_pause
from runtime.engines.begun import Begun
from runtime.engines.farewells import Farewells
from runtime.engines.http import ConnectionLost, HttpPool, Unreachable
from runtime.engines.load import Load, nominal_pause
from runtime.engines.protocol import EngineUnavailable
from runtime.engines.reader import HttpAnswer
from runtime.engines.refusals import Refusals, refusal
from runtime.engines.short import Short

_FAULTS_ASKED_AGAIN = 3
"""Attempts after an answer of 500, which may as well be the request's fault."""
_TELLING = 5.0
"""Seconds for an answer that nobody reads."""


class NoAnswer(EngineUnavailable):
    """The server does not answer: another one may. `full`: it does, and takes no more."""

    def __init__(self, engine: str, message: str, *, full: bool = False) -> None:
        super().__init__(engine, message)
        self.full = full


@dataclass
class Lane:
    """What belongs to one event loop."""

    pool: HttpPool
    load: Load
    farewells: Farewells | None
    tickets: Iterator[int] = field(default_factory=itertools.count)


class Exchange:
    """`name` is the engine's, for messages; `limit` bounds what is in flight, `timeout` is seconds for one answer.
    `key_env` names the variable that holds the server's key. `on_abandon(exchange, rid)` tells the server to stop: in
    the background, when a caller is cancelled, its patience ends, or a connection breaks. `heard` is called with every
    answer before it is judged; what it refuses is not asked again.

    Raises `EngineRejected` for what the server refuses, `EngineUnavailable` when it does not answer.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        limit: int,
        timeout: float = 600.0,
        retries: int = 16,
        headers: Mapping[str, str] | None = None,
        key_env: str | None = None,
        on_abandon: Callable[[Exchange, str], Awaitable[None]] | None = None,
        heard: Callable[[HttpAnswer], None] | None = None,
    ) -> None:
        Address.of(url)
        self.name, self.url = name, url
        self._limit, self._timeout, self.retries = limit, timeout, retries
        self._headers = dict(headers or {})
        self._on_abandon, self._heard = on_abandon, heard
        self._refusals = Refusals.of(name, self._headers.values(), key_env)
        self._lanes: WeakKeyDictionary[asyncio.AbstractEventLoop, Lane] = WeakKeyDictionary()
        self._latest: tuple[asyncio.AbstractEventLoop, Lane] | None = None
        self._unknown = Load(limit)
        self._met = False
        self._problem = "is gone"
        self.trouble = ""
        """Why it answers nobody since a while; empty as soon as it does. Read from any thread."""

    @property
    def load(self) -> Load:
        """How many calls the server wants in flight now, as far as this event loop has learnt it."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return self._unknown
        if self._latest is not None and self._latest[0] is loop:
            return self._latest[1].load
        lane = self._lanes.get(loop)
        return lane.load if lane else self._unknown

    # --- questions ---

    def json(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        patience: float | None = None,
        rid: str | Sequence[str] | None = None,
        retries: int | None = None,
    ) -> Coroutine[Any, Any, Any]:
        """The JSON of a 200 answer. `patience` is this exchange's own time-out. `rid` is what the body calls it, or
        each of its parts: all begin with one `rid()`, which is another at each attempt."""
        return self.ask(self.call(method, path, body, patience=patience, rid=rid, retries=retries))

    async def ask(self, call: Call) -> Any:
        """The JSON of a 200 answer. A call with fewer retries than the exchange waits for no server that is away."""
        lane = self._lane()
        return await self._asked(lane, call, next(lane.tickets), None)

    def begin(
        self,
        path: str,
        body: Any,
        told: Callable[[Any], None],
        *,
        patience: float | None = None,
        rid: str | Sequence[str] | None = None,
        read: Callable[[bytes], Any] = orjson.loads,
    ) -> Begun | None:
        """As `json` by POST, for who is told: at once, if there is room and an open connection, or not at all (None).

        Told is the JSON, as `read` has it, or the fault. Only a good answer comes this way; with any other a task
        goes on from there.
        """
        lane = self._lane()
        if not lane.pool.ready or not lane.load.try_enter():
            return None
        call = self.call("POST", path, body, patience=patience, rid=rid)
        call.read = read
        return Short(self, lane, call, told)

    async def _asked(self, lane: Lane, call: Call, ticket: int, begun: Awaitable[HttpAnswer | None] | None) -> Any:
        """`begun` is an attempt that is made already."""
        while True:
            if begun is None:
                if not lane.load.try_enter():
                    await self._wait(lane.load, call, ticket)
                begun = self._attempt(lane, call)
            answer, begun = await begun, None
            if answer is None:
                continue
            try:
                return self._content(call, answer)
            except ValueError as error:
                await self._again(lane.load, call, f"{call.path} answered no JSON: {error}")

    async def tell(self, method: str, path: str, body: Any) -> None:
        """One attempt, past whatever waits, whose answer nobody reads."""
        await self._lane().pool.request(method, path, orjson.dumps(body), _TELLING)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        patience: float | None = None,
        rid: str | Sequence[str] | None = None,
        retries: int | None = None,
    ) -> Call:
        """What `ask` takes; the arguments are those of `json`. A body in bytes is JSON already."""
        data = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        rids = () if rid is None else (rid,) if isinstance(rid, str) else tuple(rid)
        patience = self._timeout if patience is None else patience
        return Call(method, path, data, patience, rids, self.retries if retries is None else retries)

    def _content(self, call: Call, answer: HttpAnswer) -> Any:
        if answer.status == 200:
            return call.read(answer.body)
        raise self._refusals.error(call.path, answer)

    # --- attempts ---

    async def _wait(self, load: Load, call: Call, ticket: int) -> None:
        if not self._patient(call) and (load.paused or (load.is_gone and load.in_flight)):
            raise NoAnswer(self.name, f"{self.url}: {self._problem}")
        await load.enter(ticket, self._patient(call))

    def _patient(self, call: Call) -> bool:
        """Whether it waits for this server; or else its caller has another one."""
        return call.retries >= self.retries

    async def _attempt(self, lane: Lane, call: Call) -> HttpAnswer | None:
        """What the server answered; None when it is to be asked again."""
        load, mark, answers = lane.load, lane.load.mark, lane.load.answers
        call.attempts += 1
        try:
            answer = await lane.pool.request(call.method, call.path, call.data, call.patience)
        except BaseException as error:
            await self._failed(lane, call, error, load.answers > answers)
            return None
        return await self._judged(load, call, answer, mark)

    async def _judged(self, load: Load, call: Call, answer: HttpAnswer, mark: int) -> HttpAnswer | None:
        self._hear(answer, load)
        if answer.status in BUSY:
            pause = asked_pause(answer)
            learnt = load.refused(mark, min(pause, LONGEST_ASKED))
            self._refused(load, call, answer, pause, learnt)
            return None
        self._met, self.trouble = True, ""
        load.answered()
        if answer.status >= 500 and call.faults < min(call.retries, _FAULTS_ASKED_AGAIN):
            call.faults += 1
            await self._again(load, call, f"{answer.status} {refusal(answer.body)}")
            return None
        return answer

    def good(self, lane: Lane, call: Call, answer: HttpAnswer) -> Any:
        """The JSON of a 200 answer. ValueError where it is none; what whoever listens raises."""
        self._hear(answer, lane.load)
        self._met, self.trouble = True, ""
        lane.load.answered()
        return call.read(answer.body)

    async def after(self, lane: Lane, call: Call, came: HttpAnswer | Exception, mark: int, answers: int) -> Any:
        """The JSON of a call whose first attempt came to this: no good answer, a fault, or good but no JSON."""
        return await self._asked(lane, call, next(lane.tickets), self._ended(lane, call, came, mark, answers))

    async def _ended(
        self, lane: Lane, call: Call, came: HttpAnswer | Exception, mark: int, answers: int
    ) -> HttpAnswer | None:
        match came:
            case HttpAnswer():
                return await self._judged(lane.load, call, came, mark)
            case ConnectionLost(untouched=True):  # the server closed it while it was idle
                return await self._attempt(lane, call)
            case ValueError():
                await self._again(lane.load, call, f"{call.path} answered no JSON: {came}")
            case _:
                await self._failed(lane, call, came, lane.load.answers > answers)
        return None

    def left(self, lane: Lane, call: Call) -> None:
        """The caller of what was sent does not want its answer any more."""
        lane.load.left()
        self._abandon(lane, call)

    async def _failed(self, lane: Lane, call: Call, error: BaseException, others: bool) -> None:
        """`others`: other calls were answered meanwhile."""
        match error:
            case TimeoutError():
                self._abandon(lane, call)
                lane.load.left() if others else lane.load.gone()
                raise NoAnswer(self.name, f"no answer from {self.url} in {call.patience:g} s") from error
            case Unreachable():
                lane.load.gone()
                self._unreachable(lane.load, call, error)
            case OSError():
                lane.load.lost()
                self._abandon(lane, call)
                call.rename()
                await self._again(lane.load, call, str(error) or type(error).__name__)
            case _:
                self.left(lane, call)
                raise error

    async def _again(self, load: Load, call: Call, problem: str) -> None:
        """Waits, longer each time and each client differently long; after too many losses gives up."""
        call.losses += 1
        if call.losses > call.retries:
            self._give_up(load, call, problem)
        if not load.paused:  # if it is, the server is left alone as a whole
            await asyncio.sleep(random.uniform(0, 2 * nominal_pause(call.losses)))

    def _unreachable(self, load: Load, call: Call, error: Unreachable) -> None:
        call.losses += 1
        self._problem = str(error)
        self.trouble = f"{self.url}: {error}"
        if error.cause == "certificate" or (error.cause != "down" and not self._met):
            raise NoAnswer(self.name, f"{self.url}: {error}") from error
        load.give_up(lambda: NoAnswer(self.name, f"{self.url} is gone: {error}"), everyone=False)
        if max(call.losses, load.rounds) > call.retries:
            self._give_up(load, call, str(error))

    def _refused(self, load: Load, call: Call, answer: HttpAnswer, pause: float, learnt: bool) -> None:
        """Whoever has another server goes there when this one wants to be left alone, or takes less than was sent."""
        problem = self._problem = self._refusals.blotted(f"{answer.status} {refusal(answer.body)}")
        if load.rounds > 1:
            self.trouble = f"{self.url}: {problem}"
        if load.paused or learnt:
            full = self._refusals.blotted(f"{self.url} is full: {problem}")
            load.give_up(lambda: NoAnswer(self.name, full, full=True), everyone=False)
            if not self._patient(call):
                raise NoAnswer(self.name, full, full=True)
        if pause > LONGEST_ASKED:
            problem += f" (it asks to be left alone for {pause:.0f} s)"
        if pause > LONGEST_ASKED or load.rounds > self.retries:
            self._give_up(load, call, problem)

    def _give_up(self, load: Load, call: Call, problem: str) -> NoReturn:
        """Where the server answers nobody, everyone who waits for it hears so."""
        often = f" did not answer for {call.seconds:.0f} s, in {call.attempts} attempts" if call.attempts > 1 else ""
        told = self._refusals.blotted(f"{self.url}{often}: {problem}")
        if load.rounds > self.retries:
            load.give_up(lambda: NoAnswer(self.name, told), everyone=True)
        raise NoAnswer(self.name, told)

    def _hear(self, answer: HttpAnswer, load: Load) -> None:
        """Whoever listens may refuse: then the server is not asked again."""
        if self._heard is None:
            return
        try:
            self._heard(answer)
        except BaseException:
            load.answered()
            raise

    # --- what was given up ---

    def _abandon(self, lane: Lane, call: Call) -> None:
        if lane.farewells is not None and not lane.load.is_gone:
            lane.farewells.say(call.rids)

    async def finish(self) -> None:
        """Waits a little until the server has heard of what was given up; drops this loop's connections."""
        lane = self._lanes.get(asyncio.get_running_loop())
        if lane and lane.farewells:
            await lane.farewells.finish()
        self.close()

    def close(self) -> None:
        """Drops this loop's connections."""
        self._latest = None
        lane = self._lanes.pop(asyncio.get_running_loop(), None)
        if lane:
            lane.pool.close()

    def _lane(self) -> Lane:
        loop = asyncio.get_running_loop()
        if self._latest is not None and self._latest[0] is loop:
            return self._latest[1]
        lane = self._lanes.get(loop)
        if lane is None:
            farewells = Farewells(partial(self._on_abandon, self)) if self._on_abandon else None
            lane = self._lanes[loop] = Lane(HttpPool(self.url, self._headers), Load(self._limit), farewells)
        self._latest = loop, lane
        return lane
