"""What becomes of a row that one side changed, or both."""

from __future__ import annotations

import pytest

from dsl.diagnostics import SynthError
from runtime.diff.values import ABSENT
from runtime.merge import Merged, Resolution, commit_merge, merge, preview, revert
from runtime.store.port import CommitRequest
from runtime.tables.schema import FLOAT, INT, STR
from tests.merge.sides import COLUMNS, Row, Rows, Sides, manifest, parted, row, rows, rows_at, version


def merged_rows(sides: Sides, merged: Merged) -> dict[str, Row]:
    commit = commit_merge(sides.store, "main", merged, "Merge")
    return rows_at(sides.store, commit.id)


def both(ours: Rows, theirs: Rows, base: Rows, *resolutions: Resolution) -> tuple[Merged, dict[str, Row]]:
    """The merge, and the rows it makes; none where conflicts are left."""
    with parted(version(base)) as sides:
        sides.builder.commit("main", qa=version(ours))
        theirs_ = sides.branch("side", version(theirs))
        ours_ = sides.store.resolve("main")
        found = merge(sides.store, ours_, theirs_, resolutions)
        return found, {} if found.conflicts else merged_rows(sides, found)


def test_rows_that_one_side_added_changed_or_removed_are_that_sides() -> None:
    base = rows(1, 2, 3, 4)
    ours = {**rows(1, 3, 4, 5), ("k1",): row(1, answer="ours")}
    theirs = {**rows(1, 2, 3, 6), ("k3",): row(3, answer="theirs")}
    found, result = both(ours, theirs, base)
    assert list(result) == ["k1", "k3", "k5", "k6"]
    assert (result["k1"]["answer"], result["k3"]["answer"]) == ("ours", "theirs")
    (table,) = found.tables
    assert (table.from_ours, table.from_theirs, table.conflicts) == (3, 3, 0)


def test_equal_changes_converge() -> None:
    changed = {**rows(1), ("k2",): row(2, score=9), ("k7",): row(7)}
    found, result = both(changed, changed, rows(1, 2, 3))
    assert result == {"k1": row(1), "k2": row(2, score=9), "k7": row(7)}
    assert found.conflicts == ()


def test_cells_that_different_sides_changed_go_together() -> None:
    ours, theirs = ({("k1",): row(1, answer="ours")}, {("k1",): row(1, score=7)})
    found, result = both(ours, theirs, rows(1))
    assert result == {"k1": row(1, answer="ours", score=7)}
    assert found.tables[0].cells == 1


def test_a_cell_that_both_changed_is_a_conflict_and_nothing_is_committed_with_it() -> None:
    with parted(version(rows(1, 2))) as sides:
        ours = sides.builder.commit("main", qa=version({**rows(2), ("k1",): row(1, answer="ours", score=5)}))
        theirs = sides.branch("side", version({**rows(2), ("k1",): row(1, answer="theirs")}))
        found = merge(sides.store, ours, theirs)
        (conflict,) = found.conflicts
        assert (conflict.key, conflict.column) == ("k1", "answer")
        assert (conflict.base, conflict.ours, conflict.theirs) == ("a1", "ours", "theirs")
        with pytest.raises(SynthError) as caught:
            commit_merge(sides.store, "main", found, "Merge")
        assert caught.value.diagnostics[0].code == "E1061"
        assert sides.store.head("main") == ours


def test_a_row_changed_on_one_side_and_gone_on_the_other_is_a_conflict_of_the_whole_row() -> None:
    found, _ = both(rows(2), {**rows(2), ("k1",): row(1, score=4)}, rows(1, 2))
    (conflict,) = found.conflicts
    assert conflict.column is None
    assert conflict.ours is ABSENT
    assert conflict.theirs == row(1, score=4)


def test_a_row_that_both_added_differently_is_a_conflict_of_the_whole_row() -> None:
    ours, theirs = ({**rows(1), ("k2",): row(2, score=score)} for score in (1, 3))
    found, _ = both(ours, theirs, rows(1))
    (conflict,) = found.conflicts
    assert (conflict.column, conflict.base) == (None, ABSENT)


@pytest.mark.parametrize(
    ("take", "value", "expected"),
    [
        ("ours", None, row(1, answer="ours", score=5)),
        ("theirs", None, row(1, answer="theirs", score=5)),
        ("value", "a person's", row(1, answer="a person's", score=5)),
        ("regenerate", None, None),
    ],
)
def test_a_conflict_is_resolved_as_a_person_says(take: str, value: object, expected: Row | None) -> None:
    ours, theirs = {("k1",): row(1, answer="ours", score=5)}, {("k1",): row(1, answer="theirs")}
    decision = Resolution("qa", "qa", "k1", "answer", take, value)  # type: ignore[arg-type]
    found, result = both({**rows(2), **ours}, {**rows(2), **theirs}, rows(1, 2), decision)
    assert result.get("k1") == expected
    assert found.tables[0].resolved == 1


