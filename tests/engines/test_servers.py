"""Several servers: what begins alike goes to the same one, what one does not answer another does."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engines.exchange import Exchange, NoAnswer
from runtime.engines.prefixes import CHARACTERS, TOKENS, Prefixes, blocks
from runtime.engines.protocol import EngineRejected, EngineUnavailable
from runtime.engines.servers import Servers
from tests.engines.serving import Answer, Script, Serving, Slots, serving
from tests.scheduler.radix import BLOCK, RadixCache
from tests.scheduler.virtual import run_talking

PROMPTS = st.lists(
    st.lists(st.sampled_from("ab"), max_size=5).map(lambda words: "".join(w * CHARACTERS for w in words))
)


# --- what a server has read ---


def shared(a: str, b: str) -> int:
    """Blocks of `a` that `b` begins with."""
    return next((i for i in range(len(a) // CHARACTERS, 0, -1) if b.startswith(a[: i * CHARACTERS])), 0)


@given(PROMPTS, PROMPTS)
def test_the_longest_beginning_that_was_read_is_found(read: list[str], asked: list[str]) -> None:
    prefixes = Prefixes()
    for prompt in read:
        prefixes.read(blocks(prompt))
    for prompt in asked:
        assert prefixes.matched(blocks(prompt)) == max((shared(prompt, other) for other in read), default=0)


@given(PROMPTS, st.integers(1, 6))
def test_what_goes_is_the_oldest_and_never_the_beginning_of_what_stays(read: list[str], capacity: int) -> None:
    prefixes = Prefixes(capacity)
    for i, prompt in enumerate(read):
        prefixes.read(blocks(prompt))
        assert len(prefixes) <= capacity
        assert prefixes.matched(blocks(prompt)) == min(capacity, len(blocks(prompt)))
        for other in read[: i + 1]:
            path = blocks(other)
            known = [prefixes.matched(path[:end]) == end for end in range(1, len(path) + 1)]
            assert known == sorted(known, reverse=True)


@given(st.lists(st.integers(0, 3), max_size=80), st.lists(st.integers(0, 3), max_size=80))
def test_token_ids_agree_as_far_as_their_blocks_do(a: list[int], b: list[int]) -> None:
    pairs = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(blocks(a), blocks(b), strict=False))
    whole = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False))
    assert len(list(pairs)) == len(list(whole)) // TOKENS


# --- which server ---


class Named:
    """A script that says who it is, and keeps what it was asked."""

    def __init__(self, name: str, seconds: float = 0.002) -> None:
        self.name, self.seconds = name, seconds
        self.asked: list[str] = []

    async def __call__(self, path: str, body: Any) -> Answer:
        self.asked.append(body["text"])
        await asyncio.sleep(self.seconds)
        return 200, self.name


async def started(stack: AsyncExitStack, scripts: Sequence[Script], **settings: Any) -> tuple[list[Serving], Servers]:
    running = [await stack.enter_async_context(serving(script)) for script in scripts]
    settings = {"limit": 32, "retries": 8, **settings}
    return running, Servers([Exchange("gpu", server.url, **settings) for server in running])


async def ask(servers: Servers, text: str) -> Any:
    return await servers.json("POST", "/generate", {"text": text}, prompt=text)


def test_prompts_that_begin_alike_go_to_one_server_and_groups_are_shared_out() -> None:
    scripts = [Named("a"), Named("b"), Named("c")]
    prompts = [f"{'system ' * 20}{page * 200}{question}" for question in range(8) for page in "ABCDEF"]

    async def go() -> None:
        async with AsyncExitStack() as stack:
            _, servers = await started(stack, scripts)
            for prompt in prompts:
                await ask(servers, prompt)

    run_talking(go())
    pages = [{prompt[140] for prompt in script.asked} for script in scripts]
    assert sorted(len(group) for group in pages) == [2, 2, 2]
    assert set.union(*pages) == set("ABCDEF")


def test_a_server_with_much_more_to_do_is_spared_for_all_it_knows() -> None:
    scripts = [Named("a", 0.05), Named("b", 0.05)]

    async def go() -> None:
        async with AsyncExitStack() as stack:
            _, servers = await started(stack, scripts)
            await asyncio.gather(*(ask(servers, "x" * 2000 + str(n)) for n in range(64)))

    run_talking(go())
    assert min(len(script.asked) for script in scripts) >= 20


def test_one_server_is_an_exchange() -> None:
    async def go() -> None:
        async with AsyncExitStack() as stack:
            _, servers = await started(stack, [Named("a")])
            assert await ask(servers, "x") == "a"
            assert servers.wanted == servers.one.load.wanted

    run_talking(go())


# --- when one is gone ---


def test_what_a_server_drops_is_asked_elsewhere_and_it_is_used_again_when_it_is_back() -> None:
    scripts = [Named("a", 0.02), Named("b", 0.02)]

    async def go() -> None:
        async with AsyncExitStack() as stack:
            (first, _), servers = await started(stack, scripts)
            calls = [asyncio.ensure_future(ask(servers, f"{n % 7}" * 200 + str(n))) for n in range(300)]
            await asyncio.sleep(0.05)
            first.kill()
            await asyncio.gather(*calls)
            before = len(scripts[0].asked)
            assert {await ask(servers, f"{n}" * 200) for n in range(10)} == {"b"}
            await first.start()
            await asyncio.sleep(60)  # the longest pause is over
            await asyncio.gather(*(ask(servers, f"again {n}" * 50) for n in range(100)))
            assert len(scripts[0].asked) > before

    run_talking(go())


def test_all_may_be_gone_for_a_while() -> None:
    scripts = [Named("a"), Named("b")]

    async def go() -> None:
        async with AsyncExitStack() as stack:
            (first, second), servers = await started(stack, scripts, retries=16)
            first.kill()
            second.kill()
            calls = [asyncio.ensure_future(ask(servers, f"{n}" * 100)) for n in range(50)]
            await asyncio.sleep(0.8)
            await second.start()
            assert set(await asyncio.gather(*calls)) == {"b"}

    run_talking(go())


def test_when_nobody_comes_back_all_hear_so() -> None:
    async def go() -> None:
        servers = Servers([Exchange("gpu", f"http://127.0.0.1:{port}", limit=8, retries=2) for port in (9, 10)])
        faults = await asyncio.gather(*(ask(servers, "x") for _ in range(30)), return_exceptions=True)
        assert all(isinstance(fault, NoAnswer) for fault in faults)
        assert "none of 2 servers answers" in str(faults[0])
        assert "connection refused" in str(faults[0])

    run_talking(go())


def test_a_server_that_hangs_is_left_after_one_calls_patience() -> None:
    async def hang(path: str, body: Any) -> Answer:
        await asyncio.sleep(60)
        return 200, None

    other = Named("b")

    async def go() -> None:
        async with AsyncExitStack() as stack:
            _, servers = await started(stack, [hang, other], timeout=1.0)
            assert set(await asyncio.gather(*(ask(servers, f"{n}" * 99) for n in range(20)))) == {"b"}

    run_talking(go())
    assert len(other.asked) == 20


def test_a_preferred_server_is_asked_alone_until_it_is_gone() -> None:
    scripts = [Named("a"), Named("b")]

    async def go() -> None:
        async with AsyncExitStack() as stack:
            (first, _), servers = await started(stack, scripts)
            servers.prefer(1)
            assert servers.wanted == 32
            assert {await ask(servers, f"{n}" * 200) for n in range(10)} == {"a"}
            first.kill()
            assert {await ask(servers, f"{n}" * 200) for n in range(10)} == {"b"}
            assert servers.wanted > 0

    run_talking(go())


def test_a_full_server_leaves_its_calls_to_the_other() -> None:
    small, large = Slots(2, 0.01), Slots(40, 0.01)

    async def go() -> None:
        async with AsyncExitStack() as stack:
            _, servers = await started(stack, [small, large], limit=64)
            calls = (servers.json("POST", "/", {"n": n}, prompt=f"{n}" * 99) for n in range(400))
            assert [answer["n"] for answer in await asyncio.gather(*calls)] == list(range(400))

    run_talking(go())
    assert large.answered > 2 * small.answered


@pytest.mark.parametrize(("status", "fault"), [(400, EngineRejected), (500, EngineUnavailable)])
def test_what_one_refuses_no_other_is_asked(status: int, fault: type[Exception]) -> None:
    asked = 0

    async def refuse(path: str, body: Any) -> Answer:
        nonlocal asked
        asked += 1
        return status, {"error": "no"}

    async def go() -> None:
        async with AsyncExitStack() as stack:
            _, servers = await started(stack, [refuse, refuse])
            with pytest.raises(fault, match=f"answered {status}: no"):
                await ask(servers, "x")

    run_talking(go())
    assert asked == 1


# --- what it is worth ---


class Caching:
    """A script with a radix cache of `capacity` blocks; counts the blocks it was asked and those it had."""

    def __init__(self, capacity: int) -> None:
        self.cache = RadixCache(capacity)
        self.asked = self.cached = 0

    async def __call__(self, path: str, body: Any) -> Answer:
        self.cached += len(self.cache.path(body["text"]))
        self.asked += len(body["text"]) // BLOCK
        self.cache.insert(body["text"])
        return 200, None


def questions_about_pages(pages: int = 48, questions: int = 10) -> list[str]:
    """A dozen pages at a time, in no order."""
    keyed = random.Random(0)
    texts = ["".join(keyed.choices("abcdefghij ", k=1500)) for _ in range(pages)]
    prompts: list[str] = []
    for at in range(0, pages, 12):
        batch = [
            f"{'You ask about pages. ' * 15}{text}\n{q}?" for text in texts[at : at + 12] for q in range(questions)
        ]
        keyed.shuffle(batch)
        prompts += batch
    return prompts


def hit_rate(capacity: int, *, routed: bool) -> float:
    """The share of the prompts that two servers had, with prompts sent by their beginnings or in turn; 4 in flight."""
    scripts = [Caching(capacity), Caching(capacity)]

    async def go() -> None:
        async with AsyncExitStack() as stack:
            running, servers = await started(stack, scripts)
            singly = [Servers([Exchange("gpu", server.url, limit=32)]) for server in running]
            left = list(enumerate(questions_about_pages()))[::-1]

            async def worker() -> None:
                while left:
                    n, prompt = left.pop()
                    await ask(servers if routed else singly[n % 2], prompt)

            await asyncio.gather(*(worker() for _ in range(4)))

    run_talking(go())
    return sum(script.cached for script in scripts) / sum(script.asked for script in scripts)


def test_two_caches_hold_more_of_what_is_asked_when_prompts_go_by_their_beginnings() -> None:
    """A dozen pages fit into the two caches, and not into one."""
    assert hit_rate(800, routed=True) > hit_rate(800, routed=False) + 0.2
