"""A question of labels in; the judgement of a server of the API out: from its log-probabilities, or by votes."""

from __future__ import annotations

import asyncio
import json
import math
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from runtime.engines.labels import IMPOSSIBLE, apart, judgement, log_sum, scored, spellings
from runtime.engines.openai.constraints import Fields
from runtime.engines.openai.flavours import Flavour
from runtime.engines.openai.wire import Received, constrained, forced, judged
from runtime.engines.protocol import Answer, Constraint, Request
from runtime.engines.seeds import folded

Ask = Callable[[Fields, int], Awaitable[Received]]
"""(settings, how many of the likeliest tokens to tell) → what came."""
WORDS = 8
"""Tokens that a vote may take: a label, and what a chatty model puts around it."""


async def by_logprobs(ask: Ask, request: Request, flavour: Flavour, name: str) -> Answer:
    """One token's candidates tell the labels. One that is not among them is forced where the server then tells what
    it thinks of it; elsewhere the token counts with which it alone begins, or else it is as likely as the least likely
    one told, which is the most it can be.
    """
    first = await ask(judged(flavour), flavour.logprobs)
    candidates = first.candidates()
    least = min(candidates.values(), default=IMPOSSIBLE)
    logprobs: dict[str, float] = {}
    begins: dict[str, str] = {}
    for label, logprob in scored(request.labels, candidates).items():
        if logprob is None and flavour.forces:
            constraint = constrained(Constraint("choice", json.dumps([label])), flavour, name)
            one = await ask({**forced(label, flavour), **constraint}, 0)
            logprob, begins[label] = one.spelt(label), one.tokens[0].text if one.tokens else label
        elif logprob is None:
            logprob = _begun(label, request.labels, candidates)
        logprobs[label] = least if logprob is None else logprob
    found, logprobs = first.answer, apart(logprobs, begins)
    answer = judgement(_at_most_one(logprobs), prompt_tokens=found.prompt_tokens, cached_tokens=found.cached_tokens)
    return replace(answer, repeatable=found.repeatable)


def _begun(label: str, labels: tuple[str, ...], candidates: Mapping[str, float]) -> float | None:
    """The log-probability of the tokens with which this label begins and no other does."""
    forms = spellings(labels)
    others = [form for other in labels if other != label for form in forms[other]]
    mine = [
        value
        for token, value in candidates.items()
        if token.strip()
        and any(form.startswith(token) for form in forms[label])
        and not any(form.startswith(token) for form in others)
    ]
    return log_sum(mine) if mine else None


def _at_most_one(logprobs: Mapping[str, float]) -> dict[str, float]:
    """Servers round: probabilities that add up to a little more than one are brought down to it."""
    mass = sum(math.exp(value) for value in logprobs.values())
    return {label: value - math.log(mass) if mass > 1 else value for label, value in logprobs.items()}


async def by_votes(ask: Ask, request: Request, flavour: Flavour, votes: int, name: str) -> Answer:
    """The share of each label among answers sampled at temperature 1, each under its own seed."""
    settings: Fields = {flavour.max_tokens: WORDS, "temperature": 1.0}
    if "choice" in flavour.writers:
        settings |= constrained(Constraint("choice", json.dumps(list(request.labels))), flavour, name)
    asked = [ask({**settings, "seed": folded(request.seed + vote + 1)}, 0) for vote in range(votes)]
    answers = [received.answer for received in await asyncio.gather(*asked)]
    counted = Counter(label for answer in answers if (label := _voted(answer.text, request.labels)) is not None)
    logprobs = {label: math.log(counted[label] / votes) if counted[label] else IMPOSSIBLE for label in request.labels}
    answer = judgement(
        logprobs,
        prompt_tokens=sum(answer.prompt_tokens for answer in answers),
        cached_tokens=sum(answer.cached_tokens for answer in answers),
    )
    return replace(answer, completion_tokens=sum(answer.completion_tokens for answer in answers))


def _voted(text: str, labels: tuple[str, ...]) -> str | None:
    """The label that an answer begins with as a word of its own."""
    words = text.strip().strip("*\"'`").split()
    word = words[0].strip(".,;:!*\"'`") if words else ""
    forms = spellings(labels)
    return next((label for label in labels if word in {form.strip() for form in forms[label]}), None)