def test_a_row_is_brought_back_or_left_out_by_what_a_person_takes() -> None:
    theirs = {**rows(2), ("k1",): row(1, score=4)}
    kept = both(rows(2), theirs, rows(1, 2), Resolution("qa", "qa", "k1", None, "theirs"))[1]
    gone = both(rows(2), theirs, rows(1, 2), Resolution("qa", "qa", "k1", None, "ours"))[1]
    new = both(rows(2), theirs, rows(1, 2), Resolution("qa", "qa", "k1", None, "value", {"score": 8}))[1]
    assert (kept["k1"], gone.get("k1"), new["k1"]) == (row(1, score=4), None, row(1, score=8))


def test_a_decision_about_what_is_in_no_conflict_is_told_and_not_dropped() -> None:
    with pytest.raises(SynthError) as caught:
        both(rows(1, 2), rows(1, 3), rows(1), Resolution("qa", "qa", "k9", "answer", "ours"))
    (found,) = caught.value.diagnostics
    assert found.code == "E1066"
    assert "k9" in found.message


def test_a_value_that_does_not_fit_its_column_is_told() -> None:
    ours, theirs = {("k1",): row(1, score=5)}, {("k1",): row(1, score=6)}
    with pytest.raises(SynthError) as caught:
        both(ours, theirs, rows(1), Resolution("qa", "qa", "k1", "score", "value", "many"))
    assert caught.value.diagnostics[0].code == "E1012"


def test_one_side_is_preferred_where_nobody_decides() -> None:
    with parted(version(rows(1, 2))) as sides:
        ours = sides.builder.commit("main", qa=version({("k1",): row(1, score=5), ("k2",): row(2, score=1)}))
        theirs = sides.branch("side", version({("k1",): row(1, score=6), ("k2",): row(2, score=3)}))
        decision = Resolution("qa", "qa", "k2", "score", "theirs")
        found = merge(sides.store, ours, theirs, [decision], prefer="ours")
        assert merged_rows(sides, found) == {"k1": row(1, score=5), "k2": row(2, score=3)}


def test_a_column_that_one_side_added_comes_with_its_values_and_rows_without_it_hold_null() -> None:
    wide = {**COLUMNS, "tone": STR}
    with parted(version(rows(1, 2))) as sides:
        ours = sides.builder.commit("main", qa=version({**rows(1, 2, 3), ("k1",): row(1, score=5)}))
        theirs = sides.branch("side", version({k: {**r, "tone": "kind"} for k, r in rows(1, 2).items()}, wide))
        result = merged_rows(sides, merge(sides.store, ours, theirs))
        assert result["k1"] == row(1, score=5, tone="kind")
        assert result["k3"] == row(3, tone=None)


def test_a_column_that_one_side_removed_is_gone_and_takes_no_row_with_it() -> None:
    narrow = {name: kind for name, kind in COLUMNS.items() if name != "score"}
    with parted(version(rows(1, 2))) as sides:
        ours = sides.builder.commit("main", qa=version({**rows(1, 3), ("k1",): row(1, answer="ours")}))
        less = {key: {"question": r["question"], "answer": r["answer"]} for key, r in rows(1, 2).items()}
        theirs = sides.branch("side", version(less, narrow))
        result = merged_rows(sides, merge(sides.store, ours, theirs))
        assert result == {"k1": {"question": "q1", "answer": "ours"}, "k3": {"question": "q3", "answer": "a3"}}


def test_cells_changed_in_a_column_that_the_other_side_removed_are_a_problem_and_not_lost() -> None:
    narrow = {name: kind for name, kind in COLUMNS.items() if name != "score"}
    with parted(version(rows(1))) as sides:
        ours = sides.builder.commit("main", qa=version({("k1",): row(1, score=5)}))
        theirs = sides.branch("side", version({("k1",): {"question": "q1", "answer": "a1"}}, narrow))
        found = merge(sides.store, ours, theirs)
        assert [problem.code for problem in found.problems] == ["E1063"]
        assert "`score`" in found.problems[0].message
        with pytest.raises(SynthError):
            commit_merge(sides.store, "main", found, "Merge", allow_failed=True)


