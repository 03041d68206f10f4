"""A request in; the JSON that a server of the API reads, out. And its JSON in; an answer out. No server is touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runtime.engines.labels import IMPOSSIBLE
from runtime.engines.openai.constraints import Fields, fields_of, strict_value
from runtime.engines.openai.flavours import Flavour
from runtime.engines.patterns import UnsupportedPattern
from runtime.engines.protocol import Answer, Constraint, EngineRejected, EngineUnavailable, Request, Sampling
from runtime.engines.schemas import InvalidSchema
from runtime.engines.seeds import folded

CHAT, TEXT = "/chat/completions", "/completions"
_SPOKEN = ("top_p", "frequency_penalty", "presence_penalty")
_UNSAID = Sampling()
_NOTHING: Mapping[str, Any] = {}


@dataclass(slots=True)
class Sent:
    """Where a prompt goes, and as what: messages to `/chat/completions`, or a text to `/completions`.

    `echo` is what the answer begins with on servers that repeat the turn's beginning.
    """

    path: str
    prompt: Fields
    echo: str = ""


def sampled(request: Request, flavour: Flavour, name: str) -> Fields:
    """The settings of an ordinary call; raises `EngineRejected` for what the flavour has no words for."""
    s = request.sampling
    if len(s.stop) > flavour.stops:
        raise EngineRejected(name, f"{len(s.stop)} stop strings, where this server takes at most {flavour.stops}")
    fields: Fields = {flavour.max_tokens: s.max_tokens, "temperature": s.temperature}
    fields |= {key: getattr(s, key) for key in _SPOKEN if flavour.explicit or getattr(s, key) != getattr(_UNSAID, key)}
    fields |= _own(s, flavour, name)
    if s.stop:
        fields["stop"] = list(s.stop)
    if s.temperature > 0:
        fields["seed"] = folded(request.seed)
    return fields | (constrained(request.constraint, flavour, name) if request.constraint else {})


def _own(s: Sampling, flavour: Flavour, name: str) -> Fields:
    fields = {}
    for key in ("top_k", "min_p", "repetition_penalty"):
        value, unset = getattr(s, key), getattr(s, key) == getattr(_UNSAID, key)
        if key in flavour.own:
            fields[flavour.own[key]] = -1 if key == "top_k" and unset and flavour.tools != "llamacpp" else value
        elif not unset:
            raise EngineRejected(name, f"servers of flavour `{flavour.name}` know no `{key}`")
    return fields


def constrained(constraint: Constraint, flavour: Flavour, name: str) -> Fields:
    """The fields that hold an answer to its form."""
    try:
        return fields_of(constraint, flavour.writers)
    except KeyError:
        kind = constraint.kind.replace("_", " ")
        raise EngineRejected(name, f"servers of flavour `{flavour.name}` do not decode under a {kind}") from None
    except (InvalidSchema, UnsupportedPattern, ValueError) as error:
        raise EngineRejected(name, f"{constraint.kind}: {error}") from error


def asks_logprobs(path: str, count: int) -> Fields:
    """Asks for the log-probability of each token, and of the `count` likeliest in its place."""
    if path == TEXT:
        return {"logprobs": max(count, 1)}
    return {"logprobs": True, "top_logprobs": count} if count else {"logprobs": True}


def judged(flavour: Flavour) -> Fields:
    """The settings of a one-token judgement."""
    return {flavour.max_tokens: 1, "temperature": 0.0}


def forced(label: str, flavour: Flavour) -> Fields:
    """The settings that make the model write `label`, to read what it thinks of each token of it."""
    return {flavour.max_tokens: len(label.encode()) + 1, "temperature": 0.0}


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    logprob: float
    likeliest: Mapping[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Received:
    """An answer, and its tokens where the server told them."""

    answer: Answer
    tokens: tuple[Token, ...]
    fingerprint: str = ""

    def candidates(self) -> dict[str, float]:
        """The likeliest first tokens; of equal texts the likelier."""
        return dict(self.tokens[0].likeliest) if self.tokens else {}

    def spelt(self, label: str) -> float:
        """The log-probability of the tokens that spell `label`, the end of the turn left out."""
        total, text = 0.0, ""
        for token in self.tokens:
            if text == label:
                break
            text += token.text
            total += token.logprob
        return total


def received(data: Any, request: Request, sent: Sent, flavour: Flavour, name: str, repeatable: bool) -> Received:
    """What a server sent; raises `EngineUnavailable` for what is no answer: something else may have its port."""
    try:
        choice, usage = data["choices"][0], data.get("usage") or _NOTHING
        told = choice.get("logprobs")
        tokens = tuple(_tokens(told)) if told else ()
        answer = Answer(
            _text(choice, request, sent, flavour),
            "length" if choice.get("finish_reason") == "length" else "stop",
            int(usage.get("prompt_tokens") or 0),
            int(usage.get("completion_tokens") or len(tokens)),
            int((usage.get("prompt_tokens_details") or _NOTHING).get("cached_tokens") or 0),
            _mean(tokens) if tokens else None,
            reasoning=_reasoning(choice),
            repeatable=repeatable,
        )
        return Received(answer, tokens, str(data.get("system_fingerprint") or ""))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise EngineUnavailable(name, f"{str(data)[:200]!r} is no answer of {sent.path}") from error


def _mean(tokens: Sequence[Token]) -> float:
    return min(sum([token.logprob for token in tokens]) / len(tokens), 0.0)


def _text(choice: Any, request: Request, sent: Sent, flavour: Flavour) -> str:
    """A refusal (OpenAI's `refusal`) is what the model said, and its type's check has the last word on it."""
    if sent.path == TEXT:
        text = choice["text"]
    else:
        message = choice["message"]
        text = message.get("content") or message.get("refusal") or ""
    if not isinstance(text, str):
        raise TypeError("an answer is a text")
    text = text.removeprefix(sent.echo) if sent.echo else text
    constraint = request.constraint
    strictly = flavour.name == "openai" and constraint is not None and constraint.kind == "json_schema"
    return strict_value(constraint.source, text) if strictly and constraint else text


def _reasoning(choice: Any) -> str | None:
    message = choice.get("message") or _NOTHING
    return message.get("reasoning_content") or message.get("reasoning") or None


def _tokens(told: Any) -> list[Token]:
    """As chats tell them (a list of objects) and as completions do (lists side by side)."""
    if not told:
        return []
    if told.get("content") is not None:
        return [Token(one["token"], _number(one["logprob"]), _likeliest(one)) for one in told["content"]]
    texts, numbers = told.get("tokens") or (), told.get("token_logprobs") or ()
    tops = told.get("top_logprobs") or [{}] * len(texts)
    return [Token(t, _number(n), top or {}) for t, n, top in zip(texts, numbers, tops, strict=False)]


def _likeliest(one: Any) -> dict[str, float]:
    found: dict[str, float] = {}
    for other in one.get("top_logprobs") or ():
        found.setdefault(other["token"], _number(other["logprob"]))
    return found


def _number(value: Any) -> float:
    """A token that only a constraint could force has probability zero, and perhaps no number."""
    return IMPOSSIBLE if value is None else max(float(value), IMPOSSIBLE)
