"""`synth sql`: tables for people that fit the screen, CSV and JSON for scripts."""

from __future__ import annotations

import csv
import io
import json

import pytest

from runtime.cli.sql import table
from tests.cli.conftest import Cli


@pytest.mark.usefixtures("history")
class TestOverCommits:
    def test_a_table_for_people(self, cli: Cli) -> None:
        shown = cli("sql", "select key, score from qa where score in (3, 17) order by score")
        assert shown.out == "key     score\n──────  ─────\npage03      3\npage17     17\n2 rows\n"

    def test_any_version_can_be_named(self, cli: Cli) -> None:
        cli("tag", "v1", "HEAD~1")
        query = "select count(*) n from qa where note is not null"
        assert cli("sql", "--json", query).json == [{"n": 1}]
        assert cli("sql", "--json", query, "--at", "HEAD~1").json == [{"n": 0}]
        assert cli("sql", "--json", "select count(*) n from qa@v1").json == [{"n": 20}]

    def test_dropped_candidates_can_be_read(self, cli: Cli) -> None:
        assert cli("sql", "--json", "select key, statement from qa.rejected order by key").json == [
            {"key": "page19", "statement": "filter 2"},
            {"key": "page31", "statement": "filter 2"},
        ]

    def test_json_keeps_structure_and_columns_of_one_name(self, cli: Cli) -> None:
        (row,) = cli("sql", "--json", "select key, key, messages, date '2026-01-02' d from qa where score = 1").json
        assert row["key"] == row["key_2"] == "page01"
        assert row["messages"][0]["role"] == "user"
        assert row["d"] == "2026-01-02"

    def test_csv_is_read_back(self, cli: Cli) -> None:
        text = cli("sql", "--format", "csv", "select key, messages from qa where score = 1").out
        header, row = csv.reader(io.StringIO(text))
        assert header == ["key", "messages"]
        assert row[1].startswith('[{"role":"user"')

    def test_json_lines_are_a_row_each_as_a_trainer_reads_them(self, cli: Cli) -> None:
        lines = cli("sql", "--format", "jsonl", "select key, messages from qa order by key").out.splitlines()
        rows = [json.loads(line) for line in lines]
        assert rows == cli("sql", "--json", "select key, messages from qa order by key").json
        assert len(rows) == 20 and rows[0]["messages"][0]["role"] == "user"

    def test_a_query_from_stdin(self, cli: Cli) -> None:
        assert cli("sql", "-", "--json", stdin="select 1 as one from qa limit 1").json == [{"one": 1}]

    @pytest.mark.parametrize(
        ("query", "code"),
        [("select nope from qa", "E1033"), ("drop table qa", "E1034"), ("from qa@nowhere", "E1001"), ("", "E1034")],
    )
    def test_a_wrong_query_is_a_mistake(self, cli: Cli, query: str, code: str) -> None:
        told = cli("sql", query)
        assert told.code == 2
        assert f"error[{code}]" in told.err


def test_a_long_text_is_cut_to_the_width() -> None:
    lines = table(["id", "text"], [(1, "word " * 50), (2, "日本語" * 40)], 10, 40)
    assert len(lines[2]) == 40
    assert lines[2].endswith("…")
    assert lines[3].endswith("…")


def test_more_columns_than_fit_stand_below_each_other() -> None:
    names = [f"column_{i}" for i in range(20)]
    lines = table(names, [tuple(range(20))], 10, 80)
    assert lines[0] == "row 1"
    assert lines[1] == "  column_0   0"
    assert lines[-1] == "1 row"


def test_rows_beyond_the_limit_are_counted() -> None:
    assert table(["n"], [(i,) for i in range(1200)], 2, 80)[-1] == "1,200 rows, 2 of them shown (--limit)"


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in "".join(table(["text"], [("\x1b[31mred",)], 10, 80))


def test_no_rows() -> None:
    assert table(["a", "b"], [], 10, 80) == ["a  b", "─  ─", "0 rows"]
