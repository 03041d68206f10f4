"""Builds that race, and merges of what was built: real specs, the deterministic engine, this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from dsl.diagnostics import SynthError
from runtime.build.build import Build, Options, build
from runtime.build.session import Session
from runtime.config.project import Project
from runtime.decisions import Decision, decide, decisions
from runtime.diff.causes import causes
from runtime.engines.deterministic import DeterministicEngine
from runtime.merge import Merged, Resolution, commit_merge, merge
from runtime.merge.model import Side
from runtime.query.catalog import manifest_at
from runtime.sources.catalog import ProjectCatalog
from runtime.tables.manifest import Manifest
from tests.acceptance.workshop import Workshop

SPEC = """edition 1

param low: int = 1
param high: int = 3
param words: str = "about"

dataset qa {
  each n in low..high
  gen question: str with writer \"\"\"Ask {{ words }} {{ n }}\"\"\"
  gen answer: str with writer \"\"\"Answer {{ question }}\"\"\"
  emit {
    question = question
    answer = answer
  }
}
"""
PAGES = """edition 1

record Page {
  id: str
  text: str
  size: int
}

input pages: Page = jsonl("pages.jsonl") { key = id }

dataset qa {
  each page from pages
  let text = page.text
  let size = page.size
  STATEMENTS
  emit {
    text = text
    size = size
  }
  AUDITS
}
"""


def page(number: int, **changed: Any) -> dict[str, Any]:
    return {"id": f"p{number}", "text": f"page {number}", "size": number, **changed}


def pages(statements: str = "", audits: str = "") -> str:
    return PAGES.replace("  STATEMENTS\n", f"  {statements}\n" if statements else "").replace(
        "  AUDITS\n", f"  {audits}\n" if audits else ""
    )


def made(shop: Workshop, params: Mapping[str, object], meanwhile: Thread | None = None, branch: str = "main") -> Build:
    """One build; `meanwhile` runs while it does."""
    project = Project.find(shop.root)
    with Session(project, project.config.profile(), DeterministicEngine()) as session:
        analysis = shop.analysis(session, params)
        assert analysis.ok, analysis.errors

        def watch(progress: object) -> None:
            if meanwhile is not None and not meanwhile.ident:
                meanwhile.start()
                meanwhile.join()

        return build(analysis, session, Options(branch), watch)


def raced(shop: Workshop, first: Mapping[str, object], second: Mapping[str, object]) -> Build:
    """`second` starts, and commits when `first` has started and committed in between."""
    return made(shop, second, Thread(target=made, args=(shop, first)))


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path / "project").write(SPEC)


def test_two_builds_of_one_dataset_at_once_end_with_the_rows_of_both(shop: Workshop) -> None:
    made(shop, {})
    done = raced(shop, {"high": 4}, {"low": 0})
    assert [row["key"] for row in shop.rows("qa")] == ["0", "1", "2", "3", "4"]
    assert [warning.code for warning in done.warnings] == ["W0905"]
    assert [len(commit.parents) for commit in shop.store.log("main")] == [1, 1, 0]
    assert not [name for name in shop.store.branches() if name != "main"]
    shop.check_whole()


def test_two_first_builds_at_once_end_with_the_rows_of_both(shop: Workshop) -> None:
    raced(shop, {"high": 2}, {"low": 2})
    assert [row["key"] for row in shop.rows("qa")] == ["1", "2", "3"]


def test_the_same_build_twice_at_once_is_one_commit(shop: Workshop) -> None:
    raced(shop, {}, {})
    assert len(shop.store.log("main")) == 1


def test_the_build_after_a_race_makes_all_rows_by_its_own_spec_from_the_journal(shop: Workshop) -> None:
    made(shop, {})
    raced(shop, {"high": 4}, {"low": 0})
    (again,) = made(shop, {"high": 4}).datasets
    assert (again.how, again.progress.fresh) == ("ran", 0)
    assert [row["key"] for row in shop.rows("qa")] == ["1", "2", "3", "4"]


def test_builds_whose_rows_differ_are_told_and_both_are_kept(shop: Workshop) -> None:
    made(shop, {})
    with pytest.raises(SynthError) as caught:
        raced(shop, {"words": "kindly about"}, {"words": "coldly about"})
    (found,) = caught.value.diagnostics
    assert found.code == "E1068"
    (kept,) = [name for name in shop.store.branches() if name != "main"]
    assert any(kept in note for note in found.notes)
    ours, theirs = shop.store.resolve("main"), shop.store.resolve(kept)
    assert len(merge(shop.store, ours, theirs).conflicts) == 6
    commit = commit_merge(shop.store, "main", merge(shop.store, ours, theirs, prefer="theirs"), "Merge")
    assert shop.rows("qa", ref=commit.id) == shop.rows("qa", ref=kept)


def test_a_row_left_to_be_regenerated_is_made_by_the_next_build_without_a_call(shop: Workshop) -> None:
    made(shop, {})
    shop.store.create_branch("kind", shop.store.resolve("main"))
    made(shop, {"words": "kindly about"}, branch="kind")
    made(shop, {"words": "coldly about"})
    ours, theirs = shop.store.resolve("main"), shop.store.resolve("kind")
    decide = [Resolution("qa", "qa", "2", None, "regenerate")]
    commit_merge(shop.store, "main", merge(shop.store, ours, theirs, decide, prefer="ours"), "Merge")
    assert [row["key"] for row in shop.rows("qa")] == ["1", "3"]
    (again,) = made(shop, {"words": "coldly about"}).datasets
    assert (again.how, again.progress.fresh) == ("ran", 0)
    assert [row["key"] for row in shop.rows("qa")] == ["1", "2", "3"]


def test_the_build_after_a_merge_of_two_specs_is_told_to_make_all_rows_anew(shop: Workshop) -> None:
    made(shop, {})
    shop.store.create_branch("side", shop.store.resolve("main"))
    shop.edit("Answer {{", "Kindly answer {{")
    made(shop, {}, branch="side")
    shop.edit("Kindly answer {{", "Answer {{")
    made(shop, {"high": 5})
    before = on_main(shop)
    commit_merge(shop.store, "main", merge(shop.store, *heads(shop, "side")), "Merge")
    after = on_main(shop)
    made(shop, {"high": 5})
    assert next(cause.detail for cause in causes(before, after)) == "rows of two versions, merged"
    assert next(cause.detail for cause in causes(after, on_main(shop))) == "merged rows are made anew"


def on_main(shop: Workshop) -> Manifest:
    found = manifest_at(shop.store, shop.store.resolve("main"), "qa")
    assert found is not None
    return found


def test_calls_follow_their_row_and_a_row_of_both_sides_carries_both(shop: Workshop) -> None:
    """Each cell of the merged row is the value of a call that is there."""
    made(shop, {})
    shop.store.create_branch("side", shop.store.resolve("main"))
    shop.edit("Answer {{", "Kindly answer {{")
    made(shop, {}, branch="side")
    shop.edit("Kindly answer {{", "Answer {{")
    made(shop, {"high": 5})
    commit_merge(shop.store, "main", merge(shop.store, *heads(shop, "side")), "Merge")
    calls = {(call["row"], call["text"]) for call in shop.rows("qa", "calls")}
    for row in shop.rows("qa"):
        assert {(row["key"], row["question"]), (row["key"], row["answer"])} <= calls


@pytest.mark.parametrize("way", ["one by one", "together"])
def test_merging_a_third_side_keeps_the_calls_of_the_first_two(shop: Workshop, way: str) -> None:
    made(shop, {})
    for name in ("kind", "cold"):
        shop.store.create_branch(name, shop.store.resolve("main"))
        made(shop, {"words": name}, branch=name)
    made(shop, {"words": "warm"})
    into = "main" if way == "one by one" else "cold"
    first = merge(shop.store, shop.store.resolve(into), shop.store.resolve("kind"), prefer="theirs")
    commit_merge(shop.store, into, first, "Merge kind")
    prefer: Side = "ours" if way == "one by one" else "theirs"
    commit_merge(shop.store, "main", merge(shop.store, *heads(shop, "cold"), prefer=prefer), "Merge cold")
    calls = {(call["row"], call["text"]) for call in shop.rows("qa", "calls")}
    assert len(calls) == 3 * 2 * 3
    for row in shop.rows("qa"):
        assert {(row["key"], row["question"]), (row["key"], row["answer"])} <= calls
    shop.check_whole()


def heads(shop: Workshop, name: str) -> tuple[str, str]:
    return shop.store.resolve("main"), shop.store.resolve(name)


# --- what the specs demand of the result ---


def parted(root: Path, spec: str, ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> Workshop:
    """Three pages on both, then other pages on each side."""
    base = [page(1), page(2), page(3)]
    shop = Workshop(root / "project").write(spec, pages=base)
    made(shop, {})
    shop.store.create_branch("side", shop.store.resolve("main"))
    made(shop.write(spec, pages=theirs), {}, branch="side")
    made(shop.write(spec, pages=ours), {})
    return shop


def codes(shop: Workshop) -> list[str]:
    found = merge(shop.store, *heads(shop, "side"), catalog=ProjectCatalog(shop.root))
    assert found.conflicts == ()
    return [problem.code for problem in found.problems]


def test_rows_of_both_sides_that_repeat_each_other_are_told(tmp_path: Path) -> None:
    base = [page(1), page(2), page(3)]
    ours, theirs = [*base, page(4, text="the same")], [*base, page(5, text="the same")]
    shop = parted(tmp_path, pages("dedup text by exact"), ours, theirs)
    assert codes(shop) == ["E1064"]
    assert codes(parted(tmp_path / "apart", pages("dedup text by exact"), ours, [*base, page(5)])) == []


def test_a_row_put_together_from_both_sides_meets_the_constraints(tmp_path: Path) -> None:
    base = [page(2), page(3)]
    ours, theirs = [*base, page(1, text="long text")], [*base, page(1, size=100)]
    assert codes(parted(tmp_path, pages("require size < 50 or len(text) < 8"), ours, theirs)) == ["E1065"]


def test_an_audit_that_both_sides_pass_and_the_result_fails_stops_the_merge(tmp_path: Path) -> None:
    base = [page(1), page(2), page(3)]
    audits = "audit kept <= 4\n  audit mean(size) < 100"
    shop = parted(tmp_path, pages(audits=audits), [*base, page(4)], [*base, page(5)])
    found = merge(shop.store, *heads(shop, "side"))
    assert [problem.code for problem in found.problems] == ["E1062"]
    assert "kept <= 4" in found.problems[0].message
    with pytest.raises(SynthError):
        commit_merge(shop.store, "main", found, "Merge")
    commit_merge(shop.store, "main", found, "Merge", allow_failed=True)
    assert shop.at("qa").manifest.failed == ("kept <= 4",)
    assert len(shop.rows("qa")) == 5


def test_an_audit_over_what_no_table_holds_is_told_and_not_passed_over(tmp_path: Path) -> None:
    base = [page(1), page(2), page(3)]
    audits = "audit mean(drafts.count) > 1\n  audit kept <= 4"
    spec = pages('gen drafts: str with writer times 2 """Say {{ text }}"""', audits)
    assert codes(parted(tmp_path, spec, [*base, page(4)], [*base, page(5)])) == ["E1069", "E1062"]


def test_stored_sources_that_do_not_compile_here_are_told(tmp_path: Path) -> None:
    base = [page(1), page(2), page(3)]
    root = tmp_path / "project"
    root.mkdir(parents=True)
    (root / "good.txt").write_text("page 1\npage 2\n")
    spec = pages(audits="audit kept > len(good)").replace(
        "input pages", 'const good = lines("good.txt")\n\ninput pages'
    )
    shop = parted(tmp_path, spec.replace("len(good)", "good.count - 9"), [*base, page(4)], [*base, page(5)])
    assert codes(shop) == []
    (root / "good.txt").unlink()
    assert codes(shop) == ["E1069"]


def test_a_row_of_an_atomic_emit_is_never_put_together_from_two(tmp_path: Path) -> None:
    base = [page(2), page(3)]
    ours, theirs = [*base, page(1, text="another")], [*base, page(1, size=100)]
    found = {}
    for word in ("emit", "emit atomic"):
        shop = parted(tmp_path / word, pages().replace("emit", word), ours, theirs)
        found[word] = merge(shop.store, *heads(shop, "side"))
    assert [(one.key, one.column) for one in found["emit atomic"].conflicts] == [("p1", None)]
    assert (found["emit"].conflicts, found["emit"].tables[0].cells) == ((), 1)


def test_decisions_of_two_people_about_two_rows_stand_side_by_side_and_about_one_are_a_conflict(tmp_path: Path) -> None:
    def says(row: str, verdict: str) -> Decision:
        return Decision("qa", row, "", verdict, {}, "Ada")  # type: ignore[arg-type]

    shop = Workshop(tmp_path / "project").write(pages(), pages=[page(1), page(2), page(3)])
    made(shop, {})
    for name in ("side", "clash"):
        shop.store.create_branch(name, shop.store.resolve("main"))
    decide(shop.store, "main", "qa", [says("p1", "reject")])
    decide(shop.store, "side", "qa", [says("p2", "reject")])
    decide(shop.store, "clash", "qa", [says("p1", "accept")])
    clash = merge(shop.store, *heads(shop, "clash"))
    assert [(one.table, one.column) for one in clash.conflicts] == [("decisions", None)]
    commit_merge(shop.store, "main", merge(shop.store, *heads(shop, "side")), "Merge")
    assert [row["key"] for row in shop.rows("qa")] == ["p3"]
    assert [row["key"] for row in shop.rows("qa", "rejected")] == ["p1", "p2"]
    assert {(one.key, one.verdict) for one in decisions(shop.store, shop.store.resolve("main"), "qa")} == {
        ("p1", "reject"),
        ("p2", "reject"),
    }


@pytest.mark.parametrize(
    ("value", "code", "said"),
    [
        ({"verdict": "drop"}, "E1066", "the verdict `drop`"),
        ({"seen": "00"}, "E1066", "another `seen`"),
        ({"values": [1]}, "E1066", "no object"),
        ({"values": {"siez": 1}}, "E1103", "no column `siez`"),
        ({"values": {"size": "large"}}, "E1103", "no value of column `size`"),
    ],
)
def test_a_decision_written_in_place_of_two_is_checked_like_any_other(
    tmp_path: Path, value: dict[str, Any], code: str, said: str
) -> None:
    merged, shop = decided_otherwise(tmp_path, value)
    with pytest.raises(SynthError) as caught:
        merged()
    assert caught.value.diagnostics[0].code == code
    assert said in caught.value.diagnostics[0].message
    shop.check_whole()


def test_two_decisions_about_one_row_become_one_that_a_person_writes(tmp_path: Path) -> None:
    merged, shop = decided_otherwise(tmp_path, {"values": {"size": 7, "text": "theirs"}, "note": "both"})
    commit_merge(shop.store, "main", merged(), "Merge")
    (found,) = decisions(shop.store, shop.store.resolve("main"), "qa")
    assert (found.values, found.note) == ({"size": 7, "text": "theirs"}, "both")
    made(shop, {})
    assert [(row["size"], row["text"]) for row in shop.rows("qa")] == [(7, "theirs")]


def decided_otherwise(tmp_path: Path, value: dict[str, Any]) -> tuple[Callable[[], Merged], Workshop]:
    """Two edits of one row, in different cells, and what merges them with `value` in their place."""
    shop = Workshop(tmp_path / "project").write(pages(), pages=[page(1)])
    made(shop, {})
    shop.store.create_branch("side", shop.store.resolve("main"))
    decide(shop.store, "main", "qa", [Decision("qa", "p1", "", "edit", {"size": 7}, "Ada")])
    decide(shop.store, "side", "qa", [Decision("qa", "p1", "", "edit", {"text": "theirs"}, "Bob")])
    ours, theirs = heads(shop, "side")
    (clash,) = merge(shop.store, ours, theirs).conflicts
    written = [Resolution("qa", clash.table, clash.key, None, "value", value)]
    return lambda: merge(shop.store, ours, theirs, written), shop
