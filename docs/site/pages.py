"""The repository in; all pages of the site out: what is written, and what is made from the code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from docs.site import api, codes, commands, gallery, library
from docs.site.contents import LANDING, menu
from docs.site.links import rewritten, targets
from docs.site.page import Page, fenced
from docs.site.places import ROOT, place

DOCS = ROOT / "docs"
LANGUAGES = {".py": "python", ".yml": "yaml", ".toml": "toml", ".json": "json", ".synth": "synth", ".sh": "bash"}
GENERATED = frozenset({"docs/cli.md"})
"""Pages of the repository that the site has in another form."""
QUIET = ("adr/0",)
"""So many pages that they stand in a list of their own, and not beside every page."""


def pages() -> list[Page]:
    """Each place once."""
    made = [*_written(), *commands.pages(), *library.pages(), *gallery.pages(), *codes.pages()]
    made += _sources(made)
    return [replace(page, text=page.text + menu(made)) if page.at == LANDING else page for page in made]


def files() -> Iterator[Path]:
    """The Markdown that is written for readers."""
    yield from sorted(DOCS.rglob("*.md"))
    yield ROOT / "CHANGELOG.md"


def _written() -> Iterator[Page]:
    for file in files():
        path = file.relative_to(ROOT).as_posix()
        if path not in GENERATED:
            at = place(path)
            text = rewritten(file.read_text(encoding="utf-8"), path, at)
            yield Page(at, text + (api.reference() if at == "api.md" else ""), at.startswith(QUIET))


def _sources(made: Iterable[Page]) -> Iterator[Page]:
    """What pages lead to that is no page: shown as it is."""
    there = {page.at for page in made}
    read = [*files(), *(ROOT / "specs").glob("**/README.md")]
    for target in sorted({found for file in read for found in targets(_text(file), _path(file))}):
        at = place(target)
        if at not in there and not target.startswith("docs/images/"):
            file = ROOT / target
            if not file.is_file():
                raise SystemExit(f"a page leads to {target}, which is not there")
            code = fenced(_text(file), LANGUAGES.get(file.suffix, "text"))
            yield Page(at, f"# {target}\n\n{code}", quiet=True)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _path(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()
