"""What a model is asked (`Request`) in; what it answered (`Answer`) out; `Engine` is whoever does it.

Everything here is plain data with a canonical form: a request's digest is the key under which its answer is stored.
What is made for each call (`Message`, `Request`, `Answer`) nobody changes; it is not frozen because that takes time.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, Protocol, runtime_checkable

import orjson

Role = Literal["system", "user", "assistant"]
OpenRole = Literal["assistant", "user"]
ConstraintKind = Literal["json_schema", "regex", "choice", "grammar"]
Finish = Literal["stop", "length"]
_EMPTY = hashlib.blake2b(digest_size=16)
"""Copied for each digest: to set one up takes as long as to hash a prompt."""


class EngineError(Exception):
    """The root of what an engine raises::

    EngineError
    ├── EngineUnavailable   the world's fault: time-outs, 503, lost connections. Stops the build, which resumes later
    └── EngineRejected      the request's fault: a bad schema, a prompt longer than the context. Asking again is useless
    """

    def __init__(self, engine: str, message: str) -> None:
        super().__init__(f"{engine}: {message}")
        self.engine = engine
        self.message = message


class EngineUnavailable(EngineError):
    """The engine did not answer; nothing is known about the request. Never costs a row."""


class EngineRejected(EngineError):
    """The engine understood the request and refuses it. `code` and `way_out` go into the diagnostic."""

    def __init__(self, engine: str, message: str, *, code: str = "E0905", way_out: str | None = None) -> None:
        super().__init__(engine, message)
        self.code, self.way_out = code, way_out


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine does by itself. What is missing is lowered or refused by `lower`, never skipped.

    `seed` says that an answer is the same when it is asked for again. `batch` that it is `Batching`, `warm` that it is
    `Warming`; `embed` that it is `Embedding`. `raw` says that it takes plain text (`@raw`), and `sampling` which
    settings it knows beyond those that all engines do.
    """

    json_schema: bool = False
    regex: bool = False
    choice: bool = False
    grammar: bool = False
    seed: bool = False
    logprobs: bool = False
    prefill: bool = False
    tokenize: bool = False
    prefix_cache: bool = False
    reward: bool = False
    batch: bool = False
    warm: bool = False
    embed: bool = False
    raw: bool = True
    sampling: tuple[str, ...] = ("top_k", "min_p", "repetition_penalty")


@dataclass(slots=True, unsafe_hash=True)
class Message:
    role: Role
    content: str


@dataclass(frozen=True)
class Sampling:
    """How tokens are chosen. `top_k` 0 and `min_p` 0 are off; a repetition penalty of 1 is none."""

    temperature: float = 0.7
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    max_tokens: int = 512
    stop: tuple[str, ...] = ()
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    repetition_penalty: float = 1.0

    @cached_property
    def determinants(self) -> bytes:
        """Its part of a request's key, as it stands between commas."""
        numbers = [float(self.temperature), float(self.top_p), self.top_k, float(self.min_p), self.max_tokens]
        penalties = [float(self.frequency_penalty), float(self.presence_penalty), float(self.repetition_penalty)]
        return orjson.dumps([numbers, list(self.stop), penalties])[1:-1]


@dataclass(frozen=True)
class Constraint:
    """A form that the answer has. `source` of a choice is a JSON list of strings, of a schema its JSON text.

    A schema's `properties` are decoded in the order in which they stand, so its source is not sorted by key.
    Patterns are Python's, matched against the whole answer.
    """

    kind: ConstraintKind
    source: str

    @cached_property
    def determinants(self) -> bytes:
        """Its part of a request's key."""
        return orjson.dumps([self.kind, self.source])


@dataclass(slots=True, unsafe_hash=True)
class Request:
    """One call. `model` is the identity of the weights. With `labels` it is a one-token judgement at temperature 0:
    the answer carries the log-probability of each label, and sampling and constraint play no part. With `reward` a
    reward model scores the messages as they stand, with no turn left open, and nothing else plays a part.

    `open_role` is whose turn the model continues, after `prefill`. `raw` leaves the chat template out: the prompt is
    the messages' contents and the prefill, joined.
    """

    model: str
    messages: tuple[Message, ...]
    open_role: OpenRole = "assistant"
    prefill: str = ""
    raw: bool = False
    sampling: Sampling = Sampling()
    constraint: Constraint | None = None
    seed: int = 0
    labels: tuple[str, ...] = ()
    reward: bool = False
    _digest: bytes | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def digest(self) -> bytes:
        """16 bytes over what determines the answer. Greedy calls leave the seed out: they answer alike under any."""
        if self._digest is None:
            state = _EMPTY.copy()
            state.update(self._determinants())
            self._digest = state.digest()
        return self._digest

    def _determinants(self) -> bytes:
        """A JSON list, put together from parts of which all but the prompt and the seed are written once for many."""
        messages = [[message.role, message.content] for message in self.messages]
        prompt = orjson.dumps([self.model, messages, self.open_role, self.prefill, self.raw])[:-1]
        if self.reward:
            return prompt + b',"reward"]'
        if self.labels:
            return b"%b,%b]" % (prompt, orjson.dumps(self.labels))
        constraint = self.constraint.determinants if self.constraint else b"null"
        seed = self.seed if self.sampling.temperature > 0 else 0
        return b"%b,%b,%b,%d]" % (prompt, self.sampling.determinants, constraint, seed)


