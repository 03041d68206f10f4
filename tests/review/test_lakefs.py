"""Pull requests on a lakeFS server are what they are on the git store, by the same code."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runtime.review import Reviews, merge_pull, whoami
from runtime.review.history import verify_history
from runtime.review.recorded import configured, record
from runtime.store.open import project_store
from tests.review.built import PAGES, REVIEW, Built
from tests.review.desk import ADA, BOB
from tests.review.test_rebase import take_in
from tests.store.lakefs.live import AVAILABLE, WHY
from tests.store.lakefs.project import store_section

pytestmark = pytest.mark.skipif(not AVAILABLE, reason=WHY)
EACH = 5


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Built:
    """The rules are recorded in `main`; `more` changes one row, and its pull request is open."""
    found = Built(tmp_path / "work", REVIEW + store_section(monkeypatch))
    record(found.store, "main", configured(found.project.config))
    found.branch("more")
    found.pages(**{**PAGES, "a": "another one"})
    found.build("more")
    found.reviews.open("more", "main", "Another a", "", ADA)
    return found


def approve(work: Built) -> None:
    reviews = work.reviews
    reviews.review(1, "approve", BOB, reviews.digest(reviews.get(1)))


def test_what_is_approved_is_merged_and_verified_and_what_is_not_is_found(work: Built) -> None:
    approve(work)
    source = work.head("more")
    commit = merge_pull(work.store, work.project.config, 1, BOB)
    assert (commit.parents[1], work.head("main")) == (source, commit.id)
    assert merge_pull(work.store, work.project.config, 1, BOB) == commit
    assert verify_history(work.store, work.project.config).findings == []
    work.pages(**{**PAGES, "b": "around the gate"})
    work.build("main")
    (found,) = verify_history(work.store, work.project.config).findings
    assert found.where == work.head("main")
    assert set(work.store.branches()) == {"main", "more"}


def test_an_approval_survives_a_rebase_that_changes_nothing_and_no_other(work: Built) -> None:
    approve(work)
    other = work.store
    other.create_branch("other", work.head("main"))
    work.pages(**{**PAGES, "b": "changed elsewhere"})
    work.build("other")
    take_in(work.store, "more", "other")
    take_in(work.store, "main", "other")
    assert not work.reviews.get(1).approvals[0].stale
    work.pages(**{**PAGES, "a": "another one", "b": "changed elsewhere", "c": "one cell"})
    work.build("more")
    assert work.reviews.get(1).approvals[0].stale


def test_writers_at_the_same_time_lose_nothing(work: Built) -> None:
    def chat(name: str) -> None:
        reviews = Reviews(project_store(work.project))
        for number in range(EACH):
            reviews.comment(1, f"{name} {number}", f"{name} <{name}@example.org>")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(chat, ("one", "two")))
    chain = work.reviews.log.now().events()
    assert [event.seq for event in chain] == list(range(1, 2 * EACH + 2))
    assert len({comment.text for comment in work.reviews.get(1).comments}) == 2 * EACH
    assert verify_history(work.store, work.project.config).findings == []


def test_whoever_has_no_other_name_is_the_servers_user(work: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYNTH_AUTHOR", raising=False)
    monkeypatch.setattr("runtime.review.identity.git_config", lambda root: {})
    assert "<" in whoami(work.project)
    assert "localhost>" not in whoami(work.project)
