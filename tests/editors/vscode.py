"""Specs in; the scopes that the TextMate grammar gives their words, by the very engine that VS Code has, out."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "editors" / "vscode"
MISSING = "not run: no packages of the VS Code extension (make editors)"
Scopes = list[tuple[int, int, tuple[str, ...]]]
"""Start, end (offsets in the text) and the scopes, outermost first."""


def installed() -> bool:
    return shutil.which("node") is not None and (EXTENSION / "node_modules" / "vscode-textmate").is_dir()


needs_packages = pytest.mark.skipif(not installed(), reason=MISSING)


def scopes(paths: Iterable[Path]) -> Mapping[Path, Scopes]:
    """All specs at once: the engine takes longer to start than to read a hundred of them."""
    listed = "\n".join(map(str, paths))
    command = ["node", str(EXTENSION / "scripts" / "scopes.mjs")]
    done = subprocess.run(command, input=listed, capture_output=True, text=True, check=True)
    return {Path(path): _placed(Path(path), tokens) for path, tokens in json.loads(done.stdout).items()}


def _placed(path: Path, tokens: list[tuple[int, int, int, list[str]]]) -> Scopes:
    lines = path.read_text(encoding="utf-8").split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    return [
        (starts[at] + _column(lines[at], start), starts[at] + _column(lines[at], end), tuple(names))
        for at, start, end, names in tokens
    ]


def _column(line: str, units: int) -> int:
    """JavaScript counts UTF-16 units, Python characters."""
    if line.isascii():
        return units
    return len(line.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))


def at(found: Scopes, offset: int) -> tuple[str, ...]:
    """The scopes of one character."""
    return next((names for start, end, names in found if start <= offset < end), ())
