"""Mistakes in loops, samples, runs, emits, mixes, judges, sources and tests, each typed into a small spec and checked.

Every one has its own code, its line, exit code 2, a way out, no message beside it, and never a traceback.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.test_thirty_mistakes import _message, _way_out

PAGES = 'input pages: Page = jsonl("pages.jsonl") { key = id }'
JUDGE = 'judge fits(text: str) -> bool by critic """\n  {{ text }}\n  Does it fit?\n""" { threshold = 0.6 }'
KEPT = "  expect kept"
HEAD = f"""edition 1

record Page {{
  id: str
  text: str
}}

{PAGES}

{JUDGE}

mix both {{ notes: 50%, pages: 50% }}

test "kept" of notes {{
  mock drafts = "Good."
  mock trials = {{ exit_code: 0 }}
  mock better = "Better."
  mock fits = true
{KEPT}
}}
"""
BODY = '''
dataset notes {
  target = 2 per tone
  each page from pages
  draw tone ~ weighted { dry: 50%, warm: 50% }
  gen drafts: str with writer times 3 { temperature = 1.0 } """
    Write a {{ tone }} note about {{ page.text }}
  """
  run trials = python(draft) { timeout = 10s } for draft in drafts
  loop round in 1..3 carry text: str = drafts.first {
    gen better: str with writer """
      Improve: {{ text }}
    """
    next text = better
    until words(text) > 9
  }
  filter fits(text)
  emit split by tone { page = page.id, text = text, ok = trials.all(ok) }
  emit dpo as pairs for draft in drafts { prompt = page.text, chosen = text, rejected = draft }
}
'''
LOOP = "1..3 carry text: str = drafts.first"
SPLIT = "emit split by tone"
FILTER = "  filter fits(text)"
DATA = '  gen data: json({ type: "strin" }) with writer """\n    Write.\n  """\n'


@dataclass(frozen=True)
class Mistake:
    """`wrong` in the place of `right`; the message points at the line where `at` stands."""

    name: str
    code: str
    right: str
    wrong: str
    at: str


MISTAKES = (
    Mistake("a loop without an end", "E0412", LOOP, LOOP.replace("1..3", "1.."), "loop round"),
    Mistake("a loop over a list", "E0412", "in 1..3", "in [1, 2, 3]", "loop round"),
    Mistake("a loop upside down", "E0317", "in 1..3", "in 3..1", "loop round"),
    Mistake("a carried name without a type", "E0101", "text: str = drafts", "text = drafts", "loop round"),
    Mistake("a start of another type", "E0301", "str = drafts.first", "str = 3", "loop round"),
    Mistake("a next of another type", "E0301", "next text = better", "next text = 3", "next text"),
    Mistake("a next of what is not carried", "E0413", "next text = better", "next tone = better", "next tone"),
    Mistake("an until that is no condition", "E0303", "until words(text) > 9", "until words(text)", "until"),
    Mistake("an emit inside a loop", "E0111", "until words(text) > 9", "emit as rounds { text = text }", "emit as r"),
    Mistake("an until outside of a loop", "E0111", "filter fits(text)", "until fits(text)", "until fits"),
    Mistake("a statement of Python", "E0110", "filter fits(text)", 'if tone == "dry" {\n    let a = 1\n  }', "if tone"),
    Mistake("samples that are no number", "E0301", "times 3", 'times "3"', "times"),
    Mistake("no samples", "E0319", "times 3", "times 0", "times 0"),
    Mistake(
        "samples behind the settings", "E0101", "times 3 { temperature = 1.0 }", "{ top_k = 9 } times 3", "times 3"
    ),
    Mistake("a list used as a text", "E0301", "words(text) > 9", "words(drafts) > 9", "words(drafts)"),
    Mistake("elements of a range", "E0323", "for draft in drafts\n  loop", "for draft in 1..3\n  loop", "1..3\n"),
    Mistake("elements of a text", "E0323", "for draft in drafts {", "for draft in text {", "emit dpo"),
    Mistake("two names for one element", "E0323", "for draft in drafts {", "for draft, b in drafts {", "emit dpo"),
    Mistake("a tool that is not there", "E0424", "python(draft)", "pyton(draft)", "pyton"),
    Mistake("an argument too few", "E0310", "python(draft)", "pytest(draft)", "pytest"),
    Mistake("a time without a unit", "E0328", "10s", "10", "timeout"),
    Mistake("a size for a time", "E0328", "10s", "10MB", "timeout"),
    Mistake("an unknown limit", "E0320", "timeout = 10s", "network = true", "network"),
    Mistake("what another tool gives", "E0201", "trials.all(ok)", "trials.all(passed > 0)", "passed > 0"),
    Mistake("a split by an open text", "E0418", SPLIT, "emit split by text", "split by text"),
    Mistake("a column too few", "E0416", ", rejected = draft", "", "emit dpo"),
    Mistake("a column twice", "E0417", "text = text,", "page = text,", "page = text"),
    Mistake("a column that every table has", "E0437", "page = page.id", "key = page.id", "key = page.id"),
    Mistake("a target counted by a record", "E0441", "per tone", "per page", "target"),
    Mistake("a target that is not whole", "E0301", "target = 2", "target = 2.5", "target"),
    Mistake("a bare word", "E0201", "filter fits(text)", "filter tone == dry", "filter tone"),
    Mistake("shares above 100%", "E0425", "pages: 50%", "pages: 60%", "mix both"),
    Mistake("a mix of what is not there", "E0201", "pages: 50%", "pagers: 50%", "pagers"),
    Mistake("a mix made of itself", "E0210", "pages: 50%", "both: 50%", "mix both"),
    Mistake("a threshold above 1", "E0319", "threshold = 0.6", "threshold = 60", "threshold"),
    Mistake("cases that are no source", "E0601", "threshold = 0.6", 'gold = "gold.jsonl"', "gold"),
    Mistake("a judge that gives a text", "E0420", "-> bool", "-> str", "-> str"),
    Mistake("points of a yes/no judge", "E0419", "threshold = 0.6", '+1 "Is it kind?"', "+1"),
    Mistake("a schema that is none", "E0301", FILTER, DATA + FILTER, "strin"),
    Mistake("a path without quotes", "E0601", '"pages.jsonl"', "pages.jsonl", "input pages"),
    Mistake("chunks of rows", "E0320", "{ key = id }", "{ key = id, chunk = 100 }", "chunk"),
    Mistake("a folder without documents", "E0606", PAGES, 'input pages: Page = pdf("empty")', "pdf("),
    Mistake(
        "a split that is not there",
        "E0606",
        'jsonl("pages.jsonl") { key = id }',
        'hf("imdb") { split = "train" }',
        "hf(",
    ),
    Mistake("a dataset nobody built", "E1031", 'jsonl("pages.jsonl") { key = id }', 'dataset("letters")', "dataset("),
    Mistake("a query that fails", "E0612", 'jsonl("pages.jsonl") { key = id }', 'sql("selec 1")', "sql("),
    Mistake("a mock of a draw", "E0426", "mock fits = true", 'mock tone = "dry"', "mock tone"),
    Mistake("a mock of another type", "E0301", "mock fits = true", 'mock fits = "yes"', "mock fits"),
    Mistake("a run's result misspelt", "E0318", "exit_code: 0", "okay: true", "okay"),
    Mistake(
        "something given twice",
        "E0202",
        "mock fits = true",
        "mock fits = true\n  mock fits = false",
        "mock fits = false",
    ),
    Mistake("an expectation of nothing known", "E0201", KEPT, "  expect dropped by fit", "dropped by fit"),
)


@pytest.fixture
def root(tmp_path: Path, cli: Cli) -> Path:
    (tmp_path / "synth.toml").write_text("")
    (tmp_path / "pages.jsonl").write_text(json.dumps({"id": "a", "text": "A page."}) + "\n")
    (tmp_path / "empty").mkdir()
    return tmp_path


def test_the_spec_itself_has_no_mistake(cli: Cli, root: Path) -> None:
    (root / "spec.synth").write_text(HEAD + BODY)
    told = cli("check", "spec.synth")
    assert (told.code, told.err) == (0, "")


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_told_once_at_its_place_with_a_way_out(cli: Cli, root: Path, mistake: Mistake) -> None:
    text = HEAD + BODY
    assert text.count(mistake.right) == 1, mistake.right
    text = text.replace(mistake.right, mistake.wrong)
    (root / "spec.synth").write_text(text)
    told = cli("check", "spec.synth")
    assert told.code == 2 and "Traceback" not in told.err, told
    message = _message(told.err, mistake.code)
    line = text[: text.index(mistake.at)].count("\n") + 1
    assert f"--> spec.synth:{line}:" in message, message
    assert _way_out(message), message
    assert told.err.count("error[") == 1, told.err
