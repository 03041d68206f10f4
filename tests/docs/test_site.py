"""The pages of the site: one for each verb, message and file of the library, true to the code; links that lead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer

import dsl.diagnostics as diagnostics
import synth
from docs.site import api
from docs.site.check import mistakes
from docs.site.contents import LANDING, MENU, placed
from docs.site.extras import not_found, sitemap
from docs.site.links import rewritten
from docs.site.page import Page, fenced
from docs.site.pages import files, pages
from docs.site.places import ROOT, place
from runtime.cli.app import BY_NAME, app

PAGES = {page.at: page for page in pages()}
QUIET = [page for page in PAGES.values() if page.quiet]


@pytest.mark.parametrize("verb", BY_NAME)
def test_the_page_of_a_verb_says_all_that_its_help_says(verb: str) -> None:
    page = words(PAGES[f"commands/{verb}.md"].text)
    group: Any = typer.main.get_command(app)
    root = group.make_context("synth", [], resilient_parsing=True)
    command = group.get_command(root, verb)
    for one in (command, *getattr(command, "commands", {}).values()):
        context = one.make_context(verb, [], parent=root, resilient_parsing=True)
        assert words(one.help) - {"Example"} <= page
        for parameter in one.get_params(context):
            name, said = parameter.get_help_record(context) or ("", "")
            assert words(name) | words(said) <= page


def words(text: str | None) -> set[str]:
    return {word.strip("`,.:;|()") for word in (text or "").replace("\\|", "|").split()}


def test_every_message_has_a_page_at_an_address_that_stays() -> None:
    assert {f"codes/{code}.md" for code in diagnostics.codes()} <= PAGES.keys()
    assert PAGES["codes/E0312.md"].text.startswith("# E0312: no such field\n")


def test_the_library_s_pages_show_the_text_of_all_that_can_be_imported() -> None:
    assert "judge repetitive(" in PAGES["std/judges.md"].text
    assert {f"std/{file.stem}.md" for file in (ROOT / "dsl/std").glob("*.synth")} <= PAGES.keys()


def test_the_reference_of_the_python_api_has_every_public_name() -> None:
    assert [name for name in synth.__all__ if f"### synth.{name}\n" not in api.reference()] == []
    assert "#### Connection.load\n" in api.reference()


def test_every_page_stands_in_the_menu_or_is_led_to_by_one_that_does() -> None:
    shown = [at for _, at in placed(page.at for page in PAGES.values() if not page.quiet)]
    assert sorted(shown) == sorted(page.at for page in PAGES.values() if not page.quiet)
    text = "".join(page.text for page in PAGES.values())
    assert [page.at for page in QUIET if f"{Path(page.at).name})" not in text] == []
    assert {caption for caption, _ in placed(PAGES)} == set(MENU)


def test_every_written_page_is_on_the_site_without_its_comments() -> None:
    for file in files():
        page = PAGES[place(file.relative_to(ROOT).as_posix())]
        assert "<!--" not in page.text.replace(_code(page.text), "")
    assert "toctree" in PAGES[LANDING].text


def _code(text: str) -> str:
    """The one line of a page that speaks of comments in code."""
    return "`<!-- synth diff -->`" if "`<!-- synth diff -->`" in text else "\0"


@pytest.mark.parametrize(
    ("link", "there"),
    [
        ("[a](cli.md#synth-plan)", "[a](commands/plan.md)"),
        ("[a](cli.md#synth-pr-open)", "[a](commands/pr.md#synth-pr-open)"),
        ("[a](cli.md#synth-verify-history)", "[a](commands/verify-history.md)"),
        ("[a](cli.md)", "[a](cli.md)"),
        ("[a](README.md)", "[a](contents.md)"),
        ("[a](language/README.md#x)", "[a](language/index.md#x)"),
        ("[a](../dsl/diagnostics/codes/E0312.md)", "[a](codes/E0312.md)"),
        ("[a](../specs/clean/README.md)", "[a](gallery/clean.md)"),
        ("[a](../tests/gallery/techniques.py#L1)", "[a](source/tests/gallery/techniques.py.md)"),
        ("[a](https://example.org/b.md)", "[a](https://example.org/b.md)"),
        ("[a](#here)", "[a](#here)"),
        ("`[a](b.md)`", "`[a](b.md)`"),
        ("```text\n[a](README.md)\n```", "```text\n[a](README.md)\n```"),
    ],
)
def test_a_link_leads_on_the_site_where_it_leads_in_the_repository(link: str, there: str) -> None:
    assert rewritten(link, "docs/page.md", "page.md") == there


def test_a_page_deeper_down_leads_up() -> None:
    text = rewritten("[a](../engines.md) [b](0001-syntax-tree.md)", "docs/adr/0002-x.md", "adr/0002-x.md")
    assert text == "[a](../engines.md) [b](0001-syntax-tree.md)"


@pytest.mark.parametrize(
    ("html", "wrong"),
    [
        ('<a href="b.html#there">b</a>', []),
        ('<a href="c.html">c</a>', ["a.html: c.html leads nowhere"]),
        ('<a href="b.html#not">b</a>', ["a.html: b.html#not names a place that is not there"]),
        (
            '<script src="https://example.org/x.js"></script>',
            ["a.html: fetches https://example.org/x.js from elsewhere"],
        ),
        ('<img src="x.png">', ["a.html: x.png is not there"]),
        ('<a href="https://example.org">e</a>', []),
        ('<a href="javascript:x()">e</a>', ["a.html: javascript:x() is no address"]),
    ],
)
def test_what_is_wrong_with_a_built_site_is_told(html: str, wrong: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(html)
    (tmp_path / "b.html").write_text('<h1 id="there">b</h1>')
    assert mistakes(tmp_path) == wrong


def test_a_sitemap_holds_whole_addresses_and_no_page_for_nobody() -> None:
    found = sitemap("https://example.org/docs/", ["index.html", "404.html", "codes/E0312.html"])
    assert "<loc>https://example.org/docs/codes/E0312.html</loc>" in found
    assert "404" not in found
    assert 'href="https://example.org/docs/contents.html"' in not_found("https://example.org/docs/")
    assert 'href="/contents.html"' in not_found("")


def test_a_fence_is_longer_than_any_in_its_text() -> None:
    assert fenced("```text\na\n```", "md") == "````md\n```text\na\n```\n````\n"
    assert Page("a.md", "b", quiet=True).source == "---\norphan: true\n---\n\nb"
