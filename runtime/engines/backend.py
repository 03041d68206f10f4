"""An SGLang program's `gen` and `select` in; a request to any engine, and its text and details back, out.

For programs that SGLang's own interpreter runs, by hand say. What belongs to one call alone (its seed, its constraint)
travels in the program's argument `call`; a program that is run by hand leaves it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sglang.global_config import global_config
from sglang.lang.backend.base_backend import BaseBackend
from sglang.lang.chat_template import ChatTemplate
from sglang.lang.choices import ChoicesDecision
from sglang.lang.ir import SglSamplingParams

from runtime.engines.asking import Backend, Call, Said
from runtime.engines.protocol import Answer, Completer, Constraint, Engine, Message, Sampling

__all__ = ["Call", "SglBackend", "constraint_of", "details", "sampling_of"]

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

_PASS_THROUGH = ChatTemplate(name="synth", default_system_prompt=None, role_prefix_and_suffix={})


class SglBackend(Backend, BaseBackend):  # type: ignore[misc]
    """Any engine, as a backend of SGLang's frontend."""

    def __init__(self, engine: Engine, completer: Completer | None = None) -> None:
        BaseBackend.__init__(self)
        Backend.__init__(self, engine, completer)
        self.chat_template = _PASS_THROUGH
        self.is_chat_model = False

    def get_model_name(self) -> str:
        return self.engine.identity

    def generate(self, s: Any, sampling_params: Any) -> tuple[str, dict[str, Any]]:
        """The text that continues `s`, and its details; raises the engine's errors as they are."""
        call = _call_of(s)
        text = self.continued(call, _said_of(s), sampling_of(sampling_params), constraint_of(sampling_params))
        assert call.answer is not None
        return text, details(call.answer)

    def select(self, s: Any, choices: list[str], temperature: float, choices_method: Any = None) -> Any:
        """The likeliest of `choices` as the next word, with the log-probability of each in the details."""
        answer = self.chosen(_call_of(s), _said_of(s), choices)
        return ChoicesDecision(decision=answer.text, meta_info=details(answer))


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


def constraint_of(params: Any) -> Constraint | None:
    if params.json_schema is not None:
        return Constraint("json_schema", params.json_schema)
    return Constraint("regex", params.regex) if params.regex is not None else None


_DEFAULTS: dict[str, Any] = {one.name: one.default for one in fields(SglSamplingParams)}


def sampling_of(params: Any) -> Sampling:
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
