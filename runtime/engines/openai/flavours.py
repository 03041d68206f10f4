"""The name of a flavour in; what its servers can do, and what they call it, out. One table, read by everything here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from runtime.engines.openai import constraints
from runtime.engines.openai.constraints import Writer
from runtime.engines.protocol import Capabilities

FORMS = ("json_schema", "regex", "choice", "grammar")
_REPEATED = {"top_k": "top_k", "min_p": "min_p", "repetition_penalty": "repetition_penalty"}
CONTINUES: Mapping[str, Any] = {"add_generation_prompt": False, "continue_final_message": True}


@dataclass(frozen=True, slots=True)
class Flavour:
    """`logprobs` is how many of the likeliest tokens a request may ask for; 0 is none.

    writers    how each form of answer is asked for; a form without a writer is one it does not do
    own        settings beyond OpenAI's own, ours → theirs; one that is not here cannot be said
    explicit   whether the server has defaults of its own for sampling, so that everything must be said
    continues  what makes the last message an opened turn; None where none can be opened
    echoes     whether an answer begins with the turn's own beginning
    tools      whose routes it has beside OpenAI's: to count tokens and to apply the model's template
    forces     whether log-probabilities are those before a constraint, so that a forced answer can be scored
    concurrency  calls in flight where nothing is said: llama.cpp has few slots, and a thread for each connection
    """

    name: str
    logprobs: int = 0
    writers: Mapping[str, Writer] = field(default_factory=lambda: constraints.PLAIN)
    own: Mapping[str, str] = field(default_factory=dict)
    max_tokens: str = "max_tokens"
    stops: int = 32
    explicit: bool = False
    completions: bool = True
    continues: Mapping[str, Any] | None = None
    echoes: bool = False
    tools: Literal["vllm", "llamacpp", "sglang"] | None = None
    forces: bool = False
    prefix_cache: bool = False
    concurrency: int = 16

    @property
    def can(self) -> Capabilities:
        """What its servers do when nothing else is declared."""
        return Capabilities(
            **{form: form in self.writers for form in FORMS},
            logprobs=self.logprobs > 0,
            prefill=self.continues is not None,
            tokenize=self.tools is not None,
            prefix_cache=self.prefix_cache,
            raw=self.completions,
            sampling=tuple(self.own),
        )


_ALL = (
    Flavour("plain"),
    Flavour(
        "openai",
        logprobs=20,
        writers=constraints.STRICT,
        max_tokens="max_completion_tokens",
        stops=4,
        completions=False,
        prefix_cache=True,
        concurrency=32,
    ),
    Flavour(
        "vllm",
        logprobs=20,
        writers=constraints.VLLM,
        own=_REPEATED,
        explicit=True,
        continues=CONTINUES,
        tools="vllm",
        forces=True,
        prefix_cache=True,
        concurrency=128,
    ),
    Flavour(
        "llamacpp",
        logprobs=64,
        writers=constraints.LLAMACPP,
        own={"top_k": "top_k", "min_p": "min_p", "repetition_penalty": "repeat_penalty"},
        explicit=True,
        continues={},
        echoes=True,
        tools="llamacpp",
        forces=True,
        prefix_cache=True,
        concurrency=4,
    ),
    Flavour(
        "sglang",
        logprobs=40,
        writers=constraints.SGLANG,
        own=_REPEATED,
        explicit=True,
        continues={"continue_final_message": True},
        tools="sglang",
        prefix_cache=True,
        concurrency=128,
    ),
)
FLAVOURS: Mapping[str, Flavour] = {flavour.name: flavour for flavour in _ALL}
"""By name, the default first."""
