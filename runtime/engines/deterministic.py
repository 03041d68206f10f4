"""A request in; an answer that is a pure function of it out, in the form the request demands. For tests and dry runs.

It can be slow, it can fail, and it can answer out of form, each on demand and each the same way every time.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from random import Random

from runtime.engines.labels import judgement
from runtime.engines.patterns import UnsupportedPattern, parse
from runtime.engines.protocol import (
    About,
    Answer,
    Capabilities,
    Constraint,
    EngineRejected,
    EngineUnavailable,
    Finish,
    Request,
)
from runtime.engines.samples import UnsupportedSchema, of_pattern, of_schema, prose

CHARACTERS_PER_TOKEN = 4


@dataclass
class DeterministicEngine:
    """`delay` and `jitter` are seconds per call (the jitter drawn from the request). Calls are counted from 1: those
    in `unavailable_at` fail as a server that is down, and from `unavailable_from` on all do. `invalid_share` of the
    answers under a constraint break it. `respond` may answer instead, with a text or None for the usual answer.
    """

    name: str = "deterministic"
    revision: str = "1"
    concurrency: int = 64
    delay: float = 0.0
    jitter: float = 0.0
    unavailable_at: Collection[int] = ()
    unavailable_from: int | None = None
    invalid_share: float = 0.0
    respond: Callable[[Request], str | None] | None = None
    capabilities: Capabilities = field(
        default_factory=lambda: Capabilities(
            json_schema=True,
            regex=True,
            choice=True,
            seed=True,
            logprobs=True,
            prefill=True,
            tokenize=True,
            reward=True,
        )
    )
    calls: int = field(default=0, init=False)

    @property
    def identity(self) -> str:
        """With what changes answers: engines that answer otherwise share no stored ones."""
        broken = f"+{self.invalid_share:g} invalid" if self.invalid_share else ""
        return f"deterministic:{self.revision}{broken}"

    async def complete(self, request: Request) -> Answer:
        self.calls += 1
        self._fail_on_demand(self.calls)
        random = Random(int.from_bytes(request.digest, "big"))
        if (pause := self._pause(request)) > 0:
            await asyncio.sleep(pause)
        if request.reward:
            tokens = self.count_tokens(self.render(request))
            return Answer(text=repr(random.gauss(0, 2)), prompt_tokens=tokens, repeatable=True)
        return self._judge(request, random) if request.labels else self._write(request, random)

    def _pause(self, request: Request) -> float:
        """Drawn apart from the answer, which must not depend on whether there is any jitter."""
        return self.delay + self.jitter * Random(request.digest[::-1]).random() if self.jitter else self.delay

    def _fail_on_demand(self, call: int) -> None:
        down = self.unavailable_from is not None and call >= self.unavailable_from
        if down or call in self.unavailable_at:
            raise EngineUnavailable(self.name, f"call {call} was told to fail: 503 service unavailable")

    def _judge(self, request: Request, random: Random) -> Answer:
        mass = 0.5 + random.random() / 2
        weights = [random.random() + 1e-9 for _ in request.labels]
        logprobs = {
            label: math.log(mass * weight / sum(weights)) for label, weight in zip(request.labels, weights, strict=True)
        }
        return judgement(logprobs, prompt_tokens=self.count_tokens(self.render(request)), repeatable=True)

    def _write(self, request: Request, random: Random) -> Answer:
        text = self.respond(request) if self.respond else None
        if text is None:
            text = self._formed(request.constraint, random)
        text, finish = _cut(text, request)
        return Answer(
            text=text,
            finish=finish,
            prompt_tokens=self.count_tokens(self.render(request)),
            completion_tokens=self.count_tokens(text),
            logprob=-0.05 - 2 * random.random(),
            repeatable=True,
        )

    def _formed(self, constraint: Constraint | None, random: Random) -> str:
        if constraint is None or (self.invalid_share and random.random() < self.invalid_share):
            return prose(random)
        try:
            return _constrained(constraint, random)
        except (UnsupportedPattern, UnsupportedSchema, ValueError) as error:
            raise EngineRejected(self.name, f"{constraint.kind}: {error}") from error

    def render(self, request: Request) -> str:
        if request.raw:
            return "".join(m.content for m in request.messages) + request.prefill
        turns = [f"<{m.role}>\n{m.content}\n" for m in request.messages]
        return "".join(turns) + f"<{request.open_role}>\n{request.prefill}"

    def count_tokens(self, text: str) -> int:
        return -(-len(text) // CHARACTERS_PER_TOKEN)

    async def about(self) -> About:
        return About("deterministic", self.revision, self.identity, "none", self.capabilities.seed)

    async def close(self) -> None:
        """Nothing is held."""


def _constrained(constraint: Constraint, random: Random) -> str:
    if constraint.kind == "regex":
        return of_pattern(random, parse(constraint.source))
    if constraint.kind == "choice":
        choices: list[str] = json.loads(constraint.source)
        return choices[int(random.random() * len(choices))]
    if constraint.kind == "json_schema":
        return json.dumps(of_schema(random, json.loads(constraint.source)), ensure_ascii=False)
    raise UnsupportedSchema("no text is made from a grammar")


def _cut(text: str, request: Request) -> tuple[str, Finish]:
    """`text` up to the first stop string, and no longer than the tokens allowed."""
    for stop in request.sampling.stop:
        text = text.split(stop, 1)[0] if stop else text
    limit = request.sampling.max_tokens * CHARACTERS_PER_TOKEN
    return (text, "stop") if len(text) <= limit else (text[:limit], "length")
