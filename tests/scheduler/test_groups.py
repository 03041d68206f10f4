"""`target … per`: who counts, when it ends, and that a candidate waits only where those before it are likely to do."""

from __future__ import annotations

import asyncio
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.scheduler.groups import Groups
from runtime.scheduler.window import ordered

candidates = st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=60)


def counted(given_candidates: list[tuple[str, bool]], each: int) -> list[int]:
    """The meaning: in order, all that fall into a group that is not full yet, until all are."""
    kept, found = dict.fromkeys("abc", 0), []
    for index, (group, passes) in enumerate(given_candidates):
        if all(number >= each for number in kept.values()):
            break
        if kept[group] < each:
            found.append(index)
            kept[group] += passes
    return found


async def run(
    given_candidates: list[tuple[str, bool]], each: int, window: int, seed: int, before: int = 4
) -> tuple[list[int], int]:
    """The candidates that count, and how many did the work behind the wait. `before` is the work ahead of it."""
    groups, source, worked = Groups(window, each, frozenset("abc")), random.Random(seed), 0

    async def work(index: int) -> bool:
        nonlocal worked
        group, passes = given_candidates[index]
        for _ in range(source.randrange(before)):
            await asyncio.sleep(0)
        if not await groups.admit(index, group):
            return False
        worked += 1
        for _ in range(source.randrange(6)):
            await asyncio.sleep(0)
        return passes

    found = []
    stream = ordered(iter(range(len(given_candidates))), work, groups.ahead)
    async for index, passes in stream:
        if groups.saw(index, (given_candidates[index][0],), passes):
            found.append(index)
        if groups.done:
            break
    await stream.aclose()
    return found, worked


@given(candidates, st.integers(1, 4), st.sampled_from([1, 3, 7, 64]), st.integers(0, 1000))
@settings(deadline=None)
def test_who_counts_does_not_depend_on_the_window_or_on_who_is_first(
    given_candidates: list[tuple[str, bool]], each: int, window: int, seed: int
) -> None:
    found, _ = asyncio.run(asyncio.wait_for(run(given_candidates, each, window, seed), 10))
    assert found == counted(given_candidates, each)


def test_no_more_of_a_group_start_than_are_likely_wanted() -> None:
    """All pass, a group at a time: none is started in vain."""
    given_candidates = [(group, True) for group in "abc" for _ in range(50)]
    found, worked = asyncio.run(run(given_candidates, 5, 64, 0, before=1))
    assert len(found) == worked == 15


def test_an_open_set_of_groups_ends_with_the_candidates() -> None:
    groups = Groups(8, 1)
    assert [groups.saw(index, (group,), True) for index, group in enumerate("aabc")] == [True, False, True, True]
    assert not groups.done and groups.ahead() == 8


def test_a_candidate_that_was_dropped_before_its_group_was_known_counts() -> None:
    groups = Groups(8, 1, frozenset("a"))
    assert groups.saw(0, ("a",), True)
    assert groups.saw(1, None, False)
