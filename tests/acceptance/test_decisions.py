"""What a person decided about a row survives every rebuild: real builds, on the deterministic engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runtime.decisions import Decision, decide
from runtime.tables.manifest import Manifest
from tests.acceptance.deciding import ADA, EMIT, Desk, edit, numbered, reject
from tests.acceptance.workshop import Workshop


def test_a_rejected_row_stays_rejected_and_the_target_is_met_by_another(desk: Callable[..., Desk]) -> None:
    one = desk(numbered(6), target="target = 3")
    one.settled()
    assert list(one.lines()) == ["0", "1", "2"] and one.calls >= 3
    one.decide(reject("1"))
    assert list(one.lines()) == ["0", "2"] and one.counts() == (3, 2, {"decision": 1})
    one.settled()
    assert list(one.lines()) == ["0", "2", "3"] and one.counts() == (4, 3, {"decision": 1})
    assert one.lines("rejected", "reason") == {"1": "a person: no"}
    assert one.states() == {"1": "applied"}
    one.work.edit("Line {{ page.id }}.", "Line {{ page.id }}, please.")
    one.settled()
    assert list(one.lines()) == ["0", "2", "3"] and one.states() == {"1": "applied"}


def test_what_is_taken_back_makes_room_again(desk: Callable[..., Desk]) -> None:
    one = desk(numbered(6), target="target = 3")
    one.settled()
    first = one.work.at("lines").manifest
    one.decide(reject("1"), edit("2", "better"))
    one.settled()
    one.decide(withdraw=[("lines", "1"), ("lines", "2")])
    assert list(one.lines()) == ["0", "1", "2", "3"]
    one.settled()
    assert one.work.at("lines").manifest == first


def test_an_edit_stays_until_its_row_changes_and_is_then_stale(desk: Callable[..., Desk]) -> None:
    one = desk(numbered(3))
    one.settled()
    one.decide(edit("1", "by hand"), edit("2", "by hand, too"))
    assert not one.settled().warnings
    assert one.lines() == {"0": "line 0", "1": "by hand", "2": "by hand, too"}
    one.work.edit("Line {{ page.id }}.", "Line {{ page.id }} again.")
    one.said[1] = "another line"
    made = one.build()
    assert one.lines() == {"0": "line 0", "1": "another line", "2": "by hand, too"}
    assert one.states() == {"1": "stale", "2": "applied"}
    (warning,) = made.warnings
    assert warning.code == "W1001" and "`1`" in warning.notes[0]
    assert [found.code for found in one.build().warnings] == ["W1001"]
    one.decide(edit("1", "by hand, anew"))
    assert not one.settled().warnings and one.lines()["1"] == "by hand, anew"


def test_a_decision_about_a_row_that_is_gone_is_kept_and_told(desk: Callable[..., Desk]) -> None:
    one = desk(numbered(3))
    one.build()
    one.decide(reject("1"), edit("2", "by hand"))
    one.work.edit("emit {", 'filter page.id == "0"\n  emit {')
    made = one.build()
    assert one.lines() == {"0": "line 0"} and one.states() == {"1": "moot", "2": "moot"}
    assert [found.code for found in made.warnings] == ["W1002"]
    one.work.edit('filter page.id == "0"\n  emit {', "emit {")
    assert not one.settled().warnings
    assert one.lines() == {"0": "line 0", "2": "by hand"}


def test_accepting_changes_no_row_and_asks_for_no_build(desk: Callable[..., Desk]) -> None:
    one = desk(numbered(3))
    one.build()
    one.decide(Decision("lines", "1", "", "accept", {}, ADA))
    assert [built.how for built in one.build().datasets] == ["unchanged"]
    one.work.edit("Line {{ page.id }}.", "Line {{ page.id }} again.")
    one.said[1] = "another line"
    assert [found.code for found in one.build().warnings] == ["W1001"]


def test_what_a_rejected_row_kept_out_as_a_duplicate_comes_in(desk: Callable[..., Desk]) -> None:
    one = desk(["same", "other", "same", "same"], f"dedup line by exact\n  {EMIT}")
    one.settled()
    assert list(one.lines()) == ["0", "1"]
    one.decide(reject("0"))
    one.settled()
    assert one.lines() == {"1": "other", "2": "same"}
    assert one.lines("rejected", "statement") == {"0": "decision", "3": "dedup 1"}


def test_dedup_compares_what_a_person_wrote(desk: Callable[..., Desk]) -> None:
    one = desk(["first", "second", "third", "fourth"], f"dedup line by exact\n  {EMIT}")
    one.settled()
    one.decide(edit("0", "third"), edit("3", "second"))
    one.settled()
    assert one.lines() == {"0": "third", "1": "second"}
    assert one.lines("rejected", "duplicate_of") == {"2": "0", "3": "1"}
    assert one.states() == {"0": "applied", "3": "moot"}


def test_a_filter_behind_dedup_still_compares_with_what_it_drops(desk: Callable[..., Desk]) -> None:
    statements = f'dedup line by exact\n  filter page.id != "0"\n  {EMIT}'
    one = desk(["same", "other", "same"], statements)
    one.build()
    one.decide(edit("1", "edited"))
    one.settled()
    assert one.lines() == {"1": "edited"}


def test_select_takes_the_next_best_in_place_of_a_rejected_row(desk: Callable[..., Desk]) -> None:
    one = desk(["a", "bbbb", "cc", "ddd"], f"select 2 by len(line)\n  {EMIT}")
    one.settled()
    assert list(one.lines()) == ["1", "3"]
    one.decide(reject("1"))
    one.settled()
    assert list(one.lines()) == ["2", "3"]
    assert one.lines("rejected", "statement") == {"0": "select 1", "1": "decision"}


def test_a_target_for_each_group_is_refilled_in_its_group(desk: Callable[..., Desk]) -> None:
    one = desk(numbered(10), target="target = 2 per page.group")
    one.settled()
    assert list(one.lines()) == ["0", "1", "2", "3"]
    one.decide(reject("1"))
    one.settled()
    assert list(one.lines()) == ["0", "2", "3", "5"]


def test_audits_see_the_edited_values(desk: Callable[..., Desk]) -> None:
    one = desk(numbered(3), f'{EMIT}\n  audit count(line == "by hand") == 1')
    one.build(audits="warn")
    assert one.work.at("lines").manifest.counts.kept == 3
    one.decide(edit("2", "by hand"))
    made = one.build()
    assert all(gate.held for gate in made.datasets[0].gates) and made.datasets[0].gates


def test_a_row_of_several_goes_alone_and_the_last_one_takes_its_candidate_along(desk: Callable[..., Desk]) -> None:
    emits = """emit as words for word in split(line, " ") { word = word, line = line }
  emit { line = line }"""
    one = desk(["big red fox", "cow"], emits)
    one.settled()
    one.decide(reject("0/1", "words"), edit("0/2", "ox", "words", "word"))
    one.settled()
    assert one.lines("words", "word") == {"0/0": "big", "0/2": "ox", "1/0": "cow"}
    assert one.lines() == {"0": "big red fox", "1": "cow"} and one.counts() == (2, 2, {})
    assert one.lines("rejected", "statement") == {"0/1/words": "decision"}
    one.decide(reject("0"))
    assert one.lines("words", "word") == {"1/0": "cow"}
    one.settled()
    assert one.lines("words", "word") == {"1/0": "cow"} and one.counts() == (2, 1, {"decision": 1})
    assert one.lines("rejected", "statement") == {"0": "decision"}
    one.decide(withdraw=[("lines", "0")])
    one.settled()
    assert one.lines("words", "word") == {"0/0": "big", "0/2": "ox", "1/0": "cow"}


def test_rows_of_a_split_table_are_decided_on_where_they_lie(desk: Callable[..., Desk]) -> None:
    one = desk(numbered(4), "emit split by page.group { line = line }")
    one.settled()
    one.decide(reject("0", "lines/a"), edit("1", "by hand", "lines/b"))
    made = one.settled()
    assert one.lines("lines/a") == {"2": "line 2"}
    assert one.lines("lines/b") == {"1": "by hand", "3": "line 3"}
    assert one.counts() == (4, 3, {"decision": 1}) and not made.warnings


def test_builds_agree_whatever_the_order_of_decisions(tmp_path: Path) -> None:
    steps = [reject("1"), edit("2", "by hand"), reject("0"), edit("3", "line 5")]
    roots: list[Manifest] = []
    for order in (steps, steps[::-1]):
        one = Desk(tmp_path / str(len(roots)), numbered(8), f"dedup line by exact\n  {EMIT}", "target = 4")
        one.settled()
        for step in order:
            one.decide(step)
        one.settled()
        roots.append(one.work.at("lines").manifest)
    assert roots[0] == roots[1]


def test_what_deciding_does_is_what_the_build_does(desk: Callable[..., Desk]) -> None:
    """Without a target to refill, the next build changes nothing but the mark that it has seen the decisions."""
    words = 'emit as words for word in split(line, " ") { word = word }'
    one = desk(numbered(9), f"{EMIT}\n  {words}")
    one.settled()
    one.decide(reject("1"), edit("2", "by hand"), reject("5/0", "words"), edit("6/1", "six", "words", "word"))
    before = one.work.at("lines").manifest
    one.settled()
    after = one.work.at("lines").manifest
    assert after.root == before.root and after.counts == before.counts
    assert after.tables == before.tables and after.measures == before.measures and after.rejected == before.rejected


MIX = """edition 1

record Line { id: str, line: str }
input left: Line = jsonl("left.jsonl") { key = id }
input right: Line = jsonl("right.jsonl") { key = id }

mix lines { left: 50%, right: 50% }
"""


def test_a_mix_takes_another_row_in_place_of_a_rejected_one(tmp_path: Path) -> None:
    left, right = ([{"id": f"{n}", "line": f"{part} {n}"} for n in range(size)] for part, size in PARTS)
    work = Workshop(tmp_path / "mix").write(MIX, left=left, right=right)
    work.build()
    taken = [row["key"] for row in work.rows("lines")]
    (first, second) = [key for key in taken if key.startswith("right")][:2]
    decide(work.store, "main", "lines", [reject(first), edit(second, "by hand")])
    work.build()
    after = {row["key"]: row["line"] for row in work.rows("lines")}
    assert first not in after and len(after) == len(taken) and after[second] == "by hand"
    assert len(after.keys() - set(taken)) == 1
    assert [one.how for one in work.build().datasets] == ["unchanged"]


PARTS = (("left", 3), ("right", 8))
