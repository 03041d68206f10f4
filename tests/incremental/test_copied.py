"""A version whose held gens are copied from the one before: the same tables as one that asks for each anew."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from dsl.diagnostics import Diagnostic, SynthError
from runtime.build import local
from runtime.build.recorded import RecordedGens
from runtime.engines.deterministic import DeterministicEngine
from runtime.program.trace import Copied, place_of
from tests.acceptance.workshop import Workshop
from tests.incremental.lesson import pages

TOUR = '''edition 1
record Page {
  id: str
  text: str
}
record Fact {
  name: str
  year: int
}
record Even {
  body: str where len(body) % 2 == 0
}
input pages: Page = jsonl("pages.jsonl") { key = id }
prompt ask(page: Page) """
  ASK {{ page.text }}
"""
prompt last(text: str, number: int) """
  LAST of {{ text }} and {{ number }}
"""
prompt evenly(page: Page) """
  EVEN {{ page.text }}
"""
judge plain(text: str) -> bool by critic """
  PLAIN {{ text }}
"""
dataset tour {
  each page from pages
  gen drafts: str = ask(page) with writer times 3 { temperature = 1.0 }
  gen stars: int with critic """
    RATE {{ draft }}
  """ for draft in drafts
  gen fact: Fact with writer """
    FACT of {{ page.text }}
  """
  gen even: Even = evenly(page) with writer { attempts = 2 }
  loop round in 1..3 carry text: str = page.text {
    gen shorter: str with writer """
      SHORTEN {{ text }}
    """
    require len(shorter) % 3 > 0 else retry 2
    next text = shorter
    until len(text) % 2 == 0
  }
  filter plain(text).p >= 0.3
  flag text when len(text) % 2 == 1
  gen ending: str = last(text, fact.year) with writer
  emit { text = text, fact = fact, even = even, stars = stars, ending = ending }
}
'''
EDITS = {
    "last prompt": ("LAST of", "LAST words of"),
    "loop": ("SHORTEN {{ text }}", "SHORTEN more {{ text }}"),
    "retry": ("else retry 2", "else retry 1"),
    "attempts": ("attempts = 2", "attempts = 1"),
    "threshold": (".p >= 0.3", ".p >= 0.6"),
    "samples": ("times 3", "times 2"),
    "column": ("stars = stars, ", ""),
    "another step": ("  gen ending", '  gen more: str with writer """\n    MORE {{ text }}\n  """\n  gen ending'),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = Workshop(tmp_path_factory.mktemp("copied") / "first").write(TOUR, pages=pages(60))
    work.build(DeterministicEngine())
    assert work.at("tour").manifest.counts.rejected.keys() > {"gen even"}
    return work.root


def edited(built: Path, folder: Path, edit: tuple[str, str]) -> Workshop:
    copytree(built, folder)
    work = Workshop(folder)
    work.edit(*edit)
    work.build(DeterministicEngine())
    return work


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each table of calls took from the one before."""
    counts: list[int] = []
    take = RecordedGens.take

    def counted(self: RecordedGens) -> Any:
        for block in take(self):
            counts.append(block.num_rows)
            yield block

    monkeypatch.setattr(RecordedGens, "take", counted)
    monkeypatch.setattr("runtime.build.local.WINDOW", 0)
    return counts


@pytest.mark.parametrize("edit", EDITS)
def test_a_version_of_copied_calls_is_the_same_as_one_that_asks_anew(
    built: Path, tmp_path: Path, taken: list[int], monkeypatch: pytest.MonkeyPatch, edit: str
) -> None:
    """Samples, elements, records, attempts that failed, rounds, retries, judges, flags, rejected rows."""
    one = edited(built, tmp_path / "a", EDITS[edit]).at("tour").manifest
    assert sum(taken) > 0
    monkeypatch.setattr(local, "held_calls", lambda *_: None)
    other = edited(built, tmp_path / "b", EDITS[edit]).at("tour").manifest
    assert one.tables == other.tables and one.counts == other.counts
    assert (one.calls, one.rejected, one.texts) == (other.calls, other.rejected, other.texts)
    assert one.determinism == other.determinism


def test_long_texts_are_kept_when_calls_beside_them_are_copied(tmp_path: Path, taken: list[int]) -> None:
    inputs = [{"id": f"page{at:03}", "text": ("long " * 4000 if at % 2 else "short ") + str(at)} for at in range(30)]
    first = Workshop(tmp_path / "first").write(TOUR, pages=inputs)
    first.build(DeterministicEngine())
    before = first.at("tour").manifest
    assert before.texts is not None
    after = edited(first.root, tmp_path / "a", ("LAST of", "LAST words of")).at("tour").manifest
    assert after.texts == before.texts and sum(taken) > 0


def test_an_answer_that_the_journal_lost_is_in_the_version_before(
    built: Path, tmp_path: Path, taken: list[int]
) -> None:
    """Its calls are part of the branch; a clone without a journal reads them there, too."""
    import sqlite3

    copytree(built, tmp_path / "a")
    work = Workshop(tmp_path / "a")
    last = max((row for row in work.rows("tour", "calls") if row["cell"] == "fact"), key=lambda row: row["row"])
    (file,) = (work.state / "journal").glob("*.db")
    with sqlite3.connect(file) as connection:
        connection.execute("delete from effects where key = ?", (bytes.fromhex(last["call"]),))
    work.edit("stars = stars, ", "")
    made = work.build(DeterministicEngine())
    assert made.datasets[0].progress.fresh == 0 and sum(taken) > 0


def test_what_is_copied_is_told_by_its_place() -> None:
    copied = Copied(("drafts", 1, 2, 3, 4), 7)
    assert place_of(copied) == ("drafts", 1, 2, 3, 4) and copied.kind == "gen"
    assert repr(copied) == "Copied(('drafts', 1, 2, 3, 4), 7)"


def test_a_damaged_shard_of_the_calls_before_stops_the_build_with_its_place(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read while rows run: what is wrong with it is no fault of the row that came for it."""
    from runtime.query import shards

    def damaged(*_: object) -> Path:
        raise SynthError(Diagnostic(shards.DAMAGED, "a shard is not what it was"))

    monkeypatch.setattr("runtime.build.held.local_shard", damaged)
    with pytest.raises(SynthError) as raised:
        edited(built, tmp_path / "a", EDITS["last prompt"])
    assert [found.code for found in raised.value.diagnostics] == [shards.DAMAGED]
