"""A patch goes where its rows are as they were, tells which are not, and what is no patch is told as that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from dsl.diagnostics import SynthError
from runtime.diff import View, diff
from runtime.patch import patch_lines
from runtime.query.catalog import manifest_at
from runtime.store.port import Change, Commit, CommitRequest
from runtime.tables.manifest import Fingerprints
from runtime.tables.schema import INT, STR
from tests.diff.builder import Builder, Rows, Version
from tests.diff.codes import code_of
from tests.patch.test_round_trip import patch_of, put

TYPES = {"text": STR, "score": INT}


def rows(edits: dict[int, str | None] | None = None, count: int = 30) -> Rows:
    texts = {n: f"text {n}" for n in range(count)} | (edits or {})
    return {(n,): {"text": text, "score": n % 5} for n, text in texts.items() if text is not None}


def version(edits: dict[int, str | None] | None = None, **more: Any) -> Version:
    return Version(tables={"qa": (TYPES, rows(edits))}, **more)


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    """`main` edits row 3, drops row 4 and has a row 40 more than its first commit, where `other` stands."""
    made = Builder(tmp_path)
    first = made.commit("main", qa=version())
    made.store.create_branch("other", first)
    made.commit("main", qa=version({3: "edited", 4: None, 40: "new"}, rejected={(4,): "filter 1"}))
    return made


def texts(builder: Builder, branch: str) -> dict[str, str]:
    found = diff(builder.store, None, branch, "qa").datasets[0].table()
    return {row.key: (row.after or {})["text"] for row in found.rows()}


def test_rows_that_others_changed_meanwhile_stay(builder: Builder) -> None:
    patch = patch_of(builder.store, "main~1", "main")
    builder.commit("other", qa=version({7: "mine", 50: "mine, too"}))
    put(builder.store, "other", patch)
    found = texts(builder, "other")
    assert (found["3"], found["7"], found["40"], found["50"]) == ("edited", "mine", "new", "mine, too")
    assert "4" not in found
    made = manifest_at(builder.store, builder.store.head("other"), "qa")
    assert made is not None and made.fingerprints.merged, "no build of the spec makes these rows"
    counts = made.counts
    assert (counts.kept, counts.attempted, dict(counts.rejected)) == (31, 32, {"filter 1": 1})


def test_a_patch_goes_on_what_the_patch_before_it_made_among_others_rows(builder: Builder) -> None:
    patches = [patch_of(builder.store, "main~1", "main")]
    builder.commit("main", qa=version({3: "edited", 4: None, 8: "later", 40: "new"}, rejected={(4,): "filter 1"}))
    patches.append(patch_of(builder.store, "main~1", "main"))
    builder.commit("other", qa=version({7: "mine"}))
    for patch in patches:
        put(builder.store, "other", patch)
    found = texts(builder, "other")
    assert (found["3"], found["7"], found["8"]) == ("edited", "mine", "later")


def test_rows_that_are_not_as_they_were_are_named_and_nothing_is_committed(builder: Builder) -> None:
    patch = patch_of(builder.store, "main~1", "main")
    head = builder.commit("other", qa=version({3: "mine", 4: None, 40: "mine"}))
    told = code_of(lambda: put(builder.store, "other", patch), "E1039")
    assert "3 rows are not as in the version it was made from" in told.message
    assert told.notes == (
        "table qa",
        "row `3` holds something else",
        "row `4` is not there",
        "row `40` is there already",
    )
    assert "synth merge" in (told.help or "")
    assert builder.store.head("other") == head


def test_many_rows_that_do_not_fit_are_counted(builder: Builder) -> None:
    all_new = version({n: f"other {n}" for n in range(30)})
    builder.commit("main", qa=all_new)
    patch = patch_of(builder.store, "main~2", "main")
    builder.commit("other", qa=version({n: f"mine {n}" for n in range(30)}))
    told = code_of(lambda: put(builder.store, "other", patch), "E1039")
    assert told.notes[-1] == "and 25 more"


def test_a_patch_is_put_on_once(builder: Builder) -> None:
    patch = patch_of(builder.store, "main~1", "main")
    first = put(builder.store, "other", patch)
    again = put(builder.store, "other", patch)
    assert first.commit is not None and again.commit is None and not again.changes
    assert builder.store.head("other") == first.commit.id


def test_a_check_commits_nothing(builder: Builder) -> None:
    head = builder.store.head("other")
    done = put(builder.store, "other", patch_of(builder.store, "main~1", "main"), check=True)
    assert done.changes and done.commit is None
    assert builder.store.head("other") == head


def test_a_branch_that_moves_meanwhile_is_patched_where_it_is_then(
    builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Someone commits between reading the head and the commit."""
    patch = patch_of(builder.store, "main~1", "main")
    commit: Callable[[CommitRequest], Commit] = builder.store.commit

    def late(request: CommitRequest) -> Commit:
        monkeypatch.setattr(builder.store, "commit", commit)
        builder.commit("other", qa=version({9: "late"}))
        return commit(request)

    monkeypatch.setattr(builder.store, "commit", late)
    put(builder.store, "other", patch)
    found = texts(builder, "other")
    assert (found["9"], found["3"]) == ("late", "edited")


def test_another_spec_is_no_place_for_it(builder: Builder) -> None:
    patch = patch_of(builder.store, "main~1", "main")
    builder.commit("other", qa=version(fingerprints=Fingerprints("x", "y", "z")))
    assert "another spec" in code_of(lambda: put(builder.store, "other", patch), "E1039").message


def test_a_dataset_that_is_not_there_or_is_there_already(builder: Builder) -> None:
    builder.commit("empty", other=version())
    patch = patch_of(builder.store, "main~1", "main")
    assert "no such dataset" in code_of(lambda: put(builder.store, "empty", patch), "E1039").message
    whole = patch_of(builder.store, None, "main")
    assert "already" in code_of(lambda: put(builder.store, "other", whole), "E1039").message


