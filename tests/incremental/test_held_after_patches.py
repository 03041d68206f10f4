"""A patch put on a version with other rows: what the next build makes of it is what a build from nothing makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.store.port import CommitId
from tests.acceptance.workshop import Workshop
from tests.incremental.lesson import Lessons, pages
from tests.patch.test_round_trip import patch_of, put

EDIT = ("REWRITE {{ answer }}", "REWRITE briefly {{ answer }}")
MORE = 40


@pytest.fixture
def patched(tmp_path: Path, request: pytest.FixtureRequest) -> Lessons:
    """The edit of a prompt, made with fewer pages, on a branch that was built with more of them."""
    lessons = Lessons.built(tmp_path / "work")
    store, spec = lessons.work.store, (lessons.work.root / "spec.synth").read_text()
    store.create_branch("more", head(lessons, "main"))
    lessons.edited(EDIT)
    edited = (lessons.work.root / "spec.synth").read_text()
    lessons.work.write(spec, pages=pages(MORE))
    lessons.again(branch="more")
    put(store, "more", patch_of(store, "main~1", head(lessons, "main"), calls=request.param))
    lessons.work.write(edited, pages=pages(MORE))
    return lessons


def head(lessons: Lessons, branch: str) -> CommitId:
    found = lessons.work.store.head(branch)
    assert found is not None
    return found


@pytest.mark.parametrize("patched", [False, True], indirect=True, ids=["rows", "rows and calls"])
def test_no_call_of_the_prompt_before_is_taken_for_this_ones(
    patched: Lessons, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.build.local.WINDOW", 0)
    patched.again(branch="more")
    anew = Lessons(Workshop(tmp_path / "anew").write((patched.work.root / "spec.synth").read_text(), pages=pages(MORE)))
    anew.again(branch="more")
    one, other = (lessons.work.at("lessons", "more").manifest for lessons in (patched, anew))
    assert one.calls is not None and other.calls is not None
    assert (one.root, one.calls.root) == (other.root, other.calls.root)


@pytest.mark.parametrize("patched", [True], indirect=True)
def test_the_spec_with_the_patchs_own_inputs_is_not_taken_for_built(patched: Lessons) -> None:
    """The branch has more rows than these inputs make."""
    patched.work.write((patched.work.root / "spec.synth").read_text(), pages=pages())
    patched.again(branch="more")
    one, other = (patched.work.at("lessons", name).manifest for name in ("more", "main"))
    assert one.root == other.root
