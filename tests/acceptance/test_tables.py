"""Emits of many rows and of many tables, built: where each row goes, what its key is, and what audits see of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.query.sql import query
from tests.acceptance.workshop import Workshop
from tests.plan_edits.outcome import built, disagreements, planned

SPEC = """edition 1
enum Tone { calm, angry, sad }
dataset out {
  each i in 1..3
  each tone in Tone
  gen drafts: str with writer times 3 \"\"\"
    Draft {{ i }}.
  \"\"\"
  let first = drafts.first
  emit split by tone { i = i }
  emit as others for draft in drafts.where(it != first) { draft = draft, n = len(draft) }
  audit count(others.n > 0) == 18 and count(i > 0) == 9
}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path / "p").write(SPEC)


def test_a_split_emit_has_a_table_for_each_value_even_an_empty_one(shop: Workshop) -> None:
    shop.edit("  let first", "  filter tone != Tone.sad\n  let first")
    shop.edit("== 18 and count(i > 0) == 9", "== 12 and count(i > 0) == 6")
    built = shop.made()
    assert {name: table.rows for name, table in built.manifest.tables.items()} == {
        "out/calm": 3,
        "out/angry": 3,
        "out/sad": 0,
        "others": 12,
    }
    assert [row["i"] for row in shop.rows("out", "out/angry")] == [1, 2, 3]


def test_a_row_of_many_is_keyed_by_its_candidate_and_its_elements_place(shop: Workshop) -> None:
    shop.made()
    keys = [row["key"] for row in shop.rows("out", "others")]
    assert keys[:4] == ["1/angry/1", "1/angry/2", "1/calm/1", "1/calm/2"]


def test_an_audit_sees_every_row_of_many_and_all_tables_of_a_split(shop: Workshop) -> None:
    assert shop.made().gates[0].held
    shop.edit("== 18", "== 9")
    with pytest.raises(SynthError, match="audit"):
        shop.made()


def test_sql_takes_a_split_table_by_its_value_and_names_it_so(shop: Workshop) -> None:
    shop.made()
    assert query(shop.store, "select count(*) from out.angry").rows() == [(3,)]
    assert query(shop.store, 'select count(*) from out."out/angry"').rows() == [(3,)]
    with pytest.raises(SynthError) as told:
        query(shop.store, "select * from out.cross")
    assert "out.angry" in str(told.value.diagnostics[0].notes)


TURNS = """edition 1
dataset turns {
  each i in 1..3
  gen line: str with writer \"\"\"
    Say {{ i }}.
  \"\"\"
  let messages: Message[] = [user("Go on."), assistant(line)]
  emit sft { messages = [...], i = i }
  emit as all { i = i, second = messages[i - 1] }
}
"""


def test_a_conversation_with_a_message_that_is_not_there_is_a_rejected_row(tmp_path: Path) -> None:
    shop = Workshop(tmp_path / "p").write(TURNS.replace("[...]", '[user("Well?"), messages[i - 1]]'))
    shop.made()
    assert [(row["i"], len(row["messages"])) for row in shop.rows("turns")] == [(1, 2), (2, 2)]
    assert [row["i"] for row in shop.rows("turns", "all")] == [1, 2]
    [rejected] = shop.rows("turns", "rejected")
    assert rejected["key"] == "3" and "a message of `messages` is null" in rejected.values(), rejected


def test_a_plan_knows_that_a_message_may_not_be_there(tmp_path: Path) -> None:
    text = TURNS.replace("[...]", "[user(line), messages[len(line) % 2 + 1]]").replace("dataset turns", "dataset rows")
    behind = '  gen more: str with writer """\n    More of {{ line }}.\n  """\n  emit as all'
    text = text.replace("  emit as all", behind).replace("second =", "more = more, second =").replace("1..3", "1..6")
    shop = Workshop(tmp_path / "p").write(text)
    found = planned(shop)
    assert (found.cells["more"].low, found.cells["more"].high) == (0, 6)
    came = built(shop)
    assert 0 < came.new["more"] < 6 and list(disagreements(found, came, exact=False)) == []
