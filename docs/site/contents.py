"""The pages of the site in; the menu beside each of them, in the order in which one reads, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatch

from docs.site.page import Page

MENU: dict[str, tuple[str, ...]] = {
    "Begin": ("tutorial.md", "contents.md", "techniques.md", "gallery/index.md"),
    "The language": ("language/index.md", "language/*.md", "functions.md", "sources.md", "tools.md"),
    "The library": ("library.md", "std/*.md"),
    "Build": ("plan.md", "incremental.md", "prompts.md", "engines.md", "sglang.md", "workers.md", "ray.md", "scale.md"),
    "Versions": ("diff.md", "merge.md", "decisions.md", "review.md", "lakefs.md"),
    "Editors": ("editor.md", "editors/*.md", "style.md", "lint.md"),
    "Reference": ("cli.md", "commands/*.md", "errors.md", "api.md"),
    "How it works": ("architecture/*.md", "adr/index.md", "benchmarks.md", "site.md", "changes.md"),
}
"""A caption and the pages below it; a page stands where it is named first, and what nobody names under the last."""
LANDING = "index.md"
TITLES = {"contents.md": "All pages"}
"""What the menu calls a page whose heading says little there."""


def menu(pages: Iterable[Page]) -> str:
    """The menu as Sphinx reads it at the end of the landing page."""
    found = list(placed(page.at for page in pages if not page.quiet and page.at != LANDING))
    return "".join(_section(caption, [at for of, at in found if of == caption]) for caption in MENU)


def placed(pages: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(caption, page) in the order of the menu."""
    left = sorted(pages)
    for caption, patterns in MENU.items():
        for pattern in patterns:
            for at in [at for at in left if fnmatch(at, pattern)]:
                left.remove(at)
                yield caption, at
    yield from ((list(MENU)[-1], at) for at in left)


def _section(caption: str, pages: list[str]) -> str:
    lines = "\n".join(map(_entry, pages))
    return f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{lines}\n```\n" if pages else ""


def _entry(at: str) -> str:
    name = at.removesuffix(".md")
    return f"{TITLES[at]} <{name}>" if at in TITLES else name
