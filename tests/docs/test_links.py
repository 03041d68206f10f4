"""Every link of every page of the repository leads to a file that is there, and to a heading in it."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.docs.links import links, places

ROOT = Path(__file__).parents[2]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "*.md"], capture_output=True, text=True, check=True, cwd=ROOT)
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


@cache
def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def broken(page: Path, link: str) -> bool:
    parts = urlsplit(link)
    if parts.scheme in ("http", "https"):
        return not parts.hostname or " " in link
    if parts.scheme:
        return parts.scheme != "mailto" or "@" not in parts.path
    file = (page.parent / parts.path).resolve() if parts.path else page
    if not file.exists():
        return True
    return bool(parts.fragment) and file.suffix == ".md" and parts.fragment not in places(read(file))


def test_every_link_leads_to_a_file_and_a_heading_that_are_there() -> None:
    pages = tracked()
    assert len(pages) > 300
    assert [
        (str(page.relative_to(ROOT)), link) for page in pages for link in links(read(page)) if broken(page, link)
    ] == []


@pytest.mark.parametrize(
    ("link", "wrong"),
    [
        ("https://example.org/a#b", False),
        ("https:///a", True),
        ("ftp://example.org", True),
        ("mailto:ada@example.org", False),
        ("docs/tutorial.md#install", False),
        ("docs/tutorial.md#instal", True),
        ("docs/tutorials.md", True),
        ("#what-make-demo-shows", False),
        ("#nothing", True),
    ],
)
def test_a_link_is_broken_where_nothing_is(link: str, wrong: bool) -> None:
    assert broken(ROOT / "README.md", link) is wrong


def test_headings_have_the_anchors_that_github_gives_them() -> None:
    text = "# `gen` and *more*, again\n## A [link](b.md)\n## Same\n## Same\n```\n# no heading\n```\n"
    assert places(text) == {"gen-and-more-again", "a-link", "same", "same-1"}
