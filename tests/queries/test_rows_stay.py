"""A rename that says it changes nothing: the rows are the same, and no call is made again. Built for real."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.analysis import Analysis, analyse
from compiler.queries.edited import Edited
from compiler.queries.renaming import Renaming
from runtime.sources.catalog import ProjectCatalog
from tests.acceptance.workshop import SPEC, Workshop

TEXT = '''edition 1

param wanted: int = 4
const words_of_tone = { dry: "few", warm: "many" }
enum Tone { dry, warm }

record Page {
  id: str
  text: str
}
record Claim {
  said: str
}

input pages: Page = jsonl("pages.jsonl") { key = id }
input shown: Page = jsonl("pages.jsonl") { key = id }
personas readers = jsonl("readers.jsonl") { key = id }

criteria asks(page: Page) {
  "who it is about"  weight 2
  "when it was"      when len(page.text) > 3
  "why"
}

model writer { temperature = 0.8 }

prompt ask(page: Page, reader: Persona, asked: str[], shots: Page[]) """
  @system
  You write one question. {% for shot in shots %}{{ shot.text }} {% endfor %}
  @user
  {{ page.text }} for {{ reader }}: {{ asked | join(", ") }}
"""

judge sound(answer: str) -> bool by critic """
  Is this sound? {{ answer }}
"""

dataset notes {
  target = wanted
  each page from pages
  each take in 1..2
  draw reader ~ readers
  draw asked ~ asks(page).pick(1..2)
  draw shots ~ shown.pick(1)
  gen drafts: str = ask(page, reader, asked, shots) with writer times 2 { max_tokens = 60 }
  gen claims: Claim with writer """
    What does this claim? {{ draft }}
  """ for draft in drafts
  let best = drafts.best(by = len(it))
  run checked = python("print(len(input()))", best) { timeout = 10s, memory = 512MB }
  loop round in 1..2 carry sum: int = 0 {
    let grown = sum + round
    next sum = grown
  }
  filter sound(best) or true
  emit { best = best, claims = claims.map(said), sum = sum, ok = checked.ok, reader = reader.id, shots = shots.map(id) }
}
'''
PAGES = [{"id": f"p{n}", "text": "river stone " * (n + 1)} for n in range(4)]
READERS = [{"id": f"r{n}", "text": f"reader {n}"} for n in range(5)]
KINDS = (
    *("param wanted", "const words_of_tone", "enum Tone", "record Page", "record Claim", "input pages", "input shown"),
    *("personas readers", "criteria asks", "prompt ask", "judge sound", "each page", "each take", "gen drafts"),
    *(
        "gen claims",
        "let best",
        "run checked",
        "loop round",
        "carry sum",
        "let grown",
        "for draft",
        "asked: str[]",
        "model writer",
    ),
)


def project(root: Path, text: str = TEXT) -> Workshop:
    return Workshop(root).write(text, pages=PAGES, readers=READERS)


def analysis(workshop: Workshop) -> Analysis:
    found = analyse(SPEC, ProjectCatalog(workshop.root))
    assert found.ok, found.errors
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    workshop = project(tmp_path_factory.mktemp("before"))
    workshop.made()
    assert len(workshop.rows("notes")) == 4
    return workshop


def test_all_at_once_and_built_anew_the_rows_are_the_same(built: Workshop, tmp_path: Path) -> None:
    workshop, text = project(tmp_path), TEXT
    for number, declared in enumerate(KINDS):
        name = declared.split(":")[0].split()[-1]
        renaming = analysis(workshop).rename(SPEC, text.index(declared) + declared.index(name), f"zz_{number}")
        assert isinstance(renaming, Renaming), renaming
        assert renaming.changes == ()
        text = Edited.of(renaming.edits).text(SPEC, text)
        (workshop.root / SPEC).write_text(text)
    assert 'salt = "drafts"' in text and 'salt = "claims"' in text
    workshop.made()
    assert workshop.rows("notes") == built.rows("notes")
    assert workshop.answered() == built.answered()
