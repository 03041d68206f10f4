"""Every request of a commit, in turn, is broken on the way to a real server: there is one commit, with right data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.cli import run
from runtime.config.project import Project
from runtime.store.lakefs.credentials import Access
from runtime.store.lakefs.patience import Patience
from runtime.store.lakefs.remote import Place
from runtime.store.lakefs.store import LakeFSStore
from runtime.store.open import project_store
from runtime.store.port import Change, Commit, CommitId, CommitRequest
from tests.store.building import check_line, write_project
from tests.store.contract import save
from tests.store.lakefs.live import AVAILABLE, WHY, access, new_store
from tests.store.lakefs.project import store_section
from tests.store.wire.faults import Fault, Faulty
from tests.store.wire.serve import Forward, serving

pytestmark = pytest.mark.skipif(not AVAILABLE, reason=WHY)
FAULTS: list[Fault] = ["answer lost", "request lost", 500, 429, 420, 503]
HURRIED = Patience(connect=5, read=5, attempts=7, pause=lambda _: None)
"""Some attempts, without the waiting."""
FILES: dict[str, Change] = {"a": b"one", "d/x": b"\x00\xff" * 100, "d/y": b"three"}


@dataclass
class Bench:
    """A repository with a commit on `main` and one on `tone`; every trial commits to a branch of its own."""

    store: LakeFSStore
    folder: Path
    base: CommitId
    theirs: CommitId
    trials: int = 0

    def request(self, shape: str) -> CommitRequest:
        """`first`: the branch is yet to be made; `next`: on a head; `merge`: bringing in another branch."""
        self.trials += 1
        branch, changes = f"trial{self.trials}", dict(FILES)
        if shape != "first":
            self.store.create_branch(branch, self.base)
        return CommitRequest(
            branch=branch,
            changes={**changes, "old": None} if shape != "first" else changes,
            message="a build",
            build_id=f"build {self.trials}",
            expected=None if shape == "first" else self.base,
            merged=self.theirs if shape == "merge" else None,
        )

    def through(self, endpoint: str, patience: Patience) -> LakeFSStore:
        cache = self.folder / f"cache{self.trials}"
        return LakeFSStore(Access(endpoint, access().keys), self.store.remote.place, cache, patience=patience)

    def check(self, request: CommitRequest, made: Commit) -> None:
        """Seen without the fault: the branch has this commit on top of what was expected, and its files."""
        assert self.store.head(request.branch) == made.id
        parents = tuple(at for at in (request.expected, request.merged) if at)
        assert self.store.get(made.id).parents == parents and made.build_id == request.build_id
        kept = {entry.path: self.store.read(made.id, entry.path) for entry in self.store.entries(made.id)}
        assert kept == {**FILES, **({"kept": b"as it was"} if request.expected else {})}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("faults")
    store = new_store(folder)
    base = save(store, "main", {"old": b"goes", "kept": b"as it was"})
    store.create_branch("tone", base.id)
    return Bench(store, folder, base.id, save(store, "tone", FILES, "theirs").id)


def broken_everywhere(bench: Bench, shape: str, fault: Fault, times: int) -> int:
    """How many requests a commit makes. A build that ends in a diagnostic is run again, as a user does."""
    at = 0
    while True:
        request = bench.request(shape)
        faulty = Faulty(Forward(access().endpoint), fault, at, times)
        with serving(faulty) as endpoint:
            made = commit_or_again(bench, request, endpoint)
        bench.check(request, made)
        if not faulty.struck:
            return at
        at += 1


def commit_or_again(bench: Bench, request: CommitRequest, endpoint: str) -> Commit:
    for _ in range(3):
        try:
            return bench.through(endpoint, HURRIED).commit(request)
        except SynthError as error:
            assert error.diagnostics[0].code in ("E1040", "E1052"), error
    return bench.through(endpoint, HURRIED).commit(request)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("shape", ["first", "next", "merge"])
def test_a_request_that_fails_once_makes_one_commit(bench: Bench, shape: str, fault: Fault) -> None:
    assert broken_everywhere(bench, shape, fault, 1) > 5


@pytest.mark.parametrize("fault", ["answer lost", 500], ids=str)
def test_a_server_that_fails_until_patience_ends_makes_one_commit(bench: Bench, fault: Fault) -> None:
    """The command ends with a diagnostic, and does its work when it is given again."""
    assert broken_everywhere(bench, "next", fault, 8) > 5


def test_an_answer_that_comes_too_late_makes_one_commit(bench: Bench) -> None:
    at, struck = 0, True
    while struck:
        request = bench.request("next")
        faulty = Faulty(Forward(access().endpoint), "stall", at, stalled=0.6)
        with serving(faulty) as endpoint:
            made = bench.through(endpoint, Patience(read=0.4, pause=lambda _: None)).commit(request)
        bench.check(request, made)
        at, struck = at + 1, faulty.struck
    assert at > 5


@pytest.mark.parametrize("fault", ["answer lost", 500], ids=str)
def test_setting_up_a_repository_survives_any_lost_answer(fault: Fault, tmp_path: Path) -> None:
    at, struck = 0, True
    while struck:
        name = new_store(tmp_path).remote.place
        faulty = Faulty(Forward(access().endpoint), fault, at)
        changes: Mapping[str, Change] = {"a": b"1"}
        request = CommitRequest(branch="main", changes=changes, message="m", build_id="b", expected=None)
        with serving(faulty) as endpoint:
            store = LakeFSStore(Access(endpoint, access().keys), name, tmp_path / f"c{at}", patience=HURRIED)
            made = store.commit(request)
        seen = LakeFSStore(access(), Place(name.repository), tmp_path / "seen")
        assert seen.log("main") == [made] and seen.read(made.id, "a") == b"1"
        at, struck = at + 1, faulty.struck
    assert at > 8


@pytest.mark.soak
@pytest.mark.parametrize("fault", ["answer lost", "request lost"])
def test_a_build_ends_with_one_commit_whichever_answer_is_lost(
    fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole command, with a repository of its own each time; given again when it ends with a diagnostic."""
    at, struck = 0, True
    while struck:
        faulty = Faulty(Forward(access().endpoint), fault, at)
        with serving(faulty) as endpoint:
            root = write_project(tmp_path / str(at), "north", store_section(monkeypatch, endpoint=endpoint))
            monkeypatch.chdir(root)
            codes = [run(["build", "spec.synth", "-p", "round=0"]) for _ in range(2)]
            assert codes[-1] == 0, codes
            check_line(project_store(Project.find(root)), ["north"], 1)
        at, struck = at + 1, faulty.struck
    assert at > 20
