"""Claims about several calls: own answers, samples in one body, warm prefixes, a call given up; scores and vectors."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import secrets
import time
from typing import TYPE_CHECKING, cast

from runtime.engines.check.subject import ENOUGH, Check, LackingAbility, Subject, expect, short
from runtime.engines.protocol import Constraint, EngineRejected, Message, Request, Sampling

if TYPE_CHECKING:
    from runtime.engines.protocol import Batching, Embedding, Warming

CALLS = 6
HOT = Sampling(temperature=1.5, max_tokens=12)
LONG = Sampling(temperature=0.8, max_tokens=400)
BACK = 1.0
"""Seconds after which a call that was given up must have come back."""


async def own_answers(at: Subject) -> str:
    """A form that allows one text alone tells whose answer it is."""
    asked = [at.request(sampling=ENOUGH, constraint=_only(at, f"number {number}")) for number in range(CALLS)]
    answers = [answer.text for answer in await at.together(*asked)]
    own = [f"number {number}" in answer for number, answer in enumerate(answers)]
    expect(all(own), ", ".join(answers)[:60])
    return f"{CALLS} of {CALLS} calls in flight"


def _only(at: Subject, text: str) -> Constraint:
    if at.can.choice:
        return Constraint("choice", json.dumps([text]))
    if at.can.regex:
        return Constraint("regex", text)
    if not at.can.json_schema:
        raise LackingAbility("without a form there is nothing to tell answers apart by")
    fields = {"it": {"type": "string", "enum": [text]}}
    schema = {"type": "object", "properties": fields, "required": ["it"], "additionalProperties": False}
    return Constraint("json_schema", json.dumps(schema))


async def samples(at: Subject) -> str:
    asked = [at.request(sampling=HOT, seed=seed) for seed in range(3)]
    answers = await cast("Batching", at.engine).complete_all(asked)
    expect(len(answers) == 3, f"{len(answers)} answers to 3 requests")
    expect(len({answer.text for answer in answers}) > 1, f"three times {short(answers[0].text)}")
    return f"{len({answer.text for answer in answers})} texts of 3"


async def prefix(at: Subject) -> str:
    """Two prompts that begin alike, and like no other that the server has seen."""
    first, second = _alike(at)
    await at.engine.complete(first)
    return _cached((await at.engine.complete(second)).cached_tokens, await _tokens(at, second))


async def warm(at: Subject) -> str:
    first, second = _alike(at)
    await cast("Warming", at.engine).warm(first)
    return _cached((await at.engine.complete(second)).cached_tokens, await _tokens(at, second))


def _alike(at: Subject) -> tuple[Request, Request]:
    page = f"Note {secrets.token_hex(8)}. " + "A lamp is a thing that gives light in a room. " * 12
    talks = [(Message("user", f"{page}\n{ask}"),) for ask in ("What is it?", "Where does it stand?")]
    sampling = Sampling(temperature=0.0, max_tokens=2)
    return at.request(messages=talks[0], sampling=sampling), at.request(messages=talks[1], sampling=sampling)


async def _tokens(at: Subject, request: Request) -> int:
    if not at.can.tokenize:
        return 0
    return await at.inside(at.engine.count_tokens, await at.inside(at.engine.render, request))


def _cached(cached: int, tokens: int) -> str:
    whole = f" of {tokens}" if tokens else ""
    expect(cached > 0, f"none{whole} of the tokens are told to come from the cache")
    return f"{cached}{whole} tokens from the cache"


async def given_up(at: Subject) -> str:
    """Coming back late would hold a slot of the build; a server that goes on writing holds one of its own."""
    call = asyncio.ensure_future(at.ask(sampling=LONG, seed=secrets.randbits(60)))
    await asyncio.sleep(0.3)
    begin = time.monotonic()
    call.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await call
    took = time.monotonic() - begin
    expect(took < BACK, f"it came back after {took:.1f} s")
    begin = time.monotonic()
    await at.ask(sampling=Sampling(max_tokens=2))
    return f"back after {took:.2f} s, the next answer after {time.monotonic() - begin:.2f} s"


async def reward(at: Subject) -> str:
    talk = (Message("user", "What is a lamp?"), Message("assistant", "A thing that gives light."))
    try:
        answer = await at.ask(messages=talk, reward=True)
    except EngineRejected as refused:
        raise LackingAbility(refused.message) from None
    expect(math.isfinite(answer.score), answer.text)
    return f"{answer.score:.3f}"


async def embed(at: Subject) -> str:
    try:
        vectors = await cast("Embedding", at.engine).embed(["a lamp", "a light", "seven"])
    except EngineRejected as refused:
        raise LackingAbility(refused.message) from None
    lengths = {len(vector) for vector in vectors}
    expect(len(vectors) == 3 and len(lengths) == 1, f"{len(vectors)} vectors of the lengths {sorted(lengths)}")
    return f"{lengths.pop()} dimensions"


MANY = (
    Check("own answers", "gives every call in flight its own answer", own_answers),
    Check("samples", "writes several samples for one prompt sent", samples, "batch"),
    Check("prefix cache", "computes what prompts begin with once", prefix, "prefix_cache"),
    Check("warming", "computes a prompt before it is asked about", warm, "warm"),
    Check("given up", "lets a call be given up", given_up),
)
OTHER = (
    Check("reward", "scores a conversation", reward, "reward"),
    Check("embedding", "makes vectors of texts", embed, "embed"),
)
