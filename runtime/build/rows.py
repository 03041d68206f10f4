"""A rejected outcome or a trace event in; its row, and its key, in the committed tables out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compiler.functions.plain import plain
from runtime.program.outcome import Rejected
from runtime.program.trace import Event
from runtime.tables.keys import Key


def rejected_row(outcome: Rejected) -> dict[str, Any]:
    return {
        "statement": outcome.step,
        "reason": outcome.reason,
        "names": list(outcome.names),
        "values": plain(outcome.values),
        "duplicate_of": outcome.partner,
    }


def call_key(key: Key, event: Event) -> Key:
    return (*key, event.cell, event.round, event.element, event.sample, event.attempt)


def call_row(printed: str, event: Event, named: Callable[[Any], Any] = lambda value: value) -> dict[str, Any]:
    """`printed` is the row's key; the seed is text, for it has 64 bits without a sign. `named` keeps long texts."""
    return {
        "row": printed,
        "cell": event.cell,
        "kind": event.kind,
        "round": event.round,
        "element": event.element,
        "sample": event.sample,
        "attempt": event.attempt,
        "value": plain(event.value),
        "error": event.error,
        "prompt": event.prompt,
        "arguments": None if event.arguments is None else named(plain(event.arguments)),
        "role": event.role,
        "model": event.model,
        "text": event.text,
        "finish": event.finish,
        "seed": None if event.seed is None else str(event.seed),
        "logprob": event.logprob,
        "reasoning": event.reasoning,
        "labels": None if event.labels is None else dict(event.labels),
        "p": event.p,
        "prompt_tokens": event.prompt_tokens,
        "completion_tokens": event.completion_tokens,
        "repeatable": event.repeatable,
        "call": event.call,
    }
