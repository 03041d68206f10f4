"""Deciding is one commit: it is kept, and the tables are as it says; taken back, nothing of it is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dsl.diagnostics import SynthError
from runtime.decisions import Decision, Standing, decide, decisions, state
from runtime.decisions.look import look
from runtime.decisions.version import Version as VersionAt
from runtime.query import query
from runtime.query.catalog import manifest_at
from runtime.store.port import BranchMoved, CommitId, Store
from runtime.tables.manifest import Manifest
from runtime.tables.schema import FLOAT, INT, JSON, STR, list_of, optional
from tests.diff.builder import Builder, Version

QA = {"question": STR, "score": FLOAT, "tags": list_of(STR), "extra": optional(JSON)}


def qa(number: int) -> dict[str, Any]:
    extra = {"n": [number, 0.5]} if number % 2 else None
    return {"question": f"What is {number}?", "score": number / 3, "tags": ["a", f"t{number}"], "extra": extra}


def dataset(rows: int = 40) -> Version:
    """Every candidate has a row of its own, and two claims."""
    claims = {(f"p{n}", place): {"claim": f"{n} is {place}", "rank": place} for n in range(rows) for place in (0, 1)}
    return Version(
        tables={
            "qa": (QA, {(f"p{n}",): qa(n) for n in range(rows)}),
            "claims": ({"claim": STR, "rank": INT}, claims),
        },
        rejected={("x1",): "filter 1"},
    )


class Desk:
    """Decides on the dataset `qa` of one store."""

    def __init__(self, folder: Path) -> None:
        self.builder = Builder(folder, cut_rows=8)
        self.first = self.builder.commit("main", qa=dataset())

    @property
    def store(self) -> Store:
        return self.builder.store

    @property
    def head(self) -> CommitId:
        head = self.store.head("main")
        assert head is not None
        return head

    def decide(self, *new: Decision, **options: Any) -> CommitId:
        return decide(self.store, "main", "qa", new, **options).id

    def manifest(self, commit: CommitId | None = None) -> Manifest:
        found = manifest_at(self.store, commit or self.head, "qa")
        assert found is not None
        return found

    def rows(self, part: str = "qa") -> dict[str, dict[str, Any]]:
        sql = f'select * from "qa@{self.head}"."{part}" order by key'
        return {row["key"]: row for row in query(self.store, sql).table.to_pylist()}

    def hash(self, key: str) -> str:
        """Of a row of the dataset's own table, as it is now."""
        version = VersionAt.at(self.store, self.head, "qa")
        return look(version.manifest, version.local, [(key,)]).rows["qa", (key,)].hash

    def states(self) -> dict[str, str]:
        return {one.decision.key: one.state for one in state(self.store, self.head, "qa")}

    def standing(self, key: str) -> Standing:
        return next(one for one in state(self.store, self.head, "qa") if one.decision.key == key)

    def same_as_first(self) -> bool:
        return not self.store.changed(self.first, self.head)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def reject(key: str, table: str = "qa", note: str = "") -> Decision:
    return Decision(table, key, "", "reject", {}, "Ada <ada@example.org>", note)


def edit(key: str, table: str = "qa", **values: Any) -> Decision:
    return Decision(table, key, "", "edit", values, "Ada <ada@example.org>")


def test_a_rejected_row_leaves_its_tables_and_says_who_and_why(desk: Desk) -> None:
    desk.decide(reject("p7", note="it is wrong"))
    assert "p7" not in desk.rows() and not {"p7/0", "p7/1"} & desk.rows("claims").keys()
    assert len(desk.rows()) == 39 and len(desk.rows("claims")) == 78
    entry = desk.rows("rejected")["p7"]
    assert (entry["statement"], entry["reason"]) == ("decision", "a person: it is wrong")
    counts = desk.manifest().counts
    assert (counts.attempted, counts.kept, counts.rejected) == (81, 79, {"decision": 1, "filter 1": 1})
    assert desk.states() == {"p7": "applied"}


def test_an_edited_row_has_the_new_values_and_keeps_the_others(desk: Desk) -> None:
    desk.decide(edit("p3", question="Why 3?", extra={"why": None}))
    row = desk.rows()["p3"]
    assert (row["question"], row["score"], row["extra"]) == ("Why 3?", 1.0, '{"why":null}')
    standing = desk.standing("p3")
    assert standing.state == "applied"
    assert standing.generated is not None and standing.generated["question"] == "What is 3?"
    assert standing.now is not None and standing.now["extra"] == {"why": None}


