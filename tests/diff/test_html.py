"""The page of a diff: all that the text shows, nothing from outside, and nothing a model wrote acts as markup."""

from __future__ import annotations

from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from runtime.diff import View, diff, render_html, render_text
from runtime.tables.schema import STR
from tests.diff import story
from tests.diff.builder import Builder, Version

NASTY = "\x1b[31m<script>alert(1)</script> <img src=x onerror=alert(1)> &lt; \"'> </details>\r\n\u202egpj.exe"


def page(root: Path, *versions: Version, view: View | None = None) -> tuple[str, LexborHTMLParser]:
    builder = Builder(root)
    for version in versions:
        builder.commit("main", qa=version)
    text = "\n".join(render_html(diff(builder.store, "main~1", "main"), view))
    return text, LexborHTMLParser(text)


def test_it_says_what_the_text_says(tmp_path: Path) -> None:
    text, html = page(tmp_path, story.before(), story.after(), view=View(limit=None))
    builder = Builder(tmp_path)
    told = "\n".join(render_text(diff(builder.store, "main~1", "main"), View(limit=None)))
    rows = {line.split()[1] for line in told.splitlines() if line[:2] in ("+ ", "- ", "~ ")}
    assert rows == {node.text().split()[1] for node in html.css("details[class] > summary")}
    assert "+2 −2 ~7 =11" in text
    assert html.css("ins") and html.css("del")


def test_it_needs_nothing_and_runs_nothing(tmp_path: Path) -> None:
    text, html = page(tmp_path, story.before(), story.after())
    assert "default-src 'none'" in text
    assert not html.css("script, link, img, iframe, object, [src], [href], [onclick]")


def test_what_a_model_wrote_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    versions = [Version(tables={"qa": ({"text": STR}, {(NASTY,): {"text": text}})}) for text in ("fine", NASTY)]
    text, html = page(tmp_path, *versions)
    assert "\x1b" not in text and "\u202e" not in text
    assert not html.css("script, img")
    (row,) = html.css("details[class]")
    assert "<script>alert(1)</script>" in row.text()
    assert [mark.text().count("</details>") for mark in row.css("ins")] == [1]


def test_versions_that_are_equal_say_so(tmp_path: Path) -> None:
    builder = Builder(tmp_path)
    builder.commit("main", qa=story.before())
    assert "hold the same data" in "\n".join(render_html(diff(builder.store, "main", "main")))
