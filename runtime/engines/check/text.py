"""Claims about what is written, and how its writing is steered: greedy, seeds, lengths, stop strings, tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from runtime.engines.check.subject import GREEDY, Check, LackingAbility, Subject, expect, short
from runtime.engines.protocol import Sampling

HOT = Sampling(temperature=1.5, max_tokens=12)
BEYOND_32_BITS = 2**63 + 5


async def identity(at: Subject) -> str:
    again = await at.inside(lambda: at.engine.identity)
    expect(again == at.identity, f"{at.identity}, then {again}")
    expect("://" not in at.identity, f"{at.identity} is an address")
    return at.identity


async def counts(at: Subject) -> str:
    answer = await at.ask()
    expect(answer.prompt_tokens > 0, "no prompt tokens are counted")
    expect(0 < answer.completion_tokens <= 12, f"{answer.completion_tokens} tokens of at most 12")
    return f"{answer.prompt_tokens} in, {answer.completion_tokens} out: {short(answer.text, 30)}"


async def logprob(at: Subject) -> str:
    answer = await at.ask()
    expect(answer.logprob is not None, "an answer comes without")
    expect(-50 < (answer.logprob or 0.0) <= 0, f"{answer.logprob} for a token")
    return f"{answer.logprob:.2f} for a token"


async def greedy(at: Subject) -> str:
    """The first warms the prefix cache, which may change the arithmetic."""
    _, second, third = [(await at.ask(sampling=GREEDY)).text for _ in range(3)]
    if second != third and not at.can.seed:
        raise LackingAbility(f"{short(second, 20)}, then {short(third, 20)}")
    expect(second == third, f"{short(second, 20)}, then {short(third, 20)}")
    return short(second)


async def seeds_kept(at: Subject) -> str:
    _, second, third = [(await at.ask(sampling=HOT, seed=BEYOND_32_BITS)).text for _ in range(3)]
    expect(second == third, f"{short(second, 20)}, then {short(third, 20)}")
    return short(second)


async def seeds_differ(at: Subject) -> str:
    texts = [(await at.ask(sampling=HOT, seed=seed)).text for seed in range(3)]
    expect(len(set(texts)) > 1, f"three times {short(texts[0])}")
    return f"{len(set(texts))} of 3"


async def repeatable(at: Subject) -> str:
    """A wrong promise here would leave a record out that nothing can replace."""
    answer = await at.ask(sampling=HOT, seed=7)
    promised = answer.repeatable
    if not promised:
        raise LackingAbility("answers say that only a record repeats them")
    again = await at.ask(sampling=HOT, seed=7)
    expect(again.text == answer.text, f"{short(answer.text, 20)}, then {short(again.text, 20)}")
    return "answers say so, and hold"


async def length(at: Subject) -> str:
    answer = await at.ask(sampling=Sampling(max_tokens=2))
    expect(answer.completion_tokens <= 2, f"{answer.completion_tokens} tokens of at most 2")
    expect(answer.finish == "length", f"{short(answer.text)} ended with `{answer.finish}`")
    return f"{short(answer.text)} and `length`"


async def stop(at: Subject) -> str:
    answer = await at.ask(sampling=Sampling(max_tokens=40, stop=("e",)))
    expect("e" not in answer.text, short(answer.text))
    return short(answer.text)


async def sampling(at: Subject) -> str:
    """A setting that a server drops without a word is one that nobody set."""
    values: dict[str, Any] = {"top_k": 5, "min_p": 0.05, "repetition_penalty": 1.1}
    known = {name: values[name] for name in at.can.sampling if name in values}
    answer = await at.ask(sampling=replace(HOT, top_p=0.9, frequency_penalty=0.2, presence_penalty=0.2, **known))
    expect(answer.completion_tokens > 0, "nothing was written")
    return ", ".join(("top_p", "penalties", *known))


TEXT = (
    Check("identity", "says which weights it serves, twice the same", identity),
    Check("tokens", "counts the tokens that an answer cost", counts),
    Check("log-probability", "gives an answer's log-probability", logprob, "logprobs"),
    Check("greedy", "answers alike at temperature 0", greedy),
    Check("seeds kept", "answers alike under one seed", seeds_kept, "seed"),
    Check("seeds differ", "answers otherwise under another seed", seeds_differ),
    Check("repeatable", "says of an answer that asking again gives it again", repeatable),
    Check("sampling", "takes the settings of how tokens are chosen", sampling),
    Check("length", "says that an answer was cut at its limit", length),
    Check("stop strings", "ends before a stop string", stop),
)
