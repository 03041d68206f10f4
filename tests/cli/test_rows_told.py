"""What `why` and `blame` call things: prompts and arguments as the spec has them, statements as they were written."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.workshop import Workshop
from tests.cli.conftest import Cli

SPEC = """edition 1
record Row { id: str, n: int }
input rows: Row = jsonl("rows.jsonl") { key = id }
prompt call(result: str, last: str) \"\"\"
  {{ result }} {{ last }}
\"\"\"
dataset qa {
  each row from rows
  gen note: str = call(row.id, "x") with writer
  filter row.n > 1
  emit { note = note }
}
"""
ROWS = [{"id": "a b", "n": 1}, {"id": "学生", "n": 1}, {"id": "c", "n": 2}]


def test_a_prompt_and_its_arguments_go_by_the_spec_s_names_also_where_python_has_others(
    tmp_path: Path, cli: Cli
) -> None:
    Workshop(tmp_path).write(SPEC, rows=ROWS).build()
    told = cli("blame", "qa", "c", "--prompts").out
    assert "gen · call by writer" in told
    assert 'result = "c"' in told and 'last = "x"' in told


def test_a_dropped_row_names_the_statement_as_it_was_written(tmp_path: Path, cli: Cli) -> None:
    Workshop(tmp_path).write(SPEC, rows=ROWS).build()
    assert cli("blame", "qa", "a b").out.startswith("a b  dropped by filter row.n > 1")
    assert "`synth blame qa 'a b'` shows every call" in cli("why", "qa", "a b").out


def test_reasons_stand_below_each_other_whatever_the_width_of_the_keys(tmp_path: Path, cli: Cli) -> None:
    Workshop(tmp_path).write(SPEC, rows=ROWS).build()
    assert cli("why", "qa").out.splitlines() == [
        f"a b{' ' * 25}  filter row.n > 1",
        f"学生{' ' * 24}  filter row.n > 1",
    ]


def test_a_key_with_a_slash_is_told_how_it_is_printed(tmp_path: Path, cli: Cli) -> None:
    Workshop(tmp_path).write(SPEC, rows=[{"id": "a/b", "n": 2}, {"id": "a'b", "n": 2}]).build()
    assert "did you mean `a%2Fb`?" in cli("blame", "qa", "a/b").err
    assert cli("blame", "qa", "a%2Fb").code == 0


def test_an_edit_without_a_value_is_told_how_one_is_written(tmp_path: Path, cli: Cli) -> None:
    Workshop(tmp_path).write(SPEC, rows=ROWS).build()
    assert "write `--edit column=value`" in cli("decide", "qa", "c", "--edit", "note").err
    assert "did you mean `note`?" in cli("decide", "qa", "c", "--edit", "noet=x").err


def test_where_nothing_was_built_what_makes_the_first_commit_is_told(tmp_path: Path, cli: Cli) -> None:
    Workshop(tmp_path).write(SPEC, rows=ROWS)
    assert "`synth build SPEC` makes the first" in cli("show").err
