"""Mixes: shares, columns, keys, what is built again; and `why` and `blame` that follow a row to its part."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dsl.diagnostics import SynthError
from runtime.cli import run
from runtime.engines.deterministic import DeterministicEngine
from runtime.query import parse_reference, query
from runtime.stories import story
from tests.acceptance.specs import pages
from tests.acceptance.workshop import Workshop, root_of

MIX = '''edition 1

record Ticket {
  subject: str where words(subject) <= 4
  body: str
  stars: int?
}

record Page {
  id: str
  text: str
}

input pages: Page = jsonl("pages.jsonl") { key = id }
input real: Ticket = jsonl("real.jsonl")

dataset tickets {
  each page from pages
  each take in 1..2
  gen body: str with writer { max_tokens = 60 } """
    Ticket {{ take }} about {{ page.text }}
  """
  emit { body = body, subject = "made", page = page.id, stars = 2.5 }
}

mix train { tickets: 50%, real: 50% }
'''


def real(count: int) -> list[dict[str, Any]]:
    return [{"subject": f"case {n}", "body": f"It broke {n} times.", "stars": n} for n in range(count)]


def project(folder: Path, made: int = 3, given: int = 4) -> Workshop:
    return Workshop(folder).write(MIX, pages=pages(made), real=real(given))


def test_the_largest_total_that_meets_the_shares(tmp_path: Path) -> None:
    work = project(tmp_path)
    done = work.build()
    assert [one.manifest.dataset for one in done.datasets] == ["tickets", "train"]
    rows = work.rows("train")
    assert sorted(row["source"] for row in rows) == ["real"] * 4 + ["tickets"] * 4
    counts = work.at("train").manifest.counts
    assert (counts.attempted, counts.kept, dict(counts.rejected)) == (10, 8, {"part tickets": 2})


def test_columns_are_the_union_and_what_a_part_lacks_is_null(tmp_path: Path) -> None:
    work = project(tmp_path)
    work.build()
    schema = work.at("train").manifest.tables["train"].schema
    assert [str(column) for column in schema.columns] == [
        "source: str",
        "body: str",
        "subject: str",
        "page: str?",
        "stars: float?",
    ]
    assert {row["page"] for row in work.rows("train") if row["source"] == "real"} == {None}
    assert {row["stars"] for row in work.rows("train") if row["source"] == "real"} == {0.0, 1.0, 2.0, 3.0}


def test_the_key_is_the_source_and_the_key_that_the_row_has_there(tmp_path: Path) -> None:
    work = project(tmp_path)
    work.build()
    keys = {row["key"] for row in work.rows("tickets")}
    mixed = [row["key"] for row in work.rows("train") if row["source"] == "tickets"]
    assert len(mixed) == 4 and {key.removeprefix("tickets/") for key in mixed} <= keys
    assert work.at("train").manifest.key[0].name == "source"


def test_a_row_of_an_input_that_breaks_its_record_is_rejected_with_its_reason(tmp_path: Path) -> None:
    work = project(tmp_path)
    work.write(MIX, real=[*real(3), {"subject": "far too many words here", "body": "b", "stars": None}])
    work.build()
    rejected = [row for row in work.rows("train", "rejected") if row["statement"] == "input real"]
    assert [row["reason"] for row in rejected] == ["subject: words(subject) <= 4"]
    assert len(work.rows("train")) == 6


def test_it_is_made_anew_only_when_a_part_changed(tmp_path: Path) -> None:
    work = project(tmp_path)
    work.build()
    assert [one.how for one in work.build().datasets] == ["unchanged", "unchanged"]
    work.edit("page = page.id, stars = 2.5", "page = page.id, stars = 1.0 + 1.5")
    assert [one.how for one in work.build().datasets] == ["ran", "described"]
    work.write((work.root / "spec.synth").read_text(), real=real(5))
    assert [one.how for one in work.build().datasets] == ["unchanged", "ran"]
    work.edit("tickets: 50%, real: 50%", "tickets: 60%, real: 40%")
    last = work.build()
    assert [one.how for one in last.datasets] == ["described", "ran"]
    assert last.datasets[1].manifest.counts.kept == 10


def test_one_row_more_of_a_part_moves_few_others(tmp_path: Path) -> None:
    work = project(tmp_path, 20, 10)
    work.build()
    before = {row["key"] for row in work.rows("train")}
    work.write(MIX, pages=pages(21))
    work.build()
    after = {row["key"] for row in work.rows("train")}
    assert len(before) == len(after) == 20 and len(before - after) <= 2


def test_the_rows_are_the_same_at_any_concurrency(tmp_path: Path) -> None:
    roots = set()
    for concurrency in (1, 64):
        work = project(tmp_path / str(concurrency), 12, 9)
        engine = DeterministicEngine(concurrency=concurrency, jitter=0.01 if concurrency > 1 else 0.0)
        roots.add(tuple(root_of(one) for one in work.build(engine).datasets))
    assert len(roots) == 1


def test_a_mix_of_a_mix_feeds_a_dataset(tmp_path: Path) -> None:
    more = """