def test_whole_numbers_and_fractions_of_one_column_go_together_and_text_does_not() -> None:
    for kind, value, codes in ((FLOAT, 1.5, []), (STR, "much", ["E1063"])):
        with parted(version(rows(1, 2))) as sides:
            ours = sides.builder.commit("main", qa=version({**rows(1, 2), ("k1",): row(1, answer="ours")}))
            typed = {**COLUMNS, "score": kind}
            theirs = sides.branch("side", version({("k1",): row(1, score=value), ("k2",): row(2, score=value)}, typed))
            found = merge(sides.store, ours, theirs)
            assert [problem.code for problem in found.problems] == codes
            if not codes:
                assert merged_rows(sides, found)["k1"] == row(1, answer="ours", score=1.5)


def test_a_dataset_that_one_side_alone_changed_is_taken_whole_manifest_and_all() -> None:
    with parted(version(rows(1), spec="d0")) as sides:
        ours = sides.builder.commit("main", other=version(rows(5)))
        theirs = sides.branch("side", version(rows(1, 2), spec="d1", sources={"s.synth": "edition 1\n"}))
        found = merge(sides.store, ours, theirs)
        commit = commit_merge(sides.store, "main", found, "Merge")
        assert manifest(sides.store, commit.id) == manifest(sides.store, theirs)
        assert found.datasets == {"qa": "theirs"}
        assert commit.parents == (ours, theirs)
        assert sides.store.changed(commit.id, theirs, "datasets/qa").changed == ()


def test_merging_again_and_merging_an_ancestor_are_up_to_date() -> None:
    with parted(version(rows(1))) as sides:
        theirs = sides.branch("side", version(rows(1, 2)))
        found = merge(sides.store, sides.base, theirs)
        assert found.fast_forward
        made = commit_merge(sides.store, "main", found, "Merge")
        assert merge(sides.store, made.id, theirs).up_to_date
        assert commit_merge(sides.store, "main", merge(sides.store, made.id, theirs), "Merge").id == made.id


def test_a_merge_whose_answer_was_lost_is_found_and_not_made_twice() -> None:
    with parted(version(rows(1))) as sides:
        ours = sides.builder.commit("main", qa=version(rows(1, 3)))
        theirs = sides.branch("side", version(rows(1, 2)))
        found = merge(sides.store, ours, theirs)
        first, second = (commit_merge(sides.store, "main", found, "Merge") for _ in range(2))
        assert first.id == second.id
        assert len(sides.store.log("main")) == 4


def test_a_branch_that_moved_meanwhile_is_merged_with_as_it_now_is() -> None:
    with parted(version(rows(1))) as sides:
        ours = sides.builder.commit("main", qa=version(rows(1, 3)))
        theirs = sides.branch("side", version(rows(1, 2)))
        found = merge(sides.store, ours, theirs)
        moved = sides.builder.commit("main", qa=version(rows(1, 3, 4)))
        commit = commit_merge(sides.store, "main", found, "Merge")
        assert commit.parents == (moved, theirs)
        assert list(rows_at(sides.store, commit.id)) == ["k1", "k2", "k3", "k4"]


def test_histories_with_nothing_in_common_cannot_be_merged() -> None:
    with parted(version(rows(1))) as sides:
        alone = sides.store.commit(
            CommitRequest(branch="alone", changes={"x": b"1"}, message="m", build_id="b", expected=None)
        )
        with pytest.raises(SynthError) as caught:
            preview(sides.store, sides.base, alone.id)
        assert caught.value.diagnostics[0].code == "E1060"


def test_other_keys_on_each_side_cannot_be_merged() -> None:
    with parted(version(rows(1))) as sides:
        ours = sides.builder.commit("main", qa=version(rows(1, 2), key=("page",)))
        theirs = sides.branch("side", version(rows(1, 3), key=("page", "take")))
        found = merge(sides.store, ours, theirs)
        assert [problem.code for problem in found.problems] == ["E1063"]


def test_a_dataset_removed_on_one_side_and_changed_on_the_other_is_not_lost_in_silence() -> None:
    with parted(version(rows(1))) as sides:
        ours = sides.builder.commit("main", qa=version(rows(1, 2)))
        theirs = sides.branch("side", None)
        found = merge(sides.store, ours, theirs)
        assert [problem.code for problem in found.problems] == ["E1063"]


