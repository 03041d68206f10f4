"""docs/incremental.md: every line of its table is proven by a test that is there, and every such test has its line."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "incremental.md").read_text()
EDITS = "test_what_asks_again.py"
ELSEWHERE = {"test_the_command_says_what_was_reused_and_what_was_asked"}


def named_in(file: str) -> set[str]:
    return set(re.findall(r"^def (test_\w+)\(", (Path(__file__).parent / file).read_text(), re.MULTILINE))


def test_every_line_has_its_proof_and_every_proof_its_line() -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ")][2:]
    proofs = [re.findall(rf"{EDITS}#(\w+)\)", line) for line in lines]
    assert all(len(found) == 1 for found in proofs), "a line without a proof"
    assert {name for found in proofs for name in found} == named_in(EDITS) - ELSEWHERE
