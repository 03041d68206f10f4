"""A patch of two versions, put on the older one, makes the newer one: rows, rejected rows, manifest and spec."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.diff import diff
from runtime.patch import Applied, apply_patch, patch_lines
from runtime.query.catalog import manifest_at
from runtime.store.port import CommitId, Store
from runtime.tables.manifest import Fingerprints, Manifest
from runtime.tables.schema import BOOL, FLOAT, INT, JSON, STR, list_of, optional, record_of
from tests.diff import story
from tests.diff.builder import Builder, Version

TYPES = {
    "text": STR,
    "maybe": optional(STR),
    "count": INT,
    "share": FLOAT,
    "ok": BOOL,
    "shares": list_of(optional(FLOAT)),
    "turns": list_of(record_of({"role": STR, "content": STR, "p": FLOAT})),
    "extra": optional(JSON),
}
OTHER_TYPES = {"text": optional(STR), "count": FLOAT, "extra": optional(JSON), "fresh": optional(list_of(STR))}
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8)
FLOATS = st.floats().map(lambda value: math.nan if math.isnan(value) else value)
"""There are many NaNs, and one is as good as another."""
JSONS = st.recursive(
    st.integers(-9, 9) | TEXTS | st.booleans(), lambda inner: st.lists(inner, max_size=2), max_leaves=3
)
ROWS = st.fixed_dictionaries(
    {
        "text": TEXTS,
        "maybe": st.none() | TEXTS,
        "count": st.integers(-(2**63), 2**63 - 1),
        "share": FLOATS,
        "ok": st.booleans(),
        "shares": st.lists(st.none() | FLOATS, max_size=2),
        "turns": st.lists(st.fixed_dictionaries({"role": TEXTS, "content": TEXTS, "p": FLOATS}), max_size=2),
        "extra": st.none() | JSONS,
    }
)
OTHER_ROWS = st.fixed_dictionaries(
    {
        "text": st.none() | TEXTS,
        "count": FLOATS,
        "extra": st.none() | JSONS,
        "fresh": st.none() | st.lists(TEXTS, max_size=2),
    }
)
KEYS = st.tuples(
    TEXTS | st.sampled_from(["a", "b"]),
    st.integers(-3, 9) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False),
)
TABLES = st.dictionaries(KEYS, ROWS, max_size=12)
EDITS = st.dictionaries(KEYS, st.none() | ROWS, max_size=6)
OTHERS = st.dictionaries(KEYS, OTHER_ROWS, max_size=8)
REJECTED = st.dictionaries(KEYS, st.sampled_from(["filter 1", "filter 2"]), max_size=4)
Table = dict[tuple[Any, ...], dict[str, Any]]


@pytest.fixture(scope="module", autouse=True)
def small_shards() -> Iterator[None]:
    """A handful of rows makes several shards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("runtime.tables.cutting.CUT_ROWS", 4)
        yield


def patch_of(store: Store, a: CommitId | None, b: CommitId, **options: Any) -> bytes:
    return "".join(f"{line}\n" for line in patch_lines(store, diff(store, a, b), **options)).encode()


def put(store: Store, branch: str, patch: bytes, **options: Any) -> Applied:
    return apply_patch(store, branch, lambda: BytesIO(patch), **options)


def bare(manifest: Manifest | None, name: str) -> Manifest | None:
    """Bytes of shards may differ where a schema changed; what they hold may not, nor anything else."""
    if manifest is None:
        return None
    tables = {key: replace(table, shards=()) for key, table in manifest.tables.items()}
    rejected = manifest.rejected and replace(manifest.rejected, shards=())
    return replace(manifest, tables=tables, rejected=rejected)


