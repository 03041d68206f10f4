"""Every spec that ships with synth is clean of remarks, or says why not; and looking costs next to nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from compiler.analysis import Analysis, analyse
from compiler.lint import lint
from dsl.diagnostics import render
from runtime.sources.catalog import ProjectCatalog
from tests.docs.specs import check

ROOT = Path(__file__).parents[2]
GALLERY = sorted(file for file in (ROOT / "specs").rglob("*.synth") if file.is_file())
OTHERS = [*sorted((ROOT / "dsl/std").glob("*.synth")), *sorted((ROOT / "runtime/cli/project").rglob("*.synth"))]


def analysed(file: Path) -> Analysis:
    roots = (folder for folder in file.parents if (folder / "synth.toml").is_file() or folder.name == "dsl")
    root = next(roots, file.parent)
    return analyse(str(file.relative_to(root)), ProjectCatalog(root), upto="plan")


@pytest.mark.parametrize("file", [*GALLERY, *OTHERS], ids=lambda file: file.stem)
def test_a_spec_that_ships_with_synth_is_clean(file: Path) -> None:
    analysis = analysed(file)
    found = lint(analysis)
    assert not analysis.errors
    assert found == (), render(found, analysis.source)


def test_a_thousand_lines_are_looked_at_in_fifty_milliseconds() -> None:
    """CPU time of the rules alone, beside a check that had to be made anyway."""
    head = 'edition 1\n\nfrom "std/judges.synth" import helpful\n'
    body = "\n".join(
        f'dataset d{n} {{\n  each take in 1..9\n  draw tone ~ ["dry", "warm"]\n  gen note: str with writer """\n'
        f"    Write note {{{{ take }}}} in a {{{{ tone }}}} tone.\n    It is short.\n"
        f'  """\n  let size = words(note)\n  filter size in 3..80\n  filter helpful("Write a note.", note)\n'
        f"  dedup note by minhash(0.8)\n  emit {{ take = take, tone = tone, note = note }}\n}}\n"
        for n in range(75)
    )
    analysis = check(head + body)
    assert not analysis.errors and (head + body).count("\n") > 1_000
    spent = min(_spent(analysis) for _ in range(5))
    assert spent < 0.050, f"{1000 * spent:.0f} ms"


def _spent(analysis: Analysis) -> float:
    start = time.process_time()
    lint(analysis)
    return time.process_time() - start
