"""Rebuilding comes from the journal, whatever the engine would say now; what no engine says again is told as such."""

from __future__ import annotations

import subprocess
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from runtime.build.schemas import CALLS
from runtime.diff.causes import causes
from runtime.engines.deterministic import DeterministicEngine
from runtime.query import Reference
from runtime.stories import story
from runtime.tables.manifest import Determinism, Manifest
from runtime.tables.manifest_json import read_manifest, write_manifest
from runtime.tables.schema import schema
from tests.acceptance.specs import QA, pages, readers
from tests.acceptance.unrepeatable import UnrepeatableEngine
from tests.acceptance.workshop import Workshop, root_of


def project(folder: Path) -> Workshop:
    return Workshop(folder).write(QA, pages=pages(4), readers=readers(3))


def manifest(work: Workshop) -> Manifest:
    return work.at("qa").manifest


def without_outputs(work: Workshop) -> Workshop:
    """The journal alone is left."""
    rmtree(work.state / "store.git")
    return work


def clone(work: Workshop, folder: Path) -> Workshop:
    """The branch and no journal."""
    copytree(work.root, folder, ignore=lambda *_: [".synth"])
    (folder / ".synth").mkdir()
    git = ["git", "clone", "-q", "--bare", str(work.state / "store.git"), str(folder / ".synth" / "store.git")]
    subprocess.run(git, check=True)
    return Workshop(folder)


def test_an_engine_that_never_says_the_same_is_rebuilt_from_the_journal(tmp_path: Path) -> None:
    work = project(tmp_path)
    root = root_of(work.made(UnrepeatableEngine()))
    before, again = manifest(work), UnrepeatableEngine(salt=1)
    assert root_of(without_outputs(work).made(again)) == root
    assert again.calls == 0 and manifest(work) == before


def test_a_clone_without_a_journal_rebuilds_from_its_branch_and_says_the_same_of_its_answers(tmp_path: Path) -> None:
    """The filter that goes and comes back makes every candidate run again."""
    work = project(tmp_path / "a")
    root = root_of(work.made(UnrepeatableEngine()))
    theirs, again = clone(work, tmp_path / "b"), UnrepeatableEngine(salt=1)
    theirs.edit("  filter sound(answer)\n", "  filter sound(answer) or true\n")
    theirs.build(again)
    theirs.edit("  filter sound(answer) or true\n", "  filter sound(answer)\n")
    assert root_of(theirs.made(again)) == root and again.calls == 0
    assert manifest(theirs).determinism == manifest(work).determinism


def test_with_journal_and_branch_lost_only_a_repeatable_engine_makes_the_same_rows(tmp_path: Path) -> None:
    roots = {}
    for keeps in (True, False):
        for salt in (0, 1):
            work = project(tmp_path / f"{keeps}{salt}")
            roots[keeps, salt] = root_of(work.made(UnrepeatableEngine(keeps_seeds=keeps, salt=salt)))
    assert roots[True, 0] == roots[True, 1]
    assert roots[False, 0] != roots[False, 1]


def test_the_manifest_counts_by_role_what_is_repeatable_and_what_only_recorded(tmp_path: Path) -> None:
    for keeps in (True, False):
        work = project(tmp_path / str(keeps))
        work.build(UnrepeatableEngine(keeps_seeds=keeps))
        calls = work.rows("qa", "calls")
        roles = {call["role"] for call in calls if call["call"]}
        counts = {role: sum(call["role"] == role and call["call"] is not None for call in calls) for role in roles}
        told = {role: Determinism(n, 0) if keeps else Determinism(0, n) for role, n in counts.items()}
        assert manifest(work).determinism == told and set(told) == {"writer", "critic"}


def test_a_server_of_the_same_identity_is_asked_nothing(tmp_path: Path) -> None:
    work = project(tmp_path)
    root = root_of(work.made(UnrepeatableEngine(name="here")))
    other = UnrepeatableEngine(name="there", salt=1)
    assert work.made(other).how == "unchanged"
    assert root_of(without_outputs(work).made(other)) == root and other.calls == 0


def test_a_deterministic_mode_that_was_switched_off_shows_in_what_is_new(tmp_path: Path) -> None:
    """What was said in that mode stays repeatable; what a changed prompt asks anew is only recorded, and a cause."""
    work = project(tmp_path)
    work.build(UnrepeatableEngine(keeps_seeds=True))
    before = manifest(work)
    work.edit("You answer from the text.", "You answer from the text alone.")
    work.build(UnrepeatableEngine(keeps_seeds=False))
    after = manifest(work)
    assert before.determinism["writer"].recorded == 0
    assert after.determinism["writer"].repeatable > 0 and after.determinism["writer"].recorded > 0
    told = [cause for cause in causes(before, after) if cause.kind == "determinism"]
    assert {cause.name for cause in told} == {"writer", "critic"}


def test_rows_answered_anew_are_told_from_rows_that_a_repeatable_engine_would_give_again(tmp_path: Path) -> None:
    first, second = project(tmp_path / "a"), project(tmp_path / "b")
    first.build(UnrepeatableEngine())
    second.build(UnrepeatableEngine(salt=1))
    (cause,) = causes(manifest(first), manifest(second))
    assert cause.kind == "unknown" and "only recorded" in cause.detail


@pytest.mark.parametrize("keeps", [True, False])
def test_rebuilding_the_same_content_makes_the_same_manifest(tmp_path: Path, keeps: bool) -> None:
    work = project(tmp_path)
    work.build(UnrepeatableEngine(keeps_seeds=keeps))
    before = manifest(work)
    without_outputs(work).build(DeterministicEngine())
    assert manifest(work) == before


def test_a_version_of_before_this_was_recorded_reads_as_it_did_and_its_answers_count_as_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its calls have no such column: a clone fills its journal from them, tells their story and builds on them."""
    work = project(tmp_path / "a")
    with monkeypatch.context() as before:
        columns = {column.name: column.type for column in CALLS.columns if column.name != "repeatable"}
        before.setattr("runtime.build.output.CALLS", schema(columns))
        before.setattr("runtime.build.output.determinism", lambda told: {})
        work.build()
    assert b"determinism" not in write_manifest(manifest(work))
    theirs, engine = clone(work, tmp_path / "b"), DeterministicEngine()
    key = theirs.rows("qa")[0]["key"]
    assert {call.repeatable for call in story(theirs.store, Reference("qa"), key, "main").calls} == {None}
    theirs.edit("  filter sound(answer)\n", "  filter sound(answer) or true\n")
    theirs.build(engine)
    assert engine.calls == 0
    assert {found.repeatable for found in manifest(theirs).determinism.values()} == {0}


def test_a_manifest_keeps_its_counts(tmp_path: Path) -> None:
    work = project(tmp_path)
    work.build()
    assert manifest(work).determinism
    assert read_manifest(write_manifest(manifest(work))) == manifest(work)
