"""One call of a lowered prompt or judge in; what came back, and what was asked, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compiler.functions.plain import plain
from compiler.functions.tokens import read_by
from runtime.engines.asking import Call
from runtime.engines.protocol import Answer, Constraint, Sampling
from runtime.program.outcome import Unanswered
from runtime.program.stage import Bound
from runtime.program.state import run

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

    def provenance(self) -> dict[str, Any]:
        """The fields of an `Event` that come from the call itself."""
        answer = self.answer
        return {
            "call": self.key,
            "model": self.model,
            "text": answer.text,
            "finish": answer.finish,
            "logprob": answer.logprob,
            "reasoning": answer.reasoning,
            "labels": dict(answer.labels) or None,
            "prompt_tokens": answer.prompt_tokens,
            "completion_tokens": answer.completion_tokens,
            "repeatable": answer.repeatable,
        }


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
        return Reply(backend.read(held.answer, constraint), held.answer, held.key, bound.model)
    call = Call(seed, bound.role, sampling_of(bound, settings), constraint, (), reward)
    try:
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
    if not _PLAIN.issuperset(kinds):
        return sampling(bound.defaults, settings)
    place = (*settings.items(), kinds)
    found = bound.known.get(place)
    if found is None:
        if len(bound.known) >= KEPT:
            bound.known.clear()
        found = bound.known[place] = sampling(bound.defaults, settings)
    return found


def sampling(defaults: Mapping[str, object], settings: Mapping[str, object]) -> Sampling:
    """A role's defaults with a step's own settings over them."""
    given: dict[str, Any] = {**defaults, **{OURS.get(name, name): plain(value) for name, value in settings.items()}}
    if "stop" in given:
        stop = given["stop"]
        given["stop"] = (stop,) if isinstance(stop, str) else tuple(stop)
    return Sampling(**given)
