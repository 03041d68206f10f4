"""Every pass on every construct, as text a person reviews: `--update-golden` rewrites it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from compiler.analysis import Analysis
from compiler.dump import dump
from compiler.passes.lower.layout import WIDTH
from tests.compiler.back.specs import GOLDEN, analysed, messages

CASES = sorted(path.parent.name for path in GOLDEN.glob("*/input.synth"))
STAGES = ("tokens", "ast", "names", "types", "desugar", "plan", "program")


def _analysis(case: str) -> Analysis:
    folder = GOLDEN / case
    files = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.synth")}
    return analysed(files["input.synth"], files=files)


def _texts(analysis: Analysis) -> dict[str, str]:
    texts = {f"{number:02}_{stage}.txt": dump(stage, analysis) for number, stage in enumerate(STAGES, 1)}
    texts["messages.txt"] = messages(analysis)
    return {name: text for name, text in texts.items() if text.strip()}


@pytest.mark.parametrize("case", CASES)
def test_every_pass_gives_the_reviewed_text(case: str, request: pytest.FixtureRequest) -> None:
    texts = _texts(_analysis(case))
    folder = GOLDEN / case
    if request.config.getoption("--update-golden"):
        for stale in folder.glob("*.txt"):
            stale.unlink()
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    expected = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.txt")}
    assert texts == expected


@pytest.mark.parametrize("case", CASES)
def test_every_case_has_a_program_that_compiles(case: str) -> None:
    analysis = _analysis(case)
    assert not analysis.errors
    for name, text in analysis.model.programs.items():
        compile(text, name, "exec")


def test_programs_are_formatted(tmp_path: Path) -> None:
    for case in CASES:
        for name, text in _analysis(case).model.programs.items():
            (tmp_path / f"{case}_{name}.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", f"--line-length={WIDTH}", str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


HASH_TEST = """
import hashlib
from tests.compiler.back.test_golden import CASES, _analysis, _texts
print(hashlib.sha256(repr([_texts(_analysis(case)) for case in CASES]).encode()).hexdigest())
"""


def test_the_same_input_gives_the_same_bytes_whatever_the_hash_seed() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", HASH_TEST],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
