"""On a real server: one commit however often a request arrives, work of other tools kept, and nothing left behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from runtime.store.lakefs.cache import digest
from runtime.store.lakefs.client import Client
from runtime.store.lakefs.commit import TEMPORARY
from runtime.store.lakefs.credentials import Access
from runtime.store.lakefs.open import described
from runtime.store.lakefs.patience import Patience
from runtime.store.lakefs.remote import Place
from runtime.store.lakefs.store import LakeFSStore
from runtime.store.port import BranchMoved, Change, Commit, CommitRequest
from tests.store.contract import fails, save
from tests.store.lakefs.live import AVAILABLE, WHY, access, new_store
from tests.store.wire.exchange import Answer, Handler, Request
from tests.store.wire.faults import Faulty
from tests.store.wire.serve import Forward, serving

pytestmark = pytest.mark.skipif(not AVAILABLE, reason=WHY)
FILES: dict[str, Change] = {"a": b"1", "d/b": b"2"}


@pytest.fixture
def store(tmp_path: Path) -> LakeFSStore:
    return new_store(tmp_path)


def through(
    handler: Callable[[Handler], Handler], store: LakeFSStore, tmp_path: Path, work: Callable[[LakeFSStore], Any]
) -> Any:
    """Does `work` on the same repository, its requests passing `handler`."""
    with serving(handler(Forward(access().endpoint))) as endpoint:
        patience = Patience(first=0.01, read=10)
        place = Access(endpoint, access().keys)
        return work(LakeFSStore(place, store.remote.place, tmp_path / "other", patience=patience))


def left_over(store: LakeFSStore) -> list[str]:
    found = store.remote.pages("/branches", {"prefix": "_synth", "show_hidden": True})
    return [item["id"] for item in found]


def test_every_writing_request_may_arrive_twice(store: LakeFSStore, tmp_path: Path) -> None:
    first = save(store, "main", FILES, "one")

    def twice(inner: Handler) -> Handler:
        def handle(request: Request) -> Answer | None:
            answer = inner(request)
            if request.writes and request.method != "DELETE":
                inner(request)
            return answer

        return handle

    through(twice, store, tmp_path, lambda other: save(other, "main", {"a": b"3"}, "two"))
    assert [commit.build_id for commit in store.log("main")] == ["two", "one"]
    assert store.log("main")[0].parents == (first.id,)


@dataclass
class Losing:
    """Loses the answer to the writing request number `at`, from 0."""

    inner: Handler
    at: int
    writes: int = 0

    def __call__(self, request: Request) -> Answer | None:
        answer = self.inner(request)
        self.writes += request.writes
        return None if request.writes and self.writes == self.at + 1 else answer


def _commit(request: CommitRequest, store: LakeFSStore) -> Commit:
    return store.commit(request)


def test_a_merge_whose_answers_are_lost_anywhere_is_one_commit(store: LakeFSStore, tmp_path: Path) -> None:
    save(store, "main", FILES, "start")
    for at in range(20):
        base = store.resolve("main")
        store.create_branch(f"tone{at}", base)
        theirs = save(store, f"tone{at}", {f"t{at}": b"1"}, f"theirs{at}").id
        request = CommitRequest(
            branch="main", changes={f"t{at}": b"1"}, message="m", build_id=f"b{at}", expected=base, merged=theirs
        )
        proxies: list[Losing] = []

        def losing(inner: Handler, at: int = at, proxies: list[Losing] = proxies) -> Handler:
            proxies.append(Losing(inner, at))
            return proxies[0]

        made = through(losing, store, tmp_path, partial(_commit, request))
        assert made.parents == (base, theirs) and store.head("main") == made.id
        if proxies[0].writes <= at:
            break
    assert 6 <= at < 19
    assert len(store.log("main")) == 1 + 2 * (at + 1)


def test_writers_at_once_stand_in_a_line(store: LakeFSStore, tmp_path: Path) -> None:
    base = save(store, "main", {"a": b"0"}, "base")

    def write(n: int) -> bool:
        request = CommitRequest(branch="main", changes={f"f{n}": b"x"}, message="m", build_id=f"b{n}", expected=base.id)
        try:
            new_store(tmp_path, store.remote.place.repository).commit(request)
        except BranchMoved as moved:
            assert moved.head == store.head("main") != base.id
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(write, range(4))) == 1
    assert len(store.log("main")) == 2 and len(list(store.entries(str(store.head("main"))))) == 2


def test_nothing_stays_behind_and_what_does_is_swept(store: LakeFSStore) -> None:
    made = save(store, "main", FILES)
    assert left_over(store) == []
    store.remote.call(
        "POST", "/branches", body={"name": f"{TEMPORARY}{'0' * 12}_5f5e1000_abc", "source": made.id, "hidden": True}
    )
    assert store.collect(3600, dry_run=True).branches == store.collect(3600).branches == 1
    assert left_over(store) == [] and store.head("main") == made.id


def test_a_server_that_hangs_in_the_middle_of_a_commit_is_waited_for_once(store: LakeFSStore, tmp_path: Path) -> None:
    """Not again for each of the uploads, to look, to retry and to tidy up."""
    first = save(store, "main", FILES, "one")
    many: dict[str, Change] = {f"d/{n}": b"%d" % n for n in range(50)}
    for at in (5, 20):
        faulty = Faulty(Forward(access().endpoint), "stall", at, times=1000, stalled=3)
        with serving(faulty) as endpoint:
            hurried = Patience(greet=0.3, read=0.6, total=1.2, first=0.01)
            place = Access(endpoint, access().keys)
            other = LakeFSStore(place, store.remote.place, tmp_path / "other", patience=hurried)
            started = time.monotonic()
            with fails("E1040"):
                save(other, "main", many, "two", expected=first.id)
            assert time.monotonic() - started < 3
    assert store.head("main") == first.id


def test_what_a_commit_holds_is_asked_for_once(store: LakeFSStore, tmp_path: Path) -> None:
    """It cannot change. Every question is a way there and back."""
    made = save(store, "main", {"datasets/n/manifest.json": b"{}", "datasets/n/data/x": b"1"}, "one")
    seen: list[Request] = []

    def counted(inner: Handler) -> Handler:
        def handle(request: Request) -> Answer | None:
            seen.append(request)
            return inner(request)

        return handle

    def look(other: LakeFSStore) -> list[int]:
        counts = []
        for _ in range(2):
            assert [one.path for one in other.entries(made.id, "datasets/n/manifest.json")]
            assert other.read(made.id, "datasets/n/manifest.json") == b"{}"
            assert not list(other.entries(made.id, "_synth/review.json"))
            assert len(list(other.entries(made.id, "datasets"))) == 2
            counts.append(len(seen))
        return counts

    first, again = through(counted, store, tmp_path, look)
    assert first <= 6 and again == first


def test_a_history_of_many_merges_takes_few_requests(store: LakeFSStore, tmp_path: Path) -> None:
    head = save(store, "main", FILES, "first").id
    for n in range(12):
        store.create_branch(f"side{n}", head)
        side = save(store, f"side{n}", {"a": b"%d" % n}, f"s{n}")
        head = save(store, "main", {"n": b"%d" % n}, f"m{n}", merged=side.id).id
    for ask, most in ((lambda other: other.log("main"), 4), (lambda other: other.resolve("main~11"), 4)):
        seen: list[Request] = []

        def counted(inner: Handler, seen: list[Request] = seen) -> Handler:
            def handle(request: Request) -> Answer | None:
                seen.append(request)
                return inner(request)

            return handle

        through(counted, store, tmp_path, ask)
        assert len(seen) <= most


def test_an_equal_object_is_neither_uploaded_nor_downloaded_again(store: LakeFSStore, tmp_path: Path) -> None:
    first = save(store, "main", {"old/a": b"1" * 5000, "old/b": b"2"})
    moved: dict[str, Change] = {f"new/{entry.path[4:]}": entry.id for entry in store.entries(first.id)}
    bodies = 0

    def counted(inner: Handler) -> Handler:
        def handle(request: Request) -> Answer | None:
            nonlocal bodies
            answer = inner(request)
            bodies += len(request.body) + (len(answer.body) if answer and b"11111" in answer.body else 0)
            return answer

        return handle

    def move(other: LakeFSStore) -> Commit:
        assert [entry.id for entry in other.entries(first.id)] == list(moved.values())
        return save(other, "main", moved | {"old/a": digest(b"1" * 5000)})

    made = through(counted, store, tmp_path, move)
    assert store.read(made.id, "new/a") == b"1" * 5000 and bodies < 3000


def test_another_tools_uncommitted_changes_stop_a_commit_and_stay(store: LakeFSStore) -> None:
    made = save(store, "main", FILES)
    store.remote.call("POST", "/branches/main/objects", {"path": "note"}, b"mine")
    with fails("E1049"):
        save(store, "main", {"a": b"9"})
    assert store.head("main") == made.id and left_over(store) == []


def test_another_tools_commit_is_part_of_the_line(store: LakeFSStore) -> None:
    first = save(store, "main", FILES)
    store.remote.call("POST", "/branches/main/objects", {"path": "note"}, b"mine")
    store.remote.call("POST", "/branches/main/commits", body={"message": "by hand", "metadata": {"who": "me"}})
    theirs, ours = store.get(str(store.head("main"))), save(store, "main", {"a": b"9"})
    assert ours.parents == (theirs.id,) and theirs.parents == (first.id,)
    assert (theirs.build_id, dict(theirs.metadata), theirs.message) == (None, {"who": "me"}, "by hand")
    assert store.read(ours.id, "note") == b"mine"


def test_the_servers_default_branch_can_go_and_come_back(store: LakeFSStore) -> None:
    first = save(store, "main", FILES)
    store.delete_branch("main")
    assert store.head("main") is None and dict(store.branches()) == {}
    store.create_branch("main", first.id)
    assert store.head("main") == first.id


def test_looking_at_a_server_makes_nothing(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    assert described(store)["repository"] is None
    assert not store.branches() and not store.tags() and store.head("main") is None and not store.collect(0).branches
    for ref in ("main", "abcd", "main~1"):
        with fails("E1001"):
            store.resolve(ref)
    assert store.remote.find() is None
    save(store, "main", FILES)
    assert described(new_store(tmp_path, store.remote.place.repository))["repository"] == store.remote.place.repository


def test_wrong_keys_are_told(tmp_path: Path) -> None:
    from runtime.store.lakefs.credentials import Keys

    store = LakeFSStore(Access(access().endpoint, Keys("AKIA-unknown", "wrong")), Place("data"), tmp_path)
    with fails("E1044"):
        store.branches()


def test_the_endpoint_may_be_the_apis_own(store: LakeFSStore, tmp_path: Path) -> None:
    made = save(store, "main", FILES)
    assert Client(f"{access().endpoint}/api/v1/", access().keys, Patience()).where == access().endpoint.rstrip("/")
    assert made.author


def test_files_that_will_be_wanted_come_together_and_damage_is_told_by_who_asks(
    store: LakeFSStore, tmp_path: Path
) -> None:
    made = save(store, "main", {f"d/{n}": b"%d" % n for n in range(20)})

    def fetch(other: LakeFSStore) -> list[bytes]:
        paths = [f"d/{n}" for n in range(20)]
        other.prefetch(made.id, [*paths, "d/missing"])
        with fails("E1011"):
            other.local(made.id, "d/missing")
        return [other.local(made.id, path).read_bytes() for path in paths]

    assert through(lambda inner: inner, store, tmp_path, fetch) == [b"%d" % n for n in range(20)]