def test_a_row_of_several_leaves_alone(desk: Desk) -> None:
    desk.decide(reject("p7/1", "claims"))
    assert "p7" in desk.rows() and "p7/0" in desk.rows("claims") and "p7/1" not in desk.rows("claims")
    assert desk.rows("rejected")["p7/1/claims"]["statement"] == "decision"
    assert desk.manifest().counts == desk.manifest(desk.first).counts


def test_what_is_taken_back_leaves_no_trace(desk: Desk) -> None:
    desk.decide(reject("p7"), edit("p3", score=9.0), reject("p4/0", "claims"), Decision("qa", "p9", "", "accept"))
    assert not desk.same_as_first()
    desk.decide(withdraw=[("qa", "p7"), ("qa", "p3"), ("claims", "p4/0"), ("qa", "p9")])
    assert desk.same_as_first()


def test_the_order_of_decisions_makes_no_difference(tmp_path: Path) -> None:
    one, other = Desk(tmp_path / "a"), Desk(tmp_path / "b")
    steps = [edit("p7/0", "claims", claim="better"), reject("p7"), edit("p8", score=1.5), reject("p7/1", "claims")]
    for step in steps:
        one.decide(step)
    for step in reversed(steps):
        other.decide(step)
    assert one.manifest() == other.manifest()
    assert one.manifest().decisions is not None
    one.decide(withdraw=[("qa", "p7")])
    assert one.rows("claims")["p7/0"]["claim"] == "better" and "p7/1" not in one.rows("claims")


def test_a_decision_can_be_changed(desk: Desk) -> None:
    desk.decide(reject("p7"))
    desk.decide(edit("p7", question="Better?"))
    assert desk.rows()["p7"]["question"] == "Better?" and "p7" not in desk.rows("rejected")
    desk.decide(edit("p7", score=0.0))
    assert desk.rows()["p7"]["question"] == "What is 7?"
    desk.decide(Decision("qa", "p7", "", "accept"))
    assert desk.rows()["p7"] == {"key": "p7", **qa(7), "extra": '{"n":[7,0.5]}'}
    assert desk.manifest().tables == desk.manifest(desk.first).tables


def test_a_candidate_without_any_row_left_is_rejected(tmp_path: Path) -> None:
    builder = Builder(tmp_path)
    rows = {("a", place): {"claim": str(place)} for place in (0, 1)}
    builder.commit("main", qa=Version(tables={"claims": ({"claim": STR}, rows)}))
    decide(builder.store, "main", "qa", [reject("a/0", "claims"), reject("a/1", "claims")])
    manifest = manifest_at(builder.store, builder.store.head("main"), "qa")
    assert manifest is not None and manifest.counts.rejected == {"decision": 1}


def test_a_thousand_decisions_are_one_commit_and_touch_their_shards_alone(tmp_path: Path) -> None:
    builder = Builder(tmp_path, cut_rows=64)
    rows = {(f"p{n:05}",): qa(n) for n in range(5_000)}
    first = builder.commit("main", qa=Version(tables={"qa": (QA, rows)}))
    made = decide(builder.store, "main", "qa", [edit(f"p{n:05}", score=0.0) for n in range(1_000)])
    assert made.parents == (first,) and made.message == "Decide on 1,000 rows of qa: 1,000 edited"
    assert len(decisions(builder.store, made.id, "qa")) == 1_000
    before, after = (manifest_at(builder.store, at, "qa") for at in (first, made.id))
    assert before is not None and after is not None
    same = set(before.tables["qa"].shards) & set(after.tables["qa"].shards)
    assert len(same) > 0.6 * len(before.tables["qa"].shards)


def test_numbers_that_json_has_no_form_for_come_back(tmp_path: Path) -> None:
    builder = Builder(tmp_path)
    odd = {("a",): {"x": float("nan"), "y": float("-inf"), "z": 1 << 62}}
    first = builder.commit("main", qa=Version(tables={"qa": ({"x": FLOAT, "y": FLOAT, "z": INT}, odd)}))
    decide(builder.store, "main", "qa", [reject("a")])
    back = decide(builder.store, "main", "qa", [], withdraw=[("qa", "a")])
    assert not builder.store.changed(first, back.id)


