"""A plain function in; a coroutine that runs it in a greenlet out, inside which `await_` waits for coroutines.

A candidate's program is synchronous code (SGLang's interpreter) whose model calls are asynchronous. Each program runs
in a greenlet; a call switches to the event loop and back, with no thread in between. Code that runs outside such a
greenlet, say a printed program tried by hand, waits on one background loop instead.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, ParamSpec, TypeVar, cast

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]

P = ParamSpec("P")
T = TypeVar("T")


class _Bridged(greenlet):  # type: ignore[misc]
    """A greenlet that is driven by the event loop: by a task, or by callbacks."""

    def __init__(self, function: Callable[..., Any], driver: greenlet) -> None:
        super().__init__(function, driver)
        self.driver = driver
        self.gr_context = driver.gr_context


async def run_in_greenlet(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs `function` so that `await_` works inside it; its exceptions, and the task's cancellation, pass through."""
    bridged = _Bridged(function, getcurrent())
    waiting = bridged.switch(*args, **kwargs)
    while not bridged.dead:
        try:
            value = await waiting
        except BaseException:
            waiting = bridged.throw(*sys.exc_info())
        else:
            waiting = bridged.switch(value)
    result: T = waiting
    return result


class Running(Generic[T]):
    """A function in a greenlet that callbacks of the loop drive. It stands for a task, and costs no coroutine.

    Begun in the loop's next turn; `ended` is called with it at its end. It reads like a future.
    """

    __slots__ = ("_call", "_cancelling", "_context", "_done", "_ended", "_error", "_greenlet", "_value", "_waiting")

    def __init__(self, ended: Callable[[Running[T]], None], function: Callable[..., T], *args: Any) -> None:
        self._call, self._ended = (function, args), ended
        self._context = copy_context()
        self._waiting: asyncio.Future[Any] | None = None
        self._cancelling = self._done = False
        self._error: BaseException | None = None
        self._value: Any = None
        asyncio.get_running_loop().call_soon(self._begin, context=self._context)

    def done(self) -> bool:
        return self._done

    def cancelled(self) -> bool:
        return isinstance(self._error, asyncio.CancelledError)

    def exception(self) -> BaseException | None:
        return self._error

    def result(self) -> T:
        """Of what is done."""
        if self._error is not None:
            raise self._error
        return cast(T, self._value)

    def cancel(self) -> None:
        """As a task's: what it waits for is cancelled, and the code hears of it where it waits.

        What has come to its end already cannot be cancelled: then the code hears of it in place of what came.
        """
        if self._waiting is None or not self._waiting.cancel():
            self._cancelling = True

    def _begin(self) -> None:
        if self._cancelling:
            self._end(asyncio.CancelledError())
            return
        function, args = self._call
        self._greenlet = _Bridged(function, getcurrent())
        self._drive(self._greenlet.switch, *args)

    def _drive(self, step: Callable[..., Any], *given: Any) -> None:
        """Up to the next wait, or the end."""
        try:
            said = step(*given)
        except BaseException as error:
            self._end(error)
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            return
        if self._greenlet.dead:
            self._value = said
            self._end(None)
            return
        waiting = self._waiting = said if isinstance(said, asyncio.Future) else asyncio.ensure_future(said)
        waiting.add_done_callback(self._go_on, context=self._context)
        if self._cancelling:
            self._cancelling = False
            waiting.cancel()

    def _go_on(self, waited: asyncio.Future[Any]) -> None:
        self._waiting = None
        if self._cancelling:
            self._cancelling = False
            _heard(waited)
            self._drive(self._greenlet.throw, asyncio.CancelledError())
            return
        try:
            value = waited.result()
        except BaseException:
            self._drive(self._greenlet.throw, *sys.exc_info())
        else:
            self._drive(self._greenlet.switch, value)

    def _end(self, error: BaseException | None) -> None:
        self._done, self._error = True, error
        self._ended(self)


def _heard(future: asyncio.Future[Any]) -> None:
    """Its fault is not told as one that nobody asked for."""
    if not future.cancelled():
        future.exception()


def await_(coroutine: Awaitable[T]) -> T:
    """The result of `coroutine`, for synchronous code: through the greenlet's loop, or else the background loop.

    Inside a greenlet it may be a future of the loop as well.
    """
    current = getcurrent()
    if isinstance(current, _Bridged):
        result: T = current.driver.switch(coroutine)
        return result
    return asyncio.run_coroutine_threadsafe(cast(Coroutine[Any, Any, T], coroutine), background_loop()).result()


def concurrent() -> bool:
    """Whether `together` runs functions at the same time here: inside a greenlet that the event loop drives."""
    return isinstance(getcurrent(), _Bridged)


@dataclass(frozen=True, slots=True)
class _Held:
    """How a function ended that did not fail: what it raised is told once all have ended."""

    error: BaseException


def together(
    functions: Sequence[Callable[[], T]], held: tuple[type[BaseException], ...] = (), alone: bool = False
) -> list[T]:
    """The functions' results, in order: at the same time where a loop drives this code, else one after another.

    The first fault cancels the others and comes out. An exception of `held` is no fault: all go on to their ends, and
    of several the one of the first function comes out, so that it is the same whatever the order of arrival.
    With `alone` each begins when the one before has ended, wherever this runs.
    """
    if len(functions) > 1 and not alone and concurrent():
        ends = await_(_ends(functions, held))
    else:
        ends = [_end(function, held) for function in functions]
    first = next((end for end in ends if isinstance(end, _Held)), None)
    if first is not None:
        raise first.error
    return [end for end in ends if not isinstance(end, _Held)]


def _end(function: Callable[[], T], held: tuple[type[BaseException], ...]) -> T | _Held:
    try:
        return function()
    except held as error:
        return _Held(error)


async def _ends(functions: Sequence[Callable[[], T]], held: tuple[type[BaseException], ...]) -> list[T | _Held]:
    """Leaves nothing running behind it, however it ends."""
    tasks = [asyncio.ensure_future(run_in_greenlet(_end, function, held)) for function in functions]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in tasks:
            if task in done:
                task.result()
        return [task.result() for task in tasks]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@cache
def background_loop() -> asyncio.AbstractEventLoop:
    """The one loop, in a daemon thread, for programs that are run by hand."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="synth-background-loop", daemon=True).start()
    return loop


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of `coroutine` on a loop of its own (uvloop's where there is one); also where a loop runs already.

    A notebook's cells run inside a loop, which cannot wait for another: there the work is done in a thread.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _run_here(coroutine)
    with ThreadPoolExecutor(1, thread_name_prefix="synth-run") as worker:
        return worker.submit(_run_here, coroutine).result()


def _run_here(coroutine: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(coroutine)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
