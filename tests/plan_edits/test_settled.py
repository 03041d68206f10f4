"""Gens that follow nothing that changed: a plan reads their answers from the version before, and says what it said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime.build import foresee
from runtime.build.dry import Forecast
from runtime.build.foretell import settled as module
from runtime.build.foretell.settled import UNSETTLED, Settled, Unsettled
from runtime.journal import Journal
from tests.acceptance.workshop import Workshop
from tests.plan_edits.outcome import planned

SPEC = '''edition 1
record Page {
  id: str
  text: str
}
record Facts {
  name: str
  many: int
}
input pages: Page = jsonl("pages.jsonl") { key = id }
dataset rows {
  each page from pages
  each take in 1..3
  draw tone ~ weighted {plain: 70%, formal: 30%}
  gen question: str with writer """
    Ask in a {{ tone }} way about {{ page.text }}
  """
  require words(question) > 1
  gen facts: Facts with writer """
    Facts of {{ question }}
  """
  gen answer: str with writer """
    Answer {{ question }} with {{ facts.name }}
  """
  gen final: str with writer """
    Mend {{ answer }} with {{ facts.many }}
  """
  emit { question = question, answer = final }
}
'''


@pytest.fixture
def work(tmp_path: Path) -> Workshop:
    made = Workshop(tmp_path)
    made.write(SPEC, pages=[{"id": f"page {number * 7 % 40}", "text": f"text {number}"} for number in range(40)])
    made.build()
    return made


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The gens whose answers were read and not worked out, once for each."""
    found: list[str] = []
    before = Settled.is_proven

    def is_proven(self: Settled, cell: str) -> bool:
        proven = before(self, cell)
        found.extend([cell] * proven)
        return proven

    monkeypatch.setattr(Settled, "is_proven", is_proven)
    yield found


def without(work: Workshop, monkeypatch: pytest.MonkeyPatch) -> Forecast:
    def none(*given: Any) -> Unsettled:
        return UNSETTLED

    with monkeypatch.context() as patch:
        patch.setattr(foresee, "settled", none)
        return planned(work)


@pytest.mark.parametrize(
    ("old", "new", "settled"),
    [
        ("Mend {{ answer }}", "Mend kindly {{ answer }}", {"question", "facts", "answer"}),
        ("Facts of", "All facts of", {"question"}),
        ("words(question) > 1", "words(question) > 2", {"question", "facts", "answer", "final"}),
        ("Ask in", "Say in", set()),
        ("formal: 30%", "rude: 30%", set()),
        ("1..3", "1..4", {"question", "facts", "answer", "final"}),
    ],
)
def test_what_is_read_is_what_would_be_worked_out(
    work: Workshop, monkeypatch: pytest.MonkeyPatch, served: list[str], old: str, new: str, settled: set[str]
) -> None:
    work.edit(old, new)
    found = planned(work)
    assert found.cells == without(work, monkeypatch).cells
    assert set(served) == settled


def test_every_candidate_but_the_first_few_is_read(work: Workshop, served: list[str]) -> None:
    work.edit("Mend {{ answer }}", "Mend kindly {{ answer }}")
    planned(work)
    assert served.count("answer") == 120 - module.PROOF


def test_an_input_that_changed_settles_nothing(work: Workshop, served: list[str]) -> None:
    work.write(SPEC, pages=[{"id": f"page {number}", "text": f"text {number}"} for number in range(40)])
    planned(work)
    assert not served


def test_another_model_settles_nothing(work: Workshop, served: list[str]) -> None:
    work.edit("edition 1", "edition 1\nmodel writer { temperature = 0.3 }")
    planned(work)
    assert not served


def test_an_answer_that_the_journal_lost_is_new(work: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of calls alone answers nobody: a build asks the journal."""
    lost = {bytes.fromhex(row["call"]) for row in work.rows("rows", "calls") if row["cell"] == "facts"}
    lost = set(sorted(lost)[:5])
    get = Journal.get
    monkeypatch.setattr(Journal, "known", lambda self, keys: set(keys) - lost)
    monkeypatch.setattr(Journal, "get", lambda self, key: None if key in lost else get(self, key))
    work.edit("Mend {{ answer }}", "Mend kindly {{ answer }}")
    found = planned(work)
    assert found.cells["facts"].high == 5


def test_a_gen_whose_key_is_another_one_is_worked_out(
    work: Workshop, monkeypatch: pytest.MonkeyPatch, served: list[str]
) -> None:
    """As when another version of synth makes another request of the same statement."""
    prove = Settled.prove
    monkeypatch.setattr(Settled, "prove", lambda self, cell, same: prove(self, cell, same and cell != "answer"))
    work.edit("Mend {{ answer }}", "Mend kindly {{ answer }}")
    planned(work)
    assert set(served) == {"question", "facts"}