def test_the_same_decisions_again_make_no_commit(desk: Desk) -> None:
    once = desk.decide(reject("p7"), edit("p3", score=2.0))
    assert desk.decide(reject("p7"), edit("p3", score=2.0)) == once


def test_a_decision_is_made_on_the_row_that_was_seen(desk: Desk) -> None:
    seen = desk.hash("p3")
    decision = Decision("qa", "p3", seen, "edit", {"score": 5.0}, "Ada")
    desk.decide(decision)
    assert decisions(desk.store, desk.head, "qa") == [decision]
    desk.decide(Decision("qa", "p3", desk.hash("p3"), "reject"))
    with pytest.raises(SynthError, match="is not the one that was seen"):
        desk.decide(Decision("qa", "p4", seen, "reject"))


def test_a_row_that_a_build_changed_makes_its_decision_stale(desk: Desk) -> None:
    desk.decide(edit("p3", score=5.0), reject("p7"), reject("p8"))
    kept = desk.manifest()
    version = dataset()
    rows = dict(version.tables["qa"][1]) | {("p3",): qa(33), ("p7",): qa(77)}
    del rows["p8",]
    version.tables = {**version.tables, "qa": (QA, rows)}
    desk.builder.commit("main", qa=version)
    with_decisions(desk, kept)
    assert desk.states() == {"p3": "stale", "p7": "stale", "p8": "moot"}
    assert desk.standing("p8").why == "there is no such row any more"


def with_decisions(desk: Desk, of: Manifest) -> None:
    """The head, with the decisions that another version had."""
    from dataclasses import replace

    from runtime.store.port import CommitRequest
    from runtime.tables.layout import manifest_path
    from runtime.tables.manifest_json import write_manifest

    changes = {manifest_path("qa"): write_manifest(replace(desk.manifest(), decisions=of.decisions))}
    desk.store.commit(CommitRequest(branch="main", changes=changes, message="merge", build_id="m", expected=desk.head))


@pytest.mark.parametrize(
    ("decision", "code", "told"),
    [
        (reject("p77"), "E1100", "table `qa` has no row `p77` to decide on"),
        (reject("p7", "q"), "E1032", "dataset `qa` has no table `q`"),
        (edit("p7", quesiton="x"), "E1103", "table `qa` has no column `quesiton`"),
        (edit("p7", score="high"), "E1103", "`'high'` is no value of column `score`"),
        (edit("p7", score=None), "E1103", "`None` is no value of column `score`"),
        (edit("p7", tags=["a", 1]), "E1103", "`['a', 1]` is no value of column `tags`"),
        (edit("p7"), "E1103", "an edit says what changes"),
        (Decision("qa", "p7", "00" * 16, "reject"), "E1107", "row `p7` of `qa` is not the one that was seen"),
        (Decision("qa", "p7", "", "drop"), "E1109", "`drop` is no decision"),  # type: ignore[arg-type]
        (Decision("qa", "p7", "", "accept", {"score": 1.0}), "E1109", "row `p7` cannot be both accepted"),
    ],
)
def test_what_cannot_be_meant_is_told(desk: Desk, decision: Decision, code: str, told: str) -> None:
    with pytest.raises(SynthError) as raised:
        desk.decide(decision)
    (found,) = raised.value.diagnostics
    assert found.code == code and found.message.startswith(told)
    assert desk.head == desk.first


def test_only_what_was_decided_is_taken_back(desk: Desk) -> None:
    with pytest.raises(SynthError) as raised:
        desk.decide(withdraw=[("qa", "p7")])
    assert raised.value.diagnostics[0].code == "E1108"
    with pytest.raises(SynthError) as raised:
        desk.decide(reject("p7"), edit("p7", score=1.0))
    assert raised.value.diagnostics[0].code == "E1109"


def test_an_old_look_at_the_dataset_is_refused_and_at_another_is_not(desk: Desk) -> None:
    desk.builder.commit("main", other=dataset(3))
    desk.decide(reject("p7"), expected=desk.first)
    with pytest.raises(BranchMoved):
        desk.decide(reject("p8"), expected=desk.first)


def test_unknown_branches_and_datasets_are_told(desk: Desk) -> None:
    for branch, name, code in (("nowhere", "qa", "E1001"), ("main", "q", "E1031")):
        with pytest.raises(SynthError) as raised:
            decide(desk.store, branch, name, [reject("p7")])
        assert raised.value.diagnostics[0].code == code
