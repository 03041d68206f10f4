"""A diagnostic's code in; the page about it (title, why, a bad and a good example) out, from `codes/*.md`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "codes"
_PAGE = re.compile(
    r"# (?P<code>[EW]\d{4}|L\d{3}): (?P<title>[^\n]+)\n(?P<text>.*?)\n## Bad\n(?P<bad>.*?)\n## Good\n(?P<good>.*)",
    re.DOTALL,
)
_FENCE = re.compile(r"```(?P<language>\w*)\n(?P<text>.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """One fenced block: `language` is synth, console, toml … as written after the fence."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    code: str
    title: str
    text: str
    bad: tuple[Example, ...]
    good: tuple[Example, ...]
    markdown: str


def codes() -> tuple[str, ...]:
    """Every code that has a page, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("[EWL]*.md")))


@cache
def page(code: str) -> Page | None:
    """The page of `code`, None if there is none. A page that is not in the agreed form raises ValueError."""
    path = FOLDER / f"{code.upper()}.md"
    if not re.fullmatch(r"[EWew]\d{4}|[Ll]\d{3}", code) or not path.is_file():
        return None
    markdown = path.read_text(encoding="utf-8")
    match = _PAGE.fullmatch(markdown)
    if match is None or match["code"] != code.upper():
        raise ValueError(f"{path}: not in the form of a diagnostic's page")
    return Page(
        code=match["code"],
        title=match["title"].strip(),
        text=match["text"].strip(),
        bad=_examples(match["bad"]),
        good=_examples(match["good"]),
        markdown=markdown,
    )


def _examples(section: str) -> tuple[Example, ...]:
    return tuple(Example(fence["language"], fence["text"]) for fence in _FENCE.finditer(section))


def explain(code: str) -> str | None:
    """The page as plain text for a terminal: examples indented, no Markdown fences."""
    found = page(code)
    if found is None:
        return None
    parts = [f"{found.code}: {found.title}", found.text]
    for heading, examples in (("Bad", found.bad), ("Good", found.good)):
        parts += [f"{heading}:", *(_indented(example.text) for example in examples)]
    return "\n\n".join(parts) + "\n"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.rstrip("\n").split("\n"))
