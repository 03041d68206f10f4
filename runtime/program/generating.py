"""A gen in; its value out: remembered, mocked, or asked for until it is of its type or its attempts are used up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from runtime.program.ask import Reply, ask
from runtime.program.lists import Place
from runtime.program.memory import Slot
from runtime.program.outcome import Dropped
from runtime.program.shape import Problem, Shape
from runtime.program.stage import Bound, CallPlace, HeldCalls, RecordedGen
from runtime.program.trace import Copied, Event, printed_slot
from runtime.program.values import NO_META, Meta, generated
from runtime.sampling.hashing import call_seed

if TYPE_CHECKING:
    from runtime.program.row import Row


@dataclass(slots=True)
class Asking:
    """One `gen` statement at one place: `role` answers `function` of `arguments`, at most `attempts` times."""

    name: str
    function: Any
    shape: Shape
    role: str
    arguments: Mapping[str, object]
    at: int
    attempts: int
    salt: str
    settings: Mapping[str, object]

    @property
    def question(self) -> object:
        """What makes an answer another one's."""
        return self.role, self.arguments, self.shape.constraint, self.settings


def again(row: Row, name: str, shape: Shape, role: str, arguments: Mapping[str, object]) -> Any:
    """The value that the version before has of a call that is asked as it was; None where that takes a longer way.

    It is asked of a gen that stands in no loop or list and that no retry repeats: the row remembers nothing of it.
    """
    stage = row.stage
    if stage.mocks:
        return None
    bound = stage.role(role)
    held = bound.held
    if held is None or name not in held.proven:
        return None
    if row.recorded is None:
        row.recorded = held.gens(row.key)
    place = (name, 0, 0, 0, 0)
    recorded = row.recorded.get(place)
    if recorded is None:
        return None
    value = shape.read(bound.backend.read(recorded.text, shape.constraint), recorded.finish)
    if value is None or isinstance(value, Problem) or not held.same(recorded, name, role, arguments):
        return None
    row.events.append(Copied(place, recorded.at))
    return generated(value, _meta(recorded.logprob, recorded.reasoning))


def one(row: Row, asking: Asking) -> object:
    """Outside a list an answer that never is of its type drops the row; inside one the element is null."""
    found = _sample(row, asking, 0)
    if isinstance(found, Problem):
        if isinstance(asking.at, Place):
            return None
        tried = "" if asking.shape.broken else f" ({asking.attempts} attempts)"
        raise Dropped(f"gen {asking.name}", f"{found.reason}{tried}", (asking.name,))
    return found


def many(row: Row, asking: Asking, times: int) -> list[object]:
    """So many samples, each under its own seeds, at the same time."""
    found = row.together([partial(_sample, row, asking, sample) for sample in range(times)])
    return [None if isinstance(value, Problem) else value for value in found]


def _sample(row: Row, asking: Asking, sample: int) -> object | Problem:
    """Asked for once, and again when a retry says so or when what is asked has changed."""
    slot = (asking.name, row.round, int(asking.at), sample)
    question = asking.question
    known = row.memory.recall(slot, question)
    if known is not None:
        return known[1]
    value = _ask(row, asking, slot)
    row.memory.keep(slot, question, value)
    return value


def _ask(row: Row, asking: Asking, slot: Slot) -> object | Problem:
    if asking.shape.broken is not None:
        return Problem(asking.shape.broken)
    attempt = _mocked if asking.name in row.stage.mocks else _attempt
    value: object = Problem("was not asked")
    for _ in range(asking.attempts):
        value = attempt(row, asking, slot, row.memory.next_attempt(slot))
        if not isinstance(value, Problem):
            break
    return value


def _attempt(row: Row, asking: Asking, slot: Slot, attempt: int) -> object | Problem:
    stage, shape = row.stage, asking.shape
    bound = stage.role(asking.role)
    recorded = _recorded(row, asking, bound.held, (*slot, attempt)) if bound.held is not None else None
    if recorded is not None and bound.held is not None and asking.name in bound.held.proven:
        return _as_before(row, asking, bound, (*slot, attempt), recorded)
    seed = call_seed(stage.seed, stage.dataset, asking.salt, row.encoded_key, slot, attempt)
    reply = ask(asking.function, asking.arguments, bound, seed, shape.constraint, asking.settings, asking.name)
    value = shape.read(reply.text, reply.answer.finish)
    event = _event(asking, slot, attempt, seed, reply, value)
    row.events.append(event)
    if recorded is not None and bound.held is not None:
        bound.held.prove(row.key, recorded, event)
    if isinstance(value, Problem):
        return value
    return generated(value, _meta(reply.answer.logprob, reply.answer.reasoning))


def _recorded(row: Row, asking: Asking, held: HeldCalls, place: CallPlace) -> RecordedGen | None:
    """What the version before has of this call, where it was asked with the same."""
    if row.recorded is None:
        row.recorded = held.gens(row.key)
    found = row.recorded.get(place)
    return found if found is not None and held.same(found, asking.name, asking.role, asking.arguments) else None


def _as_before(row: Row, asking: Asking, bound: Bound, place: CallPlace, recorded: RecordedGen) -> object | Problem:
    """Read again from the words that were said: nothing is asked, and nothing is told but where it stands."""
    value = asking.shape.read(bound.backend.read(recorded.text, asking.shape.constraint), recorded.finish)
    row.events.append(Copied(place, recorded.at))
    if isinstance(value, Problem):
        return value
    return generated(value, _meta(recorded.logprob, recorded.reasoning))


def _meta(logprob: float | None, reasoning: str | None) -> Meta:
    return NO_META if logprob is None and reasoning is None else Meta(logprob, reasoning)


def _mocked(row: Row, asking: Asking, slot: Slot, attempt: int) -> object | Problem:
    """A mock's next value, put through the same check as a model's answer."""
    name, round_, element, sample = slot
    value = row.mocked(name, element, sample)
    row.stage.show(_place(slot, attempt), asking.function, asking.arguments)
    reason = asking.shape.check(value) if asking.shape.check and value is not None else None
    row.events.append(
        Event(
            cell=name,
            kind="gen",
            round=round_,
            element=element,
            sample=sample,
            attempt=attempt,
            value=value,
            error=reason,
        )
    )
    return Problem(reason) if reason else generated(value, Meta())


def _event(asking: Asking, slot: Slot, attempt: int, seed: int, reply: Reply, value: object) -> Event:
    name, round_, element, sample = slot
    answer, problem = reply.answer, value if isinstance(value, Problem) else None
    return Event(
        cell=name,
        kind="gen",
        round=round_,
        element=element,
        sample=sample,
        attempt=attempt,
        value=value if problem is None else None,
        error=None if problem is None else problem.reason,
        call=reply.key,
        prompt=asking.function.func.__name__,
        arguments=asking.arguments,
        role=asking.role,
        model=reply.model,
        text=answer.text,
        finish=answer.finish,
        seed=seed,
        logprob=answer.logprob,
        reasoning=answer.reasoning,
        labels=dict(answer.labels) if answer.labels else None,
        prompt_tokens=answer.prompt_tokens,
        completion_tokens=answer.completion_tokens,
        repeatable=answer.repeatable,
    )


def _place(slot: Slot, attempt: int) -> str:
    """`drafts, round 2, sample 1, attempt 1`, without what is nothing."""
    name, round_, element, sample = slot
    where = printed_slot(round_, element, sample)
    return ", ".join(part for part in (name, where, f"attempt {attempt}" if attempt else "") if part)
