"""Every spec that checks can be planned and printed: the examples, the library, and each page's own good example."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.analysis import Analysis, analyse
from compiler.catalog import Columns, MemoryCatalog, library, library_files
from compiler.dump import STAGES, dump
from dsl.diagnostics import codes, page
from tests.compiler.back.specs import GOLDEN
from tests.compiler.front.project import FILES, TABLES

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "tests" / "dsl" / "examples").glob("*.synth"))
PAGES = [
    (code, example.text)
    for code in codes()
    if (found := page(code)) is not None
    for example in (*found.bad, *found.good)
    if example.language == "synth"
]
ANY: Columns = dict.fromkeys(("id", "text", "title", "topic", "name", "subject", "body", "question", "answer"), "str")


def lowered(path: str, text: str) -> Analysis:
    return analyse(path, MemoryCatalog({**FILES, path: text}, {"pages.jsonl": ANY, **TABLES}), upto="lower")


def _programs_compile(analysis: Analysis) -> None:
    for name, text in analysis.model.programs.items():
        compile(text, name, "exec")
    for stage in STAGES:
        dump(stage, analysis)


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_an_example_is_printed(path: Path) -> None:
    analysis = lowered(path.name, path.read_text(encoding="utf-8"))
    assert analysis.ok and analysis.model.programs
    _programs_compile(analysis)


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_an_examples_program_is_the_reviewed_one(path: Path, request: pytest.FixtureRequest) -> None:
    reviewed = GOLDEN / "examples" / f"{path.stem}.txt"
    text = "".join(lowered(path.name, path.read_text(encoding="utf-8")).model.programs.values())
    if request.config.getoption("--update-golden"):
        reviewed.parent.mkdir(exist_ok=True)
        reviewed.write_text(text, encoding="utf-8")
    assert text == reviewed.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", library_files())
def test_the_library_passes_every_pass(path: str) -> None:
    source = library(path)
    assert source is not None
    analysis = lowered(path, source.text)
    assert analysis.ok
    _programs_compile(analysis)


@pytest.mark.parametrize(("code", "text"), PAGES, ids=[f"{code}-{n}" for n, (code, _) in enumerate(PAGES)])
def test_no_pass_raises_on_a_page_of_the_catalogue(code: str, text: str) -> None:
    _programs_compile(lowered("spec.synth", text))
