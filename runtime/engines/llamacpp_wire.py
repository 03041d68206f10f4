"""A request in; the dictionary that llama.cpp reads out. And its chunks in; an answer out. No model is touched here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from runtime.engines.labels import IMPOSSIBLE
from runtime.engines.patterns import UnsupportedPattern, decoder_text
from runtime.engines.protocol import (
    Answer,
    Constraint,
    EngineRejected,
    EngineUnavailable,
    Finish,
    Request,
    Sampling,
)
from runtime.engines.schemas import InvalidSchema, decodable
from runtime.engines.seeds import folded

LABEL_CANDIDATES = 64
"""How many of the likeliest next tokens are searched for labels."""

_SPACING = {"item_separator": ", ", "key_separator": ": ", "whitespace_flexible": False}


def sampled(request: Request, name: str) -> dict[str, Any]:
    """The settings of an ordinary call; raises `EngineRejected` for a constraint llama.cpp would drop in silence."""
    grammar = _grammar(request.constraint, name)
    return _sampling(request.sampling, request.seed) | ({"grammar": grammar} if grammar else {})


def _sampling(s: Sampling, seed: int) -> dict[str, Any]:
    return {
        "max_tokens": s.max_tokens,
        "temperature": s.temperature,
        "top_p": s.top_p,
        "top_k": s.top_k,
        "min_p": s.min_p,
        "stop": list(s.stop),
        "frequency_penalty": s.frequency_penalty,
        "presence_penalty": s.presence_penalty,
        "repeat_penalty": s.repetition_penalty,
        "seed": seed_of(seed),
        "n_probs": 1,
    }


def seed_of(seed: int) -> int:
    """64 bits onto llama.cpp's 32, of which the last value means "at random"."""
    return folded(seed, 32) % 0xFFFFFFFF


def judged() -> dict[str, Any]:
    """The settings of a one-token judgement."""
    return {"max_tokens": 1, "temperature": 0.0, "n_probs": LABEL_CANDIDATES}


def forced(label: str) -> dict[str, Any]:
    """The settings that make the model write `label`, to read what it thinks of each token of it."""
    tokens = len(label.encode()) + 1
    return {"max_tokens": tokens, "temperature": 0.0, "n_probs": 1, "grammar": f"root ::= {_quoted(label)}"}


def _grammar(constraint: Constraint | None, name: str) -> str | None:
    if constraint is None:
        return None
    try:
        return _WRITERS[constraint.kind](constraint.source)
    except (UnsupportedPattern, InvalidSchema, ValueError) as error:
        raise EngineRejected(name, f"{constraint.kind}: {error}") from error


def _schema_grammar(source: str) -> str:
    schema = decodable(source).schema
    spaced = {"x-guidance": _SPACING, **schema} if isinstance(schema, dict) else schema
    return f"%llguidance {{}}\nstart: %json {json.dumps(spaced)}"


def _regex_grammar(source: str) -> str:
    return f"%llguidance {{}}\nstart: /{decoder_text(source)}/"


def _choice_grammar(source: str) -> str:
    return "root ::= " + " | ".join(_quoted(choice) for choice in json.loads(source))


_WRITERS: dict[str, Callable[[str], str]] = {
    "json_schema": _schema_grammar,
    "regex": _regex_grammar,
    "choice": _choice_grammar,
    "grammar": lambda source: source,
}


def _quoted(text: str) -> str:
    """`text` as a literal of llama.cpp's grammar."""
    return '"' + re.sub(r'["\\\x00-\x1f]', lambda m: f"\\x{ord(m[0]):02x}", text) + '"'


@dataclass
class Received:
    """What has come of a streamed answer. Callable, as llama.cpp's callback: true asks it to stop."""

    name: str
    cancelled: bool = False
    text: list[str] = field(default_factory=list)
    tokens: list[dict[str, Any]] = field(default_factory=list)
    finish: Finish | None = None
    usage: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] | None = None

    def __call__(self, chunk: dict[str, Any]) -> bool:
        if "error" in chunk:
            self.error = chunk["error"]
            return True
        for choice in chunk.get("choices", ()):
            self.text.append(choice.get("text") or "")
            self.tokens += (choice.get("logprobs") or {}).get("content") or []
            if choice.get("finish_reason"):
                self.finish = "length" if choice["finish_reason"] == "length" else "stop"
        self.usage = chunk.get("usage") or self.usage
        return self.cancelled

    def check(self) -> None:
        """Raises what went wrong: an error that was sent, or an answer that never ended."""
        if self.error is not None:
            refused = 400 <= int(self.error.get("code", 500)) < 500
            raise (EngineRejected if refused else EngineUnavailable)(self.name, str(self.error.get("message")))
        if self.finish is None:
            raise EngineUnavailable(self.name, "the answer was cut off")

    def answer(self) -> Answer:
        logprobs = [_logprob(token) for token in self.tokens]
        return Answer(
            text="".join(self.text),
            finish=self.finish or "length",
            prompt_tokens=self.usage.get("prompt_tokens", 0),
            completion_tokens=self.usage.get("completion_tokens", len(self.tokens)),
            cached_tokens=(self.usage.get("prompt_tokens_details") or {}).get("cached_tokens", 0),
            logprob=sum(logprobs) / len(logprobs) if logprobs else None,
        )

    def candidates(self) -> dict[str, float]:
        """The likeliest first tokens and their log-probabilities; of equal texts the likelier."""
        found: dict[str, float] = {}
        for token in self.tokens[0]["top_logprobs"] if self.tokens else ():
            found.setdefault(token["token"], _logprob(token))
        return found

    def forced_logprob(self, label: str) -> float:
        """The log-probability of the tokens that spell `label`, the end of the turn left out."""
        total, spelt = 0.0, ""
        for token in self.tokens:
            if spelt == label:
                break
            spelt += token["token"]
            total += _logprob(token)
        return total


def _logprob(token: dict[str, Any]) -> float:
    """A token that only the grammar could force has probability zero, and no number."""
    value = token["logprob"]
    return IMPOSSIBLE if value is None else max(float(value), IMPOSSIBLE)