mix most { train: 3, tickets: 1 }
dataset shown {
  each row from most
  emit { body = row.body, from = row.source }
}
"""
    work = Workshop(tmp_path).write(MIX + more, pages=pages(3), real=real(4))
    assert [one.manifest.dataset for one in work.build().datasets] == ["tickets", "train", "most", "shown"]
    assert sorted(row["from"] for row in work.rows("shown")) == ["tickets"] * 2 + ["train"] * 8
    assert {row["key"] for row in work.rows("shown")} == {row["key"] for row in work.rows("most")}
    assert any(row["key"].startswith("train/tickets/page") for row in work.rows("most"))


def test_sql_reads_a_mix_and_what_it_left_out(tmp_path: Path) -> None:
    work = project(tmp_path)
    work.build()
    found = query(work.store, "select source, count(*) from train group by source order by source").rows()
    assert found == [("real", 4), ("tickets", 4)]
    assert query(work.store, "select count(*) from train.rejected").rows() == [(2,)]
    assert query(work.store, "select count(*) from train.calls").rows() == [(0,)]


def test_blame_follows_a_row_to_the_dataset_that_made_it(tmp_path: Path) -> None:
    work = project(tmp_path)
    work.build()
    key = next(row["key"] for row in work.rows("train") if row["source"] == "tickets")
    told = story(work.store, parse_reference("train"), key, "main")
    assert told.kept and [call.cell for call in told.calls] == ["body"]
    assert told.dataset.manifest.dataset == "tickets" and told.of == "train"


def test_why_names_the_share_that_left_a_row_out(tmp_path: Path) -> None:
    work = project(tmp_path)
    work.build()
    key = work.rows("train", "rejected")[0]["key"]
    told = story(work.store, parse_reference("train"), key, "main")
    assert told.rejected is not None and told.rejected.reason == "the share of tickets takes 4 of its 6 rows"


def test_the_commands_show_a_mix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work = project(tmp_path)
    monkeypatch.chdir(work.root)

    def said(*arguments: str) -> str:
        assert run(list(arguments)) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    assert "depends on tickets" in said("plan", "spec.synth")
    work.build()
    key = next(row["key"] for row in work.rows("train") if row["source"] == "tickets")
    assert "train  8 rows of 10 candidates" in said("show")
    assert "body" in said("blame", "train", key, "body")
    assert "is there" in said("why", "train", key)
    assert "takes 4 of its 6 rows" in said("why", "train")
    work.edit("tickets: 50%, real: 50%", "tickets: 60%, real: 40%")
    assert "part tickets" in said("plan", "spec.synth")
    work.build()
    assert "tickets: 60%" in said("diff", "main~1..main", "train")


def test_parts_whose_columns_do_not_fit_are_refused(tmp_path: Path) -> None:
    work = project(tmp_path)
    work.edit('subject = "made"', "subject = 3")
    with pytest.raises(AssertionError, match="E0438"):
        work.build()


def test_an_unknown_mix_is_told_as_any_dataset(tmp_path: Path) -> None:
    work = project(tmp_path)
    with pytest.raises(SynthError, match="E0906"):
        work.build(only="trane")


LARGE = """
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from sys import argv
from tests.acceptance.workshop import Workshop
work = Workshop(Path(argv[1]))
print(work.build().datasets[0].manifest.counts.kept, getrusage(RUSAGE_SELF).ru_maxrss // 1024)
"""
TWO_FILES = """edition 1
record Row {
  id: str
  text: str
}
input real: Row = jsonl("real.jsonl") { key = id }
input other: Row = jsonl("other.jsonl") { key = id }
mix train { real: 50%, other: 50% }
"""


@pytest.mark.soak
def test_memory_stays_flat_as_a_mix_grows(tmp_path: Path) -> None:
    script = tmp_path / "large.py"
    script.write_text(LARGE)
    peaks = []
    for count in (5_000, 60_000):
        work = Workshop(tmp_path / str(count)).write(TWO_FILES, real=numbered(count), other=numbered(count))
        command = [sys.executable, str(script), str(work.root)]
        here = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=here)
        kept, peak = map(int, done.stdout.split())
        assert kept == 2 * count
        peaks.append(peak)
    assert peaks[1] < peaks[0] + 120


def numbered(count: int) -> Iterator[dict[str, Any]]:
    return ({"id": f"{n:07}", "text": "Some words. " * 20} for n in range(count))
