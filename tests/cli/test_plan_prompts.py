"""`synth plan` on prompts that begin alike: what rows share of them, their order, and what is warned about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

LONG = "word " * 80
SPEC = '''edition 1
record Page {
  id: str
  text: str
}
input pages: Page = jsonl("pages.jsonl") { key = id }
judge good(text: str) -> bool by critic """
  Is this a good note? It is one when it says what the text says and nothing else.
  {{ text }}
"""
dataset notes {
  each page from pages
  each take in 1..5
  gen note: str with writer """PROMPT"""
  filter good(note)
  emit { note = note }
}
'''
PROMPT = "Write notes on what you read, each of them in one sentence. {{ page.text }} Note {{ take }}."


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "synth.toml").write_text(
        '[engines.test]\nkind = "deterministic"\n\n[profile.default]\nengine = "test"\n'
    )
    pages = ({"id": f"p{n}", "text": f"Page {n}: {LONG}"} for n in range(4))
    (tmp_path / "pages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in pages))
    return tmp_path


def write(project: Path, prompt: str, more: str = "") -> None:
    spec = SPEC.replace("PROMPT", prompt).replace("  each page", f"{more}  each page")
    (project / "notes.synth").write_text(spec)


def test_each_prompt_says_what_rows_share_of_it(cli: Cli, project: Path) -> None:
    write(project, PROMPT)
    told = cli("plan", "notes.synth")
    assert told.code == 0 and not told.err, told.err
    assert max(map(len, told.out.splitlines())) <= 80
    text = " ".join(told.out.split())
    assert "by page" in text and "tokens shared by all" in text and "a row's own" in text
    assert "all prompts: at best" in text
    assert "order" not in text


def test_the_numbers_are_those_of_the_rows_and_the_tokenizer(cli: Cli, project: Path) -> None:
    """The deterministic engine counts words: a page has 82, which five takes share, give or take a fifth."""
    write(project, PROMPT)
    (one,) = cli("plan", "notes.synth", "--json").json
    note, good = (step["prompts"][0] for step in one["steps"])
    (by_page,) = note["by"]
    assert by_page["names"] == ["page"]
    assert 70 <= by_page["tokens"] <= 110
    anew = note["shared"] + 4 * by_page["tokens"] + 20 * note["own"]
    assert note["cached"] == pytest.approx(1 - anew / (20 * note["tokens"]), abs=0.02)
    assert not good["by"] and good["own"] > 0
    assert good["cached"] < one["cached"] < note["cached"]


def test_a_page_behind_the_take_is_warned_about_and_run_first_where_nobody_sees_it(cli: Cli, project: Path) -> None:
    late = "Write notes on what you read. Note {{ take }}: {{ page.text }}"
    write(project, late)
    told = cli("plan", "notes.synth")
    assert told.code == 0
    assert "warning[W0502]: `page` stands behind `take`, which changes quicker" in told.err
    assert "move `{{ page.text }}` above `{{ take }}`" in " ".join(told.err.split())
    assert "by take, then page" in told.out
    assert cli("plan", "notes.synth", "--json").json[0]["order"] == ["take", "page"]
    assert "= order" not in cli("plan", "notes.synth", "--limit", "10").out
    write(project, late, "target = 7\n")
    assert "= order" not in cli("plan", "notes.synth").out


def test_what_is_reused_says_nothing_of_its_prompts(cli: Cli, project: Path) -> None:
    write(project, PROMPT)
    assert cli("build", "notes.synth").code == 0
    write(project, PROMPT.replace("on what", "about what"))
    assert "by page" in cli("plan", "notes.synth").out
    write(project, PROMPT)
    assert "shared" not in cli("plan", "notes.synth").out