def check_round_trip(before: Mapping[str, Version | None], after: Mapping[str, Version | None]) -> None:
    with TemporaryDirectory() as folder:
        builder = Builder(Path(folder))
        a = builder.commit("main", **before)
        builder.store.create_branch("copy", a)
        b = builder.commit("main", **after)
        patch = patch_of(builder.store, a, b)
        put(builder.store, "copy", patch)
        made = builder.store.head("copy")
        for name in {**before, **after}:
            wanted, found = (manifest_at(builder.store, at, name) for at in (b, made))
            assert bare(found, name) == bare(wanted, name)
        assert not diff(builder.store, b, "copy")
        assert list(patch_lines(builder.store, diff(builder.store, b, "copy")))[1:] == ['{"end":1}']


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES, EDITS, REJECTED, REJECTED)
def test_any_edit_of_rows(before: Table, edits: dict[Any, Any], dropped: Any, drops: Any) -> None:
    after = {key: row for key, row in {**before, **edits}.items() if row is not None}
    key = ("page", "take")
    old = Version(tables={"qa": (TYPES, before)}, rejected=dropped, key=key)
    new = Version(tables={"qa": (TYPES, after)}, rejected=drops, key=key, seed=1, measures={"rows": len(after)})
    check_round_trip({"qa": old}, {"qa": new})


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES, OTHERS, TABLES)
def test_any_change_of_schema_and_of_tables(before: Table, others: Table, more: Table) -> None:
    key = ("page", "take")
    old = Version(tables={"qa/a": (TYPES, before), "qa/b": (TYPES, more)}, key=key)
    new = Version(tables={"qa/a": (OTHER_TYPES, others), "qa/c": (TYPES, more)}, key=key, seed=1)
    check_round_trip({"qa": old, "gone": old}, {"qa": new, "come": new, "gone": None})


@pytest.mark.soak
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES, EDITS, OTHERS, REJECTED)
def test_very_many_changes(before: Table, edits: dict[Any, Any], others: Table, dropped: Any) -> None:
    after = {key: row for key, row in {**before, **edits}.items() if row is not None}
    key = ("page", "take")
    old = Version(tables={"qa": (TYPES, before)}, key=key)
    new = Version(tables={"qa": (TYPES, after), "qb": (OTHER_TYPES, others)}, rejected=dropped, key=key, seed=1)
    check_round_trip({"qa": old}, {"qa": new})
    check_round_trip({"qa": new}, {"qa": old})


def test_the_spec_and_everything_the_manifest_says(tmp_path: Path) -> None:
    builder = Builder(tmp_path)
    a = builder.commit("main", qa=story.before())
    builder.store.create_branch("copy", a)
    b = builder.commit("main", qa=story.after())
    done = put(builder.store, "copy", patch_of(builder.store, a, b))
    assert [(one.added, one.removed, one.changed) for one in done.datasets] == [(2, 2, 7)]
    assert done.commit is not None
    old, new = ({e.path: e.id for e in builder.store.entries(at, "datasets")} for at in (b, done.commit.id))
    assert {path for path in old if "/spec/" in path} == {path for path in new if "/spec/" in path}
    assert bare(manifest_at(builder.store, b, "qa"), "qa") == bare(
        manifest_at(builder.store, done.commit.id, "qa"), "qa"
    )


def test_a_first_version_is_a_patch_on_nothing(tmp_path: Path) -> None:
    builder = Builder(tmp_path)
    b = builder.commit("main", qa=story.before())
    done = put(builder.store, "fresh", patch_of(builder.store, None, b))
    assert done.commit is not None and done.commit.parents == ()
    assert manifest_at(builder.store, done.commit.id, "qa") == manifest_at(builder.store, b, "qa")


def test_what_a_patch_says_is_the_same_every_time_and_carries_no_more_than_the_change(tmp_path: Path) -> None:
    builder = Builder(tmp_path)
    rows = {(n,): {"text": f"text {n}"} for n in range(500)}
    a = builder.commit("main", qa=Version(tables={"qa": ({"text": STR}, rows)}))
    edited = {**rows, (7,): {"text": "new"}}
    fingerprints = Fingerprints("d0", "e0", "f0")
    b = builder.commit("main", qa=Version(tables={"qa": ({"text": STR}, edited)}, fingerprints=fingerprints))
    patch = patch_of(builder.store, a, b)
    assert patch == patch_of(builder.store, a, b)
    assert patch.count(b"\n") == 5
    assert b'"cells":{"text":"new"}' in patch and b"text 8" not in patch