def test_rejected_rows_follow_their_rows() -> None:
    """A candidate is kept or rejected, never both and never neither."""
    with parted(version(rows(1, 2, 3))) as sides:
        ours = sides.builder.commit("main", qa=version(rows(2, 3), rejected={("k1",): "filter 1"}))
        changed = {**rows(1, 3), ("k1",): row(1, score=9)}
        theirs = sides.branch("side", version(changed, rejected={("k2",): "filter 2"}))
        decision = Resolution("qa", "qa", "k1", None, "theirs")
        commit = commit_merge(sides.store, "main", merge(sides.store, ours, theirs, [decision]), "Merge")
        assert list(rows_at(sides.store, commit.id)) == ["k1", "k3"]
        assert list(rows_at(sides.store, commit.id, "rejected")) == ["k2"]
        counts = manifest(sides.store, commit.id).counts
        assert (counts.attempted, counts.kept, counts.rejected) == (3, 2, {"filter 2": 1})


def test_the_merged_manifest_says_what_both_sides_changed_and_is_no_specs_own() -> None:
    base = version(rows(1), spec="d0", prompts={"ask": "p0"}, params={"n": 1})
    with parted(base) as sides:
        ours = sides.builder.commit("main", qa=version(rows(1, 2), spec="d0", prompts={"ask": "p0"}, params={"n": 2}))
        theirs = sides.branch("side", version(rows(1, 3), spec="d1", prompts={"ask": "p1"}, params={"n": 1}))
        commit = commit_merge(sides.store, "main", merge(sides.store, ours, theirs), "Merge")
        found = manifest(sides.store, commit.id)
        assert (found.prompts, found.params) == ({"ask": "p1"}, {"n": 2})
        assert found.fingerprints.data not in ("d0", "d1")
        assert found.measures["rows"] == found.counts.kept == 3


def test_sides_of_one_spec_keep_its_fingerprint() -> None:
    with parted(version(rows(1))) as sides:
        ours = sides.builder.commit("main", qa=version(rows(1, 2)))
        theirs = sides.branch("side", version(rows(1, 3)))
        commit = commit_merge(sides.store, "main", merge(sides.store, ours, theirs), "Merge")
        assert manifest(sides.store, commit.id).fingerprints.data == "d0"


def test_a_revert_takes_one_commit_back_and_leaves_later_work_alone() -> None:
    with parted(version(rows(1, 2))) as sides:
        second = sides.builder.commit("main", qa=version({**rows(1, 3), ("k1",): row(1, score=9)}))
        third = sides.builder.commit("main", qa=version({**rows(1, 3, 4), ("k1",): row(1, score=9, answer="later")}))
        commit = commit_merge(sides.store, "main", revert(sides.store, second, third), "Revert")
        assert rows_at(sides.store, commit.id) == {"k1": row(1, answer="later"), "k2": row(2), "k4": row(4)}
        assert commit.parents == (third,)


def test_a_revert_of_what_changed_again_since_is_a_conflict() -> None:
    with parted(version(rows(1))) as sides:
        second = sides.builder.commit("main", qa=version({("k1",): row(1, score=9)}))
        third = sides.builder.commit("main", qa=version({("k1",): row(1, score=12)}))
        (conflict,) = revert(sides.store, second, third).conflicts
        assert (conflict.base, conflict.ours, conflict.theirs) == (9, 12, 1)


def test_a_merge_can_be_reverted() -> None:
    with parted(version(rows(1))) as sides:
        ours = sides.builder.commit("main", qa=version(rows(1, 3)))
        theirs = sides.branch("side", version({**rows(2), ("k1",): row(1, score=8)}))
        made = commit_merge(sides.store, "main", merge(sides.store, ours, theirs), "Merge")
        back = commit_merge(sides.store, "main", revert(sides.store, made.id, made.id), "Revert")
        assert rows_at(sides.store, back.id) == rows_at(sides.store, ours)
        assert manifest(sides.store, back.id).root == manifest(sides.store, ours).root


def test_a_typed_key_that_looks_like_a_path_is_merged_like_any() -> None:
    key = ("a/b", "c%")
    base = version({key: row(1)}, key=("page", "reader"))
    with parted(base) as sides:
        ours = sides.builder.commit("main", qa=version({key: row(1, answer="ours")}, key=("page", "reader")))
        theirs = sides.branch("side", version({key: row(1, score=4)}, key=("page", "reader")))
        assert list(merged_rows(sides, merge(sides.store, ours, theirs)).values()) == [row(1, answer="ours", score=4)]


def test_ints_stay_ints(value: int = 2**53 + 1) -> None:
    """No column passes through a float on its way."""
    with parted(version({("k1",): row(1, score=value)}, {**COLUMNS, "score": INT})) as sides:
        ours = sides.builder.commit("main", qa=version({("k1",): row(1, score=value, answer="ours")}))
        theirs = sides.branch("side", version({("k1",): row(1, score=value, question="theirs")}))
        assert merged_rows(sides, merge(sides.store, ours, theirs))["k1"]["score"] == value
