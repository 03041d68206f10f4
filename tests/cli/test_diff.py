"""`synth diff`: which versions are meant, what is shown of them, and what a script reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli

pytestmark = pytest.mark.usefixtures("history")


def test_without_arguments_it_is_the_last_commit(cli: Cli) -> None:
    shown = cli("diff")
    assert shown.code == 0
    assert shown.out.startswith("diff main~1..main qa")
    assert "+2 −2 ~7 =11" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80


@pytest.mark.parametrize("between", ["HEAD~1..HEAD", "main~1..main", "main~1", "main~1..", "HEAD~1"])
def test_every_way_to_write_the_same_range(cli: Cli, between: str) -> None:
    assert "+2 −2 ~7 =11" in cli("diff", between, "qa", "--stat").out


def test_a_dataset_alone_means_its_last_change(cli: Cli) -> None:
    assert "+2 −2 ~7 =11" in cli("diff", "qa", "--stat").out


def test_a_name_that_is_neither_ref_nor_dataset(cli: Cli) -> None:
    told = cli("diff", "qaa")
    assert told.code == 2
    assert "E1001" in told.err
    assert "E1031" in cli("diff", "HEAD~1..HEAD", "qaa").err


def test_two_versions_as_git_takes_them_are_told_how_to_be_written(cli: Cli) -> None:
    told = cli("diff", "HEAD~1", "HEAD")
    assert told.code == 2
    assert "synth diff HEAD~1..HEAD" in told.err


def test_exit_code_says_whether_anything_differs(cli: Cli) -> None:
    assert cli("diff", "--exit-code").code == 1
    assert cli("diff", "main..main", "--exit-code").code == 0


def test_rows_are_chosen_by_kind_condition_and_number(cli: Cli) -> None:
    found = cli("diff", "--json", "--only", "changed", "--where", 'topic == "loops" and score > 4').json
    (table,) = found["datasets"][0]["tables"]
    assert [row["key"] for row in table["rows"]] == ["page05", "page06"]
    limited = cli("diff", "--json", "--limit", "1", "--offset", "1", "--only", "added").json
    (table,) = limited["datasets"][0]["tables"]
    assert [row["key"] for row in table["rows"]] == ["page40"]
    assert len(cli("diff", "--json", "--sample", "3").json["datasets"][0]["tables"][0]["rows"]) == 3


def test_columns_show_these_alone(cli: Cli) -> None:
    rows = cli("diff", "--json", "--columns", "note,score").json["datasets"][0]["tables"][0]["rows"]
    (changed,) = [row for row in rows if row["state"] == "changed"]
    assert changed["key"] == "page03"
    assert [cell["column"] for cell in changed["cells"]] == ["note"]


def test_a_condition_is_checked_and_underlined_before_rows_are_read(cli: Cli) -> None:
    told = cli("diff", "--where", 'scor > 4 and topic == "loops"')
    assert told.code == 2
    assert "--> --where:1:1" in told.err
    assert "did you mean `score`?" in told.err


def test_a_condition_may_read_nulls_nested_fields_and_the_key(cli: Cli) -> None:
    for text, key in (
        ('note == "short"', "page03"),
        ('key == "page05"', "page05"),
        ('messages[1].content.contains("right away") and score == 2', "page02"),
    ):
        rows = cli("diff", "--json", "--only", "changed", "--where", text).json["datasets"][0]["tables"][0]["rows"]
        assert [row["key"] for row in rows] == [key]


def test_an_unknown_column_is_a_mistake(cli: Cli) -> None:
    told = cli("diff", "--columns", "topik")
    assert told.code == 2
    assert "E1035" in told.err


def test_stat_shows_no_rows_and_markdown_is_a_page(cli: Cli) -> None:
    assert "page05" not in cli("diff", "--stat").out
    assert cli("diff", "--format", "markdown").out.startswith("#")


def test_a_page_is_written_and_its_rows_are_those_that_were_asked_for(cli: Cli, tmp_path: Path) -> None:
    told = cli("diff", "qa", "--html", "diff.html", "--only", "removed", "--exit-code")
    assert (told.code, told.out) == (1, "diff.html is written\n")
    page = (tmp_path / "diff.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert page.count('<details class="removed">') == 2
    assert page.count("<details class=") == 2
    assert "E1106" in cli("diff", "--html", "no/where.html").err


def test_a_sample_says_how_much_of_the_change_it_is(cli: Cli) -> None:
    assert "\n3 of 7 changed rows, drawn by key\n" in cli("diff", "--only", "changed", "--sample", "3").out
    assert "\n3 of 11 rows that differ, drawn by key\n" in cli("diff", "--sample", "3", "--format", "markdown").out
    (table,) = cli("diff", "--json", "--sample", "30", "--where", 'topic == "loops"').json["datasets"][0]["tables"]
    assert table["coverage"] == {"shown": 7, "of": 7}
    assert cli("diff", "--json").json["datasets"][0]["tables"][0]["coverage"] is None


def test_rows_are_chosen_by_the_statement_that_dropped_them(cli: Cli) -> None:
    (table,) = cli("diff", "--json", "--reason", "repetitive").json["datasets"][0]["tables"]
    assert [(row["key"], row["state"], row["reason"]) for row in table["rows"]] == [
        ("page19", "removed", "filter not repetitive(answer)"),
        ("page30", "added", "filter not repetitive(answer)"),
    ]
    assert cli("diff", "--json", "--reason", "nothing of that kind").json["datasets"][0]["tables"][0]["rows"] == []


def test_html_goes_where_a_pipe_leads(cli: Cli) -> None:
    shown = cli("diff", "--format", "html", "--only", "removed", "--limit", "1").out
    assert shown.startswith("<!doctype html>") and shown.count("<details class=") == 1
