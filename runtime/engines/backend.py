"""An SGLang program's `gen` and `select` in; a request to any engine, and its text and details back, out.

The frontend's own chat templates are not used: what a program said so far becomes messages, the open turn becomes the
prefill, and the engine applies the model's own template. What belongs to one call alone (its seed, its constraint)
travels in the program's argument `call`; a program that is run by hand leaves it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
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
from runtime.engines.protocol import Answer, Completer, Constraint, Engine, Message, Request, Sampling

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
        if call.labels:
            answer = self._complete(call, self._request(s, call, labels=call.labels))
            return answer.text, details(answer)
        lowered = self._lower(call.constraint or _constraint_of(sampling_params))
        sampling = call.sampling or _sampling_of(sampling_params)
        request = self._request(s, call, sampling=sampling, constraint=lowered.constraint)
        answer = self._complete(call, request)
        call.text = lowered.read(answer.text)
        return call.text, details(answer)

    def select(self, s: Any, choices: list[str], temperature: float, choices_method: Any = None) -> Any:
        """The likeliest of `choices` as the next word, with the log-probability of each in the details."""
        call = _call_of(s)
        asked = () if call.reward else tuple(choices)
        answer = self._complete(call, self._request(s, call, labels=asked))
        return ChoicesDecision(decision=answer.text, meta_info=details(answer))

    def _request(
        self,
        s: Any,
        call: Call,
        *,
        sampling: Sampling = _UNUSED,
        constraint: Constraint | None = None,
        labels: tuple[str, ...] = (),
    ) -> Request:
        raw = s.cur_role is None
        request = Request(
            model=self.engine.identity,
            messages=() if raw else tuple(Message(m["role"], m["content"]) for m in s.messages_),
            open_role="assistant" if raw else s.cur_role,
            prefill=s.text_ if raw else s.text_[s.cur_role_begin_pos :],
            raw=raw,
            sampling=sampling,
            constraint=constraint,
            seed=call.seed,
            labels=labels,
            reward=call.reward,
        )
        call.request = request
        return request

    def _complete(self, call: Call, request: Request) -> Answer:
        answer = await_(self.completer.complete(request))
        call.answer, call.text = answer, answer.text
        return answer

    def _lower(self, constraint: Constraint | None) -> Lowered:
        found = self._lowered.get(constraint)
        if found is None:
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


def _constraint_of(params: Any) -> Constraint | None:
    if params.json_schema is not None:
        return Constraint("json_schema", params.json_schema)
    return Constraint("regex", params.regex) if params.regex is not None else None


def _sampling_of(params: Any) -> Sampling:
    stop: str | Sequence[str] = params.stop or ()
    return Sampling(
        temperature=params.temperature,
        top_p=params.top_p,
        top_k=max(params.top_k, 0),
        min_p=params.min_p,
        max_tokens=params.max_new_tokens,
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
        frequency_penalty=params.frequency_penalty,
        presence_penalty=params.presence_penalty,
    )
