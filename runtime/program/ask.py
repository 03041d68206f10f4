"""One call of a lowered prompt or judge in; what came back, and what was asked, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compiler.functions.plain import plain
from compiler.functions.tokens import read_by
from runtime.engines.backend import Call
from runtime.engines.protocol import Answer, Constraint, Request, Sampling
from runtime.program.outcome import Unanswered
from runtime.program.stage import Bound

OURS = {"max_new_tokens": "max_tokens"}
"""SGLang's names of settings, as printed programs write them, and ours."""


@dataclass(frozen=True, slots=True)
class Reply:
    """`text` is the answer in the form that was asked for; `answer` is as the engine gave it."""

    text: str
    answer: Answer
    request: Request

    @property
    def finish(self) -> str:
        return self.answer.finish

    @property
    def logprob(self) -> float | None:
        return self.answer.logprob

    def provenance(self) -> dict[str, Any]:
        """The fields of an `Event` that come from the call itself."""
        answer = self.answer
        return {
            "call": self.request.digest.hex(),
            "model": self.request.model,
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
    constraint: tuple[str, str] | None,
    settings: Mapping[str, object],
    cell: str,
    reward: bool = False,
) -> Reply:
    """Runs one `@sgl.function` inline. The engine's faults come out as they are. `reward` asks for a score."""
    call = Call(
        seed=seed,
        role=bound.role,
        sampling=sampling(bound.defaults, settings),
        constraint=Constraint(*constraint) if constraint else None,  # type: ignore[arg-type]
        reward=reward,
    )
    try:
        with read_by(bound.backend.cutter):
            function.run(**arguments, call=call, backend=bound.backend, use_thread=False)
    except Unanswered:
        raise Unanswered(cell) from None
    assert call.text is not None and call.answer is not None and call.request is not None
    return Reply(call.text, call.answer, call.request)


def sampling(defaults: Mapping[str, object], settings: Mapping[str, object]) -> Sampling:
    """A role's defaults with a step's own settings over them."""
    given: dict[str, Any] = {**defaults, **{OURS.get(name, name): plain(value) for name, value in settings.items()}}
    if "stop" in given:
        stop = given["stop"]
        given["stop"] = (stop,) if isinstance(stop, str) else tuple(stop)
    return Sampling(**given)