@dataclass(slots=True)
class Answer:
    """What came back. `text` leaves the prefill out; of a reward model it is the score.

    `logprob` is the mean per token, before any constraint.
    `labels` maps each label to the log-probability of its spellings, and `label_mass` is what they sum to as
    probabilities: little mass means that the prompt does not ask for these labels. `cached_tokens` varies from run to
    run and is never committed. `reasoning` is what the model thought aloud before the text, where the engine says it.
    `repeatable` says that the same engine, asked again, gives this text again; of any other answer only a record does.
    """

    text: str
    finish: Finish = "stop"
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    logprob: float | None = None
    labels: Mapping[str, float] = field(default_factory=dict)
    label_mass: float | None = None
    reasoning: str | None = None
    repeatable: bool = False

    def probability(self, label: str) -> float:
        """The probability of `label` among the labels that were asked about."""
        top = max(self.labels.values())
        weights = {name: math.exp(value - top) for name, value in self.labels.items()}
        return weights[label] / sum(weights.values())

    @property
    def score(self) -> float:
        """What a reward model gave."""
        return float(self.text)

    def to_json(self) -> bytes:
        """Canonical JSON, as the journal stores it."""
        return orjson.dumps(
            {
                "text": self.text,
                "finish": self.finish,
                "prompt_tokens": self.prompt_tokens,
                "completion_tokens": self.completion_tokens,
                "cached_tokens": self.cached_tokens,
                "logprob": self.logprob,
                "labels": dict(self.labels),
                "label_mass": self.label_mass,
                **({} if self.reasoning is None else {"reasoning": self.reasoning}),
                **({"repeatable": True} if self.repeatable else {}),
            },
            option=orjson.OPT_SORT_KEYS,
        )

    @classmethod
    def from_json(cls, data: bytes) -> Answer:
        return cls(**orjson.loads(data))


@dataclass(frozen=True, slots=True)
class About:
    """What an engine says of itself. `kind` is as in synth.toml, `version` of the software, `model` as it names it.

    `device` is what computes: `cpu`, `cuda`, `none`. `deterministic` says that it keeps seeds. `context` is how many
    tokens a prompt and its answer may have together, where it is known. `details` are further words, by name.
    """

    kind: str
    version: str
    model: str
    device: str
    deterministic: bool
    context: int | None = None
    details: Mapping[str, str] = field(default_factory=dict)


class Engine(Protocol):
    """Someone who answers requests. `concurrency` is how many calls it wants in flight now: a server that is busy
    wants fewer for a while."""

    @property
    def name(self) -> str: ...

    @property
    def identity(self) -> str:
        """Digest of the weights or the declared revision: the `model` of requests."""
        ...

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def concurrency(self) -> int: ...

    async def complete(self, request: Request) -> Answer:
        """Answers, or raises `EngineUnavailable` or `EngineRejected`."""
        ...

    def render(self, request: Request) -> str:
        """The prompt as the model sees it: the chat template applied, the open turn at its end."""
        ...

    def count_tokens(self, text: str) -> int: ...

    async def about(self) -> About:
        """What it is, as far as it knows; raises `EngineUnavailable` when whoever would know does not answer."""
        ...

    async def close(self) -> None: ...


class Batching(Engine, Protocol):
    """An engine with `capabilities.batch`."""

    async def complete_all(self, requests: Sequence[Request]) -> list[Answer]:
        """The answers of requests that differ in nothing but their seeds, in one exchange; raises as `complete`."""
        ...


class Warming(Engine, Protocol):
    """An engine with `capabilities.warm`."""

    async def warm(self, request: Request) -> None:
        """Computes the prompt of `request` and writes nothing, so that prompts which begin alike find that computed."""
        ...


class Embedding(Engine, Protocol):
    """An engine with `capabilities.embed`."""

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A vector for each text, all of one length; raises as `complete`."""
        ...


class Completer(Protocol):
    """The least that a program needs of an engine; a journal in front of one is a completer too."""

    async def complete(self, request: Request) -> Answer: ...


@runtime_checkable
class Promising(Completer, Protocol):
    """A completer with a shorter way than a coroutine, for code that the event loop drives."""

    def promised(self, request: Request) -> Awaitable[Answer]: ...
