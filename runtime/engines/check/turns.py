"""Claims about prompts and judgements: open turns, templates, raw text, labels of one token and of many."""

from __future__ import annotations

import math
from collections.abc import Sequence

from runtime.engines.check.subject import Check, LackingAbility, Subject, expect, short
from runtime.engines.protocol import Answer, EngineRejected, Message

LITTLE_MASS = 0.01
CLOSE = 4
TALK = (
    Message("system", "Be brief."),
    Message("user", "First?"),
    Message("assistant", "One."),
    Message("user", "Second?"),
)
YES_NO = (Message("user", "Is a lamp a thing that gives light? Answer with yes or no alone."),)
STANCES = ("strongly agree", "strongly disagree")


async def judge(at: Subject) -> str:
    answer = await at.ask(messages=YES_NO, labels=("yes", "no"))
    _is_judgement(answer, ("yes", "no"))
    mass = answer.label_mass or 0.0
    expect(mass > LITTLE_MASS, f"{mass:.1%} of the probability is on yes and no")
    return f"yes {answer.probability('yes'):.2f}, with {mass:.0%} on the labels"


async def long_labels(at: Subject) -> str:
    try:
        answer = await at.ask(messages=YES_NO, labels=STANCES)
    except EngineRejected as refused:
        raise LackingAbility(refused.message) from None
    _is_judgement(answer, STANCES)
    return f"“{STANCES[0]}” {answer.probability(STANCES[0]):.2f}"


def _is_judgement(answer: Answer, labels: Sequence[str]) -> None:
    expect(set(answer.labels) == set(labels), f"labels {', '.join(answer.labels)}")
    expect(all(value <= 0 for value in answer.labels.values()), f"log-probabilities {dict(answer.labels)}")
    expect(answer.text == max(answer.labels, key=lambda label: answer.labels[label]), f"answered {answer.text}")
    mass = min(sum(map(math.exp, answer.labels.values())), 1.0)
    told = answer.label_mass
    expect(told is not None and math.isclose(told, mass, rel_tol=1e-3, abs_tol=1e-6), f"mass {told}, not {mass}")


async def prefill(at: Subject) -> str:
    answer = await at.ask(prefill="A lamp is ")
    expect(not answer.text.startswith("A lamp is "), f"the opening is repeated: {short(answer.text)}")
    expect(answer.completion_tokens > 0, "nothing was written")
    return f"“A lamp is ” {short(answer.text, 32)}"


async def user_turn(at: Subject) -> str:
    answer = await at.ask(open_role="user", prefill="Could you")
    expect(answer.completion_tokens > 0, "nothing was written")
    return f"“Could you” {short(answer.text, 32)}"


async def raw(at: Subject) -> str:
    answer = await at.ask(messages=(), prefill="Once upon a", raw=True)
    expect(answer.completion_tokens > 0, "nothing was written")
    return f"“Once upon a” {short(answer.text, 32)}"


async def template(at: Subject) -> str:
    """The prompt holds the turns in their order, and the open one is its end."""
    request = at.request(messages=TALK, prefill="Two")
    rendered = await at.inside(at.engine.render, request)
    places = [rendered.find(message.content) for message in TALK]
    expect(min(places) >= 0 and places == sorted(places), short(rendered))
    expect(rendered.endswith("Two"), f"it ends in {short(rendered[-20:])}")
    return f"{len(rendered)} characters for {len(TALK)} turns"


async def count(at: Subject) -> str:
    """What is counted beforehand is what is charged; a token more or less may begin every prompt."""
    request = at.request(messages=TALK)
    rendered = await at.inside(at.engine.render, request)
    counted = await at.inside(at.engine.count_tokens, rendered)
    charged = (await at.engine.complete(request)).prompt_tokens
    expect(await at.inside(at.engine.count_tokens, "") <= 1, "an empty text has tokens")
    expect(abs(counted - charged) <= CLOSE, f"{counted} counted, {charged} charged")
    return f"{counted} counted, {charged} charged"


TURNS = (
    Check("judge", "gives the probability of labels, and their mass", judge, "logprobs"),
    Check("long labels", "judges between labels of several tokens", long_labels, "logprobs"),
    Check("prefill", "goes on from an opened answer, not repeating it", prefill, "prefill"),
    Check("user's turn", "goes on in the user's turn", user_turn, "prefill"),
    Check("raw prompt", "goes on from a text without a template", raw, "raw"),
    Check("template", "tells the prompt as the model sees it", template, "tokenize"),
    Check("token count", "counts a prompt's tokens as they are charged", count, "tokenize"),
)
