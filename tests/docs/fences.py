"""A page in; its fenced examples out, each with what a test does with it, or what the page says of why none does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.docs import test_python, test_tutorial

ROOT = Path(__file__).parents[2]
WALKED = frozenset(f"docs/{page}" for page in test_tutorial.PAGES)
"""Pages whose every console block, and every file they show being written, is done in order."""
PRINTED = frozenset(f"docs/{page}" for page in test_python.PAGES)
"""Pages whose Python is run, and prints the block below it."""
TESTED_WHOLE = frozenset({"docs/cli.md", "runtime/cli/project/README.md"})
"""Made from the code and compared with it, or run by a test of its own."""
_FENCE = re.compile(r"^(?P<mark>`{3,})(?P<language>[\w-]*)\n(?P<text>.*?)^(?P=mark)$", re.DOTALL | re.MULTILINE)
_WHY = re.compile(r"\n+\*Not run by a test: (?P<why>[^*]+)\.\*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Fence:
    """`why` is what the page says below it of why no test runs it; `written` names the file a walk makes of it."""

    page: str
    line: int
    language: str
    text: str
    why: str
    written: bool

    @property
    def id(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def tested(self) -> bool:
        """Whether a test does something with what it says."""
        by_language = self.language in ("synth", "synth-part", "toml", "json")
        walked = self.page in WALKED and (self.written or self.language == "console")
        printed = self.page in PRINTED and self.language in ("python", "text")
        return by_language or walked or printed or self.page in TESTED_WHOLE or self.text in ELSEWHERE


def _elsewhere() -> frozenset[str]:
    """What tests of their own compare with what is printed or read."""
    sglang = (ROOT / "docs/sglang.md").read_text(encoding="utf-8")
    dry = [found["text"] for found in _FENCE.finditer(sglang) if "--dry-run" in found["text"]]
    story = (ROOT / "tests/diff/golden/story.txt").read_text(encoding="utf-8")
    return frozenset([*dry, story, test_python.READER])


def pages() -> Iterator[Path]:
    """What is written to be read; pages about messages have examples of their own kind."""
    yield from sorted((ROOT / "docs").rglob("*.md"))
    yield from [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "runtime/cli/project/README.md"]
    yield from sorted((ROOT / "specs").rglob("README.md"))


def fences() -> Iterator[Fence]:
    for page in pages():
        path, text = page.relative_to(ROOT).as_posix(), page.read_text(encoding="utf-8")
        for found in _FENCE.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            why = _WHY.match(text, found.end())
            written = text[: found.start()].endswith(("write -->\n", "-->\n"))
            yield Fence(path, line, found["language"], found["text"], why["why"] if why else "", written)


ELSEWHERE = _elsewhere()
