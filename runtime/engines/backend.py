"""An SGLang program's `gen` and `select` in; a request to any engine, and its text and details back, out.

The frontend's own chat templates are not used: what a program said so far becomes messages, the open turn becomes the
prefill, and the engine applies the model's own template. What belongs to one call alone (its seed, its constraint)
travels in the program's argument `call`; a program that is run by hand leaves it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from sglang.global_config import global_config
from sglang.lang.backend.base_backend import BaseBackend
from sglang.lang.chat_template import ChatTemplate
from sglang.lang.choices import ChoicesDecision
from sglang.lang.ir import SglSamplingParams

from compiler.functions.tokens import Cutter
from dsl.diagnostics import SynthError
from runtime.bridge import await_
from runtime.engines.lower import Lowered, lacking, lower
from runtime.engines.protocol import Answer, Completer, Constraint, Engine, Message, OpenRole, Request, Sampling

# Tracing runs a program once with dummies in the place of its arguments, and any mistake in that loses the batch.
global_config.enable_precache_with_tracing = False


def _copied(params: SglSamplingParams, memo: object) -> SglSamplingParams:
    clone = object.__new__(SglSamplingParams)
    clone.__dict__.update(params.__dict__)
    if isinstance(clone.stop, list):
        clone.stop = list(clone.stop)
    return clone


# The frontend copies these deeply for every `gen`, which would be a third of a program's own time.
SglSamplingParams.__deepcopy__ = _copied

_UNUSED = Sampling()
KEPT = 1 << 10
"""Constraints that are remembered as an engine takes them: a schema may be another one for each row."""
_PASS_THROUGH = ChatTemplate(name="synth", default_system_prompt=None, role_prefix_and_suffix={})


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


class SglBackend(BaseBackend):  # type: ignore[misc]
    """Any engine, as a backend of SGLang's frontend. `completer` answers in its place: say, through a journal."""

    def __init__(self, engine: Engine, completer: Completer | None = None) -> None:
        super().__init__()
        self.chat_template = _PASS_THROUGH
        self.is_chat_model = False
        self.engine = engine
        self.completer: Completer = completer or engine
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

    def get_model_name(self) -> str:
        return self.engine.identity

    def generate(self, s: Any, sampling_params: Any) -> tuple[str, dict[str, Any]]:
        """The text that continues `s`, and its details; raises the engine's errors as they are."""
        call = _call_of(s)
        text = self.continued(call, _said_of(s), sampling_params)
        assert call.answer is not None
        return text, details(call.answer)

    def select(self, s: Any, choices: list[str], temperature: float, choices_method: Any = None) -> Any:
        """The likeliest of `choices` as the next word, with the log-probability of each in the details."""
        answer = self.chosen(_call_of(s), _said_of(s), choices)
        return ChoicesDecision(decision=answer.text, meta_info=details(answer))

    def continued(self, call: Call, said: Said, params: Any) -> str:
        """The text that continues what was said. `params` are what `gen` says, for a call that leaves them to it."""
        if call.labels:
            return self._complete(call, self._request(said, call, labels=call.labels)).text
        lowered = self._lower(call.constraint or _constraint_of(params))
        sampling = call.sampling or _sampling_of(params)
        request = self._request(said, call, sampling, lowered.constraint)
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
        answer = await_(self.completer.complete(request))
        call.answer, call.text = answer, answer.text
        return answer

    def read(self, answer: Answer, constraint: Constraint | None) -> str:
        """The text of an answer that was given to a call with this constraint before, as the program gets it."""
        return self._lower(constraint).read(answer.text)

    def _lower(self, constraint: Constraint | None) -> Lowered:
        found = self._lowered.get(constraint)
        if found is None:
            if len(self._lowered) >= KEPT:
                self._lowered.clear()
            found = self._lowered[constraint] = lower(constraint, self.engine)
        return found


def details(answer: Answer) -> dict[str, Any]:
    """What `state.get_meta_info(name)` shows of an answer."""
    return {
        "finish_reason": answer.finish,
        "prompt_tokens": answer.prompt_tokens,
        "completion_tokens": answer.completion_tokens,
        "cached_tokens": answer.cached_tokens,
        "logprob": answer.logprob,
        "labels": dict(answer.labels),
        "label_mass": answer.label_mass,
    }


def _call_of(s: Any) -> Call:
    call = s.arguments.get("call")
    return call if isinstance(call, Call) else Call()


def _said_of(s: Any) -> Said:
    if s.cur_role is None:
        return Said((), None, s.text_)
    messages = tuple(Message(message["role"], message["content"]) for message in s.messages_)
    return Said(messages, s.cur_role, s.text_[s.cur_role_begin_pos :])


def _constraint_of(params: Any) -> Constraint | None:
    if params.json_schema is not None:
        return Constraint("json_schema", params.json_schema)
    return Constraint("regex", params.regex) if params.regex is not None else None


_DEFAULTS: dict[str, Any] = {one.name: one.default for one in fields(SglSamplingParams)}


def _sampling_of(params: Any) -> Sampling:
    """What a `gen` leaves out is as in SGLang's own `run`."""
    said = {name: default if (own := getattr(params, name)) is None else own for name, default in _DEFAULTS.items()}
    stop: str | Sequence[str] = said["stop"]
    return Sampling(
        temperature=said["temperature"],
        top_p=said["top_p"],
        top_k=max(said["top_k"], 0),
        min_p=said["min_p"],
        max_tokens=said["max_new_tokens"],
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
        frequency_penalty=said["frequency_penalty"],
        presence_penalty=said["presence_penalty"],
    )