def test_a_removed_dataset_goes_only_where_it_holds_the_same_rows(builder: Builder) -> None:
    builder.commit("main", qa=None, rest=version())
    patch = patch_of(builder.store, "main~1", "main")
    assert "other rows" in code_of(lambda: put(builder.store, "other", patch), "E1039").message


def test_chosen_rows_make_a_patch_of_them_alone(builder: Builder) -> None:
    found = diff(builder.store, "main~1", "main")
    lines = [*patch_lines(builder.store, found, View(limit=None, only="changed"))]
    done = put(builder.store, "other", "\n".join(lines).encode())
    assert [(one.added, one.removed, one.changed) for one in done.datasets] == [(0, 0, 1)]
    assert len(texts(builder, "other")) == 30 and texts(builder, "other")["3"] == "edited"


def test_a_patch_without_calls_leaves_no_calls_of_rows_that_changed(builder: Builder) -> None:
    """The calls of rows that stay are kept."""
    calls = {"row": STR, "cell": STR}
    story = {(n, "answer", 0): {"row": str(n), "cell": "answer"} for n in (2, 3)}
    builder = Builder(builder.store._folder.parent / "calls")
    a = builder.commit("main", qa=replace(version(), tables={"qa": (TYPES, rows())}))
    with_calls(builder, "main", calls, story)
    builder.store.create_branch("copy", builder.store.resolve("main"))
    b = builder.commit("main", qa=version({3: "edited"}))
    with_calls(builder, "main", calls, story)
    put(builder.store, "copy", patch_of(builder.store, "main~2", "main"))
    assert a != b
    kept = manifest_at(builder.store, builder.store.head("copy"), "qa")
    assert kept is not None and kept.calls is not None and kept.calls.rows == 1
    assert kept.patched, "the call is of the version before"


def with_calls(builder: Builder, branch: str, types: Any, calls: Rows) -> None:
    """One commit that adds calls to the branch's dataset."""
    from runtime.tables.layout import calls_folder, manifest_path
    from runtime.tables.manifest_json import write_manifest
    from runtime.tables.schema import schema
    from runtime.tables.writer import TableWriter

    head = builder.store.head(branch)
    manifest = manifest_at(builder.store, head, "qa")
    assert manifest is not None
    with TableWriter(schema(types), calls_folder("qa"), builder.store.put) as writer:
        for key, row in calls.items():
            writer.add(key, row)
        table = writer.finish()
    changes: dict[str, Change] = {**writer.written, manifest_path("qa"): write_manifest(replace(manifest, calls=table))}
    builder.store.commit(
        CommitRequest(branch=branch, changes=changes, message="calls", build_id=f"calls {head}", expected=head)
    )


def test_a_patch_with_calls_brings_them(builder: Builder) -> None:
    calls = {"row": STR, "cell": STR}
    with_calls(builder, "main", calls, {(3, "answer", 0): {"row": "3", "cell": "answer"}})
    put(builder.store, "other", patch_of(builder.store, "main~2", "main", calls=True))
    wanted, found = (manifest_at(builder.store, builder.store.head(name), "qa") for name in ("main", "other"))
    assert found == wanted


def broken(patch: bytes) -> dict[str, bytes]:
    lines = patch.splitlines(keepends=True)
    edited = patch.replace(b'"edited"', b'"by hand"')
    newer = patch.replace(b'"synth_patch":1', b'"synth_patch":9')
    return {
        "empty": b"",
        "not JSON": b"--- a/x\n+++ b/x\n",
        "binary": b"\x00\xff" * 40,
        "not a patch": b'{"key":"a","text":"b"}\n',
        "an array": b"[1]\n",
        "cut off": b"".join(lines[:-2]),
        "without its end": b"".join(lines[:-1]),
        "a line less": b"".join([*lines[:3], *lines[4:]]),
        "lines behind its end": patch + lines[-2],
        "edited": edited,
        "newer": newer,
        "out of order": b"".join([*lines[:3], lines[4], lines[3], *lines[5:]]),
        "an unknown column": patch.replace(b'"cells":{"text"', b'"cells":{"txet"'),
        "a value that does not fit": patch.replace(b'"cells":{"text":"edited"', b'"cells":{"text":["edited"]'),
        "deep": b'{"synth_patch":1,"from":' + b"[" * 5000 + b"]" * 5000 + b"}\n",
        "another shape": orjson.dumps({"synth_patch": 1, "from": [], "to": {}}) + b"\n",
    }


@pytest.mark.parametrize("name", broken(b"x\n" * 6))
def test_what_is_no_patch_or_no_longer_one_is_told_and_changes_nothing(builder: Builder, name: str) -> None:
    patch, head = patch_of(builder.store, "main~1", "main"), builder.store.head("other")
    bad = broken(patch)[name]
    assert bad != patch
    with pytest.raises(SynthError) as caught:
        put(builder.store, "other", bad)
    assert {found.code for found in caught.value.diagnostics} <= {"E1038", "E1012"}
    assert builder.store.head("other") == head


@pytest.mark.parametrize("path", ["../../x", "a/../../../b", "/etc/passwd", "d/.git/config", "x", "d/\0"])
def test_a_spec_of_a_patch_stays_in_its_folder(builder: Builder, path: str) -> None:
    builder.commit("spec", qa=version(sources={"a.synth": "edition 1\n"}))
    patch = patch_of(builder.store, None, "spec").replace(b"e0/a.synth", orjson.dumps(path)[1:-1])
    code_of(lambda: put(builder.store, "fresh", patch), "E1038")
