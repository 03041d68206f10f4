"""What a program has said and one call of it in; a request to any engine, and its answer back, out.

The frontend's own chat templates are not used: what a program said so far becomes messages, the open turn becomes the
prefill, and the engine applies the model's own template. A build asks through this alone, without SGLang.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from compiler.functions.tokens import Cutter
from dsl.diagnostics import SynthError
from runtime.bridge import await_, concurrent
from runtime.engines.lower import Lowered, lacking, lower
from runtime.engines.protocol import (
    Answer,
    Completer,
    Constraint,
    Engine,
    Message,
    OpenRole,
    Promising,
    Request,
    Sampling,
)

_UNUSED = Sampling()
PLAIN_GEN = Sampling(temperature=1.0, max_tokens=128)
"""What a `gen` that says nothing means to SGLang."""
KEPT = 1 << 10
"""Constraints that are remembered as an engine takes them: a schema may be another one for each row."""


@dataclass(slots=True)
class Call:
    """What one call adds to its program's text. `sampling` and `constraint`, when set, replace what `gen` says.

    After the call `request` and `answer` hold what was asked and what came; `text` is the answer as the program got it.
    """

    seed: int = 0
    role: str = ""
    sampling: Sampling | None = None
    constraint: Constraint | None = None
    labels: tuple[str, ...] = ()
    reward: bool = False
    request: Request | None = field(default=None, init=False)
    answer: Answer | None = field(default=None, init=False)
    text: str | None = field(default=None, init=False)


@dataclass(slots=True)
class Said:
    """What a program has said when it asks: whole messages, and the text of the turn of `role` that stands open.

    With no role there are no messages: `text` is the whole of a plain completion's prompt.
    """

    messages: tuple[Message, ...]
    role: OpenRole | None
    text: str


class Backend:
    """Any engine, as printed programs ask it. `completer` answers in its place: say, through a journal."""

    def __init__(self, engine: Engine, completer: Completer | None = None) -> None:
        self.engine = engine
        self.completer: Completer = completer or engine
        self._promising = completer if isinstance(completer, Promising) else None
        self._lowered: dict[Constraint | None, Lowered] = {}

    @cached_property
    def cutter(self) -> Cutter:
        """Cuts texts by the tokens of the model behind the engine."""
        return Cutter(self._count)

    def _count(self, text: str) -> int:
        missing = () if self.engine.capabilities.tokenize else lacking(self.engine, ("tokenize",))
        if missing:
            raise SynthError(*missing)
        return self.engine.count_tokens(text)

    def continued(
        self, call: Call, said: Said, sampling: Sampling = PLAIN_GEN, constraint: Constraint | None = None
    ) -> str:
        """The text that continues what was said. The program's own settings are for a call that leaves them to it."""
        if call.labels:
            return self._complete(call, self._request(said, call, labels=call.labels)).text
        lowered = self._lower(call.constraint or constraint)
        request = self._request(said, call, call.sampling or sampling, lowered.constraint)
        call.text = lowered.read(self._complete(call, request).text)
        return call.text

    def chosen(self, call: Call, said: Said, choices: Sequence[str]) -> Answer:
        """The likeliest of `choices`, with their log-probabilities; of a reward model, its score."""
        return self._complete(call, self._request(said, call, labels=() if call.reward else tuple(choices)))

    def _request(
        self,
        said: Said,
        call: Call,
        sampling: Sampling = _UNUSED,
        constraint: Constraint | None = None,
        labels: tuple[str, ...] = (),
    ) -> Request:
        raw = said.role is None
        request = Request(
            self.engine.identity,
            said.messages,
            said.role or "assistant",
            said.text,
            raw,
            sampling,
            constraint,
            call.seed,
            labels,
            call.reward,
        )
        call.request = request
        return request

    def _complete(self, call: Call, request: Request) -> Answer:
        answer = await_(self._asked(request))
        call.answer, call.text = answer, answer.text
        return answer

    def _asked(self, request: Request) -> Awaitable[Answer]:
        if self._promising is not None and concurrent():
            return self._promising.promised(request)
        return self.completer.complete(request)

    def read(self, text: str, constraint: Constraint | None) -> str:
        """The text of an answer that was given to a call with this constraint before, as the program gets it."""
        return self._lower(constraint).read(text)

    def _lower(self, constraint: Constraint | None) -> Lowered:
        found = self._lowered.get(constraint)
        if found is None:
            if len(self._lowered) >= KEPT:
                self._lowered.clear()
            found = self._lowered[constraint] = lower(constraint, self.engine)
        return found
