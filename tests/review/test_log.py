"""The log is a chain: nothing can be changed, moved or lost without its showing, and writers lose nothing."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.review import Reviews, events
from runtime.review.log import BRANCH
from runtime.store.git.store import GitStore
from runtime.store.port import CommitRequest
from tests.review.desk import ADA, BOB, Desk

EACH = 6


def chatter(folder: str, name: str) -> None:
    """What a process does that comments on pull request 1."""
    store = GitStore(Path(folder) / "store.git", Path(folder) / "cache")
    for number in range(EACH):
        Reviews(store).comment(1, f"{name} {number}", f"{name} <{name}@example.org>")


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.open()
    context = multiprocessing.get_context("spawn")
    names = ("one", "two")
    writers = [context.Process(target=chatter, args=(str(tmp_path), name)) for name in names]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    pull = desk.reviews.get(1)
    assert sorted(c.text for c in pull.comments) == sorted(f"{n} {i}" for n in names for i in range(EACH))
    for name in names:
        assert [c.text for c in pull.comments if c.text.startswith(name)] == [f"{name} {i}" for i in range(EACH)]
    chain = desk.reviews.log.now().events()
    assert [event.seq for event in chain] == list(range(1, 2 * EACH + 2))
    assert [event.before for event in chain] == ["", *(event.id for event in chain[:-1])]


def test_two_who_open_at_the_same_time_get_two_numbers(tmp_path: Path) -> None:
    """The second one's event is made again on top of the first one's."""
    desk = Desk(tmp_path)
    desk.branch("other", "tone")
    raced: list[bool] = []

    def clock() -> float:
        if not raced:
            raced.append(True)
            desk.open(source="other")
        return desk.clock()

    assert Reviews(desk.store, clock).open("tone", "main", "mine", "", BOB).number == 2
    assert desk.reviews.get(1).source == "other"


def test_an_event_is_canonical_json_that_names_the_one_before(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.open()
    desk.reviews.comment(1, "größer", ADA)
    head = desk.head(BRANCH)
    first, second = sorted(entry.path for entry in desk.store.entries(head, events.FOLDER))
    parsed = events.parse_path(first)
    found = json.loads(desk.store.read(head, second))
    assert parsed is not None and found["before"] == parsed[2]
    assert (found["seq"], found["pull"], found["kind"], found["data"]) == (2, 1, "comment", {"text": "größer"})


@pytest.mark.parametrize("damage", [b"{}", b"not json", None])
def test_a_changed_event_is_refused(tmp_path: Path, damage: bytes | None) -> None:
    desk = Desk(tmp_path)
    desk.open()
    head = desk.head(BRANCH)
    (entry,) = desk.store.entries(head, events.FOLDER)
    told = damage or desk.store.read(head, entry.path).replace(b"formal", b"Formal")
    desk.store.commit(
        CommitRequest(branch=BRANCH, changes={entry.path: told}, message="x", build_id="x", expected=head)
    )
    with pytest.raises(SynthError) as refused:
        desk.reviews.get(1)
    assert refused.value.diagnostics[0].code == "E1089"
