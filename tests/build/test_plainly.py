"""A dataset that asks nobody is run in a plain loop: its tables are those that the window gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.build import inputs, plainly
from tests.acceptance.workshop import Workshop

SPEC = """edition 1
record Page { id: int, text: str }
input pages: Page = jsonl("pages.jsonl") { key = id }
dataset rows {
  TARGET
  each page from pages
  each take in 1..3
  draw tone ~ weighted {formal: 70%, casual: 30%}
  draw n ~ int(0..9)
  WHOLE
  let said = tone + " " + page.text
  filter n != 3
  AFTER
  emit { said = said, n = n }
}
"""
WHOLE = {
    "nothing": ("", ""),
    "target": ("target = 20", ""),
    "per": ("target = 7 per n", ""),
    "exact": ("target = 11", "dedup page.text + tone by exact"),
    "minhash": ("", "dedup page.text by minhash(0.95)"),
    "ngram": ("", 'decontaminate page.text against ["the cat sat on the mat 3"] by ngram(7)'),
    "select": ("", ""),
}


def _pages() -> list[dict[str, object]]:
    return [{"id": number, "text": f"the cat sat on the mat {number % 7}"} for number in range(30)]


@pytest.mark.parametrize("statement", WHOLE)
def test_what_needs_no_window_is_as_with_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    target, whole = WHOLE[statement]
    after = "select 9 by n" if statement == "select" else ""
    spec = SPEC.replace("TARGET", target).replace("WHOLE", whole).replace("AFTER", after)
    here = Workshop(tmp_path / "plain").write(spec, pages=_pages()).made()
    monkeypatch.setattr(plainly, "suits", lambda dataset: False)
    there = Workshop(tmp_path / "window").write(spec, pages=_pages()).made()
    assert here.manifest.root == there.manifest.root
    assert here.manifest.rejected == there.manifest.rejected
    assert here.manifest.calls == there.manifest.calls
    assert here.manifest.counts == there.manifest.counts
    assert 0 < here.progress.kept < 90 or statement == "nothing"


@pytest.mark.parametrize(
    ("statement", "plain"),
    [
        ("let a = 1", True),
        ("dedup page.text by exact", True),
        ("dedup page.text by meaning(0.9)", False),
        ('gen answer: str with writer """Say {{ page.text }}."""', False),
        ('run heard = python("print(1)")', False),
    ],
)
def test_only_what_asks_nobody_is_run_so(tmp_path: Path, statement: str, plain: bool) -> None:
    from runtime.build.session import Session
    from runtime.config.project import Project

    spec = SPEC.replace("TARGET", "").replace("WHOLE", statement).replace("AFTER", "")
    shop = Workshop(tmp_path).write(spec, pages=_pages())
    project = Project.find(shop.root)
    with Session(project, project.config.profile()) as session:
        analysis = shop.analysis(session, {})
        assert analysis.model.plan is not None
        (dataset,) = analysis.model.plan.datasets
        assert plainly.suits(dataset) is plain


def test_a_source_that_is_read_when_it_is_drawn_from_draws_as_one_that_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = """edition 1
    record Page { id: int, text: str }
    input pages: Page = jsonl("pages.jsonl") { key = id }
    dataset rows {
      each take in 1..40
      draw page ~ pages
      draw more ~ pages.pick(2)
      emit { text = page.text, more = more.map(it.id) }
    }
    """
    pages = [{"id": number, "text": f"page {number}"} for number in range(1_200)]
    held = Workshop(tmp_path / "held").write(spec, pages=pages).made()
    monkeypatch.setattr(inputs, "HELD", 10)
    read = Workshop(tmp_path / "read").write(spec, pages=pages).made()
    assert held.manifest.root == read.manifest.root
    assert held.progress.kept == 40
