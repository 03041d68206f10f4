"""One call of a lowered prompt or judge in; what came back, and what was asked, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compiler.functions.plain import plain
from compiler.functions.tokens import read_by, reader
from runtime.engines.asking import Call
from runtime.engines.protocol import Answer, Constraint, Sampling
from runtime.program.outcome import Unanswered
from runtime.program.stage import Bound
from runtime.program.state import run
from runtime.program.trace import Event

OURS = {"max_new_tokens": "max_tokens"}
"""SGLang's names of settings, as printed programs write them, and ours."""
KEPT = 1 << 10
"""Settings of one role that are remembered: a row may have its own."""
_PLAIN = frozenset({str, int, float, bool, type(None)})


@dataclass(slots=True)
class Reply:
    """`text` is the answer in the form that was asked for; `answer` is as the engine gave it; `key` the journal's."""

    text: str
    answer: Answer
    key: str
    model: str

    def told(self, event: Event) -> Event:
        """The event with what comes from the call itself."""
        answer = self.answer
        event.call, event.model = self.key, self.model
        event.text, event.finish = answer.text, answer.finish
        event.logprob, event.reasoning = answer.logprob, answer.reasoning
        event.labels = dict(answer.labels) if answer.labels else None
        event.prompt_tokens, event.completion_tokens = answer.prompt_tokens, answer.completion_tokens
        event.repeatable = answer.repeatable
        return event


def ask(
    function: Any,
    arguments: Mapping[str, object],
    bound: Bound,
    seed: int,
    constraint: Constraint | None,
    settings: Mapping[str, object],
    cell: str,
    reward: bool = False,
) -> Reply:
    """Runs one `@sgl.function` inline. The engine's faults come out as they are. `reward` asks for a score."""
    backend = bound.backend
    held = bound.held.find(cell, bound.role, seed, arguments) if bound.held is not None else None
    if held is not None and held.answer is not None:
        return Reply(backend.read(held.answer.text, constraint), held.answer, held.key, bound.model)
    call = Call(seed, bound.role, sampling_of(bound, settings), constraint, (), reward)
    try:
        if reader() is backend.cutter:
            run(function, arguments, call, backend)
        else:
            with read_by(backend.cutter):
                run(function, arguments, call, backend)
    except Unanswered:
        raise Unanswered(cell) from None
    assert call.text is not None and call.answer is not None and call.request is not None
    key = call.request.digest.hex()
    if held is not None and bound.held is not None:
        bound.held.check(cell, held.key, key)
    return Reply(call.text, call.answer, key, call.request.model)


def sampling_of(bound: Bound, settings: Mapping[str, object]) -> Sampling:
    """Worked out once for equal settings of a role: 1 and 1.0 are not, for a request's key tells them apart."""
    kinds = tuple(map(type, settings.values()))
    place = (*settings.items(), kinds)
    try:
        found = bound.known.get(place)
    except TypeError:  # a list of texts to stop at
        return sampling(bound.defaults, settings)
    if found is None:
        found = sampling(bound.defaults, settings)
        if _PLAIN.issuperset(kinds):
            if len(bound.known) >= KEPT:
                bound.known.clear()
            bound.known[place] = found
    return found


def sampling(defaults: Mapping[str, object], settings: Mapping[str, object]) -> Sampling:
    """A role's defaults with a step's own settings over them."""
    given: dict[str, Any] = {**defaults, **{OURS.get(name, name): plain(value) for name, value in settings.items()}}
    if "stop" in given:
        stop = given["stop"]
        given["stop"] = (stop,) if isinstance(stop, str) else tuple(stop)
    return Sampling(**given)
