"""Turns: what begins alike goes one after the other, and nobody waits for ever, whoever comes in between."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from runtime.engines.slots import shared
from runtime.scheduler.beginnings import Beginnings
from runtime.scheduler.ordered import Ordered, begins_nearer
from runtime.scheduler.turns import JOINING, Turns


@dataclass(eq=False)
class Item:
    text: str
    number: int
    came: int = 0


def _items(texts: list[str]) -> list[Item]:
    return [Item(text, number) for number, text in enumerate(texts)]


def _drain(turns: Turns[Item]) -> list[str]:
    found = []
    while (item := turns.take()) is not None:
        turns.sent(item)
        found.append(item.text)
    return found


def test_what_begins_alike_goes_together() -> None:
    turns: Turns[Item] = Turns()
    for item in _items(["b 1", "a 1", "c 1", "a 2", "b 2", "a 3"]):
        turns.add(item)
    assert _drain(turns) == ["a 1", "a 2", "a 3", "b 1", "b 2", "c 1"]


def test_one_that_comes_late_still_joins_those_it_begins_like() -> None:
    turns: Turns[Item] = Turns()
    first, *others = _items(["page 3, question 5", "page 3, question 7", "page 4, question 1", "page 3, question 2"])
    turns.add(first)
    turns.sent(turns.take() or first)
    for item in others:
        turns.add(item)
    assert _drain(turns) == ["page 3, question 7", "page 3, question 2", "page 4, question 1"]


@given(st.lists(st.text("ab", max_size=6), max_size=40))
def test_all_that_wait_are_sent_once(texts: list[str]) -> None:
    turns: Turns[Item] = Turns()
    for item in _items(texts):
        turns.add(item)
    assert sorted(_drain(turns)) == sorted(texts)


@given(st.lists(st.tuples(st.text("abc", max_size=4), st.integers(0, 5)), min_size=1, max_size=300))
def test_nobody_is_passed_by_more_than_two_rounds(steps: list[tuple[str, int]]) -> None:
    """Each step: one comes, and so many are sent. A round sends at most 2 x max(W, JOINING)."""
    turns: Turns[Item] = Turns()
    numbers, sent, most = count(), 0, 0
    began: dict[int, int] = {}
    waited: list[int] = []
    for text, sends in [*steps, ("", len(steps))]:
        turns.add(item := Item(text, next(numbers)))
        began[item.number] = sent
        most = max(most, len(turns))
        for _ in range(sends):
            if (found := turns.take()) is not None:
                turns.sent(found)
                waited.append(sent - began[found.number])
                sent += 1
    assert max(waited, default=0) <= 4 * max(most, JOINING)


def test_a_stream_of_nearer_ones_does_not_starve_a_far_one() -> None:
    turns: Turns[Item] = Turns()
    turns.add(far := Item("z", 0))
    for number in range(1, 4 * JOINING):
        turns.add(Item("a", number))
        found = turns.take()
        assert found is not None
        turns.sent(found)
        if found is far:
            break
    assert far not in turns


@given(st.lists(st.tuples(st.text("ab", max_size=5), st.booleans()), max_size=40), st.text("ab", max_size=5))
def test_neighbours_are_the_nearest_of_what_is_there(changes: list[tuple[str, bool]], place: str) -> None:
    ordered: Ordered[Item] = Ordered()
    there: list[Item] = []
    for item, (_, goes) in zip(_items([text for text, _ in changes]), changes, strict=True):
        ordered.add(item)
        there.append(item)
        if goes:
            ordered.remove(there.pop(0))
    before, after = ordered.around(place)
    assert (before.text if before else None) == max((i.text for i in there if i.text < place), default=None)
    assert (after.text if after else None) == min((i.text for i in there if i.text >= place), default=None)
    assert [i.number for i in ordered.equal(place)] == [i.number for i in there if i.text == place]


@given(st.lists(st.text("ab", max_size=8), max_size=30), st.text("ab", max_size=8), st.integers(1, 10))
def test_what_is_computed_is_the_longest_beginning_of_the_latest(texts: list[str], asked: str, most: int) -> None:
    beginnings = Beginnings(most)
    for text in texts:
        beginnings.add(text)
    latest = list(dict.fromkeys(reversed(texts)))[:most]
    assert beginnings.shared(asked) == max((shared(asked, text) for text in latest), default=0)


@given(st.text("ab", max_size=70), st.text("ab", max_size=70), st.text("ab", max_size=70), st.integers(0, 70))
def test_who_begins_nearer_shares_more(one: str, other: str, text: str, common: int) -> None:
    one, other = text[:common] + one, text[: common // 2 * 2] + other
    assert begins_nearer(one, other, text) == (shared(one, text) > shared(other, text))
