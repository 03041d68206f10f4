"""The documentation's site: fits a phone, reads without JavaScript, stands out in light and dark, asks nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.reader import Scheme
from tests.browser.site import PHONE, served, visiting
from tests.browser.test_looks import CONTRASTS, READABLE

pytestmark = pytest.mark.browser
PAGES = (
    *("index.html", "tutorial.html", "contents.html", "cli.html", "commands/build.html", "commands/pr.html"),
    *("codes/E0312.html", "codes/E0907.html", "errors.html", "functions.html", "library.html", "std/judges.html"),
    *(
        "language/06-gens.html",
        "techniques.html",
        "gallery/clean.html",
        "benchmarks.html",
        "adr/0021-prefix-order.html",
    ),
    *("api.html", "review.html", "sglang.html", "changes.html", "404.html"),
)
WIDER = """() => [...document.querySelectorAll("body *")].filter((element) => {
  for (let at = element.parentElement; at; at = at.parentElement)
    if (["auto", "scroll", "hidden"].includes(getComputedStyle(at).overflowX)) return false;
  const box = element.getBoundingClientRect();
  return element.checkVisibility() && box.width && box.right > innerWidth + 1 && box.left < innerWidth;
}).map((element) => element.tagName + "." + element.className)"""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with served() as url:
        yield url


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_no_page_is_wider_than_a_phone(browser: Browser, site: str, scripts: bool) -> None:
    with visiting(browser, site, PHONE, scripts=scripts) as visit:
        wide = {path: visit.open(path).evaluate(WIDER) for path in PAGES}
        assert {path: found for path, found in wide.items() if found} == {}
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_its_ground(browser: Browser, site: str, scheme: Scheme) -> None:
    with visiting(browser, site, scheme=scheme) as visit:
        for path in PAGES[:13]:
            contrasts: list[Any] = visit.open(path).evaluate(CONTRASTS)
            assert len(contrasts) > 20
            assert [(path, *found) for found in contrasts if found[0] < READABLE] == []


def test_without_scripts_menu_code_and_tables_are_there(browser: Browser, site: str) -> None:
    with visiting(browser, site, scripts=False) as visit:
        page = visit.open("language/02-types.html")
        expect(page.locator(".sidebar-tree").get_by_role("link", name="Tutorial")).to_be_visible()
        expect(page.locator("article .highlight .kd").first).to_be_visible()
        expect(visit.open("functions.html").locator("article table").first).to_be_visible()
        page = visit.open("index.html")
        page.locator("article").get_by_role("link", name="Tutorial").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Tutorial")


def test_a_phone_opens_the_menu_without_scripts(browser: Browser, site: str) -> None:
    with visiting(browser, site, PHONE, scripts=False) as visit:
        page = visit.open("plan.html")
        link = page.locator(".sidebar-tree").get_by_role("link", name="Merging rows")
        expect(link).not_to_be_in_viewport()
        page.locator(".mobile-header label.nav-overlay-icon").click()
        link.scroll_into_view_if_needed()
        expect(link).to_be_in_viewport()


def test_the_search_finds_a_message_and_says_where_to_go_without_scripts(browser: Browser, site: str) -> None:
    with visiting(browser, site) as visit:
        page = visit.open("search.html?q=E0312")
        expect(page.locator("#search-results a").filter(has_text="E0312").first).to_be_visible()
    with visiting(browser, site, scripts=False) as visit:
        page = visit.open("search.html")
        expect(page.locator("article").get_by_role("link", name="All pages")).to_be_visible()


def test_every_page_says_which_version_and_edition_it_tells_of(browser: Browser, site: str) -> None:
    with visiting(browser, site) as visit:
        for path in ("index.html", "codes/E0312.html", "404.html"):
            expect(visit.open(path).locator("body")).to_contain_text(re.compile(r"synth \d+\.\d+\.\d+, .*edition \d"))


def test_a_spec_is_coloured_with_its_template(browser: Browser, site: str) -> None:
    with visiting(browser, site) as visit:
        spec = visit.open("index.html").locator(".highlight-synth").first
        assert spec.locator(".kd").first.inner_text() == "edition"
        colours = {
            kind: spec.locator(kind).first.evaluate("(element) => getComputedStyle(element).color")
            for kind in (".kd", ".nf", ".si")
        }
        plain = spec.evaluate("(element) => getComputedStyle(element).color")
        assert plain not in (colours[".kd"], colours[".si"])
