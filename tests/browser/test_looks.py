"""The page fits a narrow window, follows the reader's colours, and can be read in both."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.reader import Scheme, reading
from tests.page.project import Reviewed

pytestmark = pytest.mark.browser
TABS = ("rows", "spec", "measures", "conversation")
READABLE = 4.5
"""The contrast of text that WCAG 2 asks for (level AA)."""
CONTRASTS = """() => {
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const colours = new Map();
  const colour = (text) => {
    if (!colours.has(text)) {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = text;
      context.fillRect(0, 0, 1, 1);
      colours.set(text, [...context.getImageData(0, 0, 1, 1).data]);
    }
    return colours.get(text);
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const paper = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = colour(getComputedStyle(at).backgroundColor);
      if (found[3] === 255) return found;
    }
    return [255, 255, 255];
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const faded = element.closest(".reject, :disabled, .skip, #status, .does");
    if (!texts.currentNode.data.trim() || faded || !element.checkVisibility()) continue;
    const [a, b] = [light(colour(getComputedStyle(element).color)), light(paper(element))].sort((x, y) => y - x);
    found.push([(a + 0.05) / (b + 0.05), element.className + ": " + texts.currentNode.data.slice(0, 30)]);
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_its_ground(browser: Browser, looked_at: Reviewed, scheme: Scheme) -> None:
    with reading(browser, looked_at, scheme=scheme) as reader:
        for tab in TABS:
            reader.open(tab)
            contrasts: list[Any] = reader.page.evaluate(CONTRASTS)
            assert len(contrasts) > 20
            assert [found for found in contrasts if found[0] < READABLE] == []


def test_the_colours_are_the_system_s_until_others_are_chosen_and_stay_chosen(
    browser: Browser, looked_at: Reviewed
) -> None:
    with reading(browser, looked_at, scheme="dark") as reader:
        page = reader.page
        dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        reader.press("t")
        reader.said("colours: light")
        light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert light != dark
        page.reload()
        page.get_by_role("heading", name="Pull requests").wait_for()
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == light


@pytest.mark.parametrize("tab", TABS)
def test_a_narrow_window_shows_it_all_without_scrolling_sideways(
    browser: Browser, looked_at: Reviewed, tab: str
) -> None:
    with reading(browser, looked_at, size=(360, 640)) as reader:
        assert reader.page.evaluate(WIDER) == []
        reader.open(tab)
        assert reader.page.evaluate(WIDER) == []
        for name in ("Approve", "Merge"):
            expect(reader.page.get_by_role("button", name=name)).to_be_in_viewport()


WIDER = """() => [...document.querySelectorAll("body, main, .pull, .head, .panel, .page, .card, .side, .list")]
  .filter((element) => element.scrollWidth > element.clientWidth + 1 || element.getBoundingClientRect().right > 361)
  .map((element) => element.className || element.tagName)"""


def test_a_narrow_window_has_what_stood_above_what_stands(browser: Browser, looked_at: Reviewed) -> None:
    with reading(browser, looked_at, size=(360, 640)) as reader:
        reader.open()
        before, after = reader.card("bidi").evaluate(SIDES)
        assert before["x"] == after["x"]
        assert before["bottom"] <= after["top"] + 1


SIDES = """(card) => [".before", ".after"].map((side) => card.querySelector(side).getBoundingClientRect().toJSON())"""
"""Where both sides stand, at one moment: between two questions the list may lay its cards out anew."""


MOVING = "[...document.querySelectorAll('*')].filter((e) => parseFloat(getComputedStyle(e).transitionDuration)).length"


def test_nothing_moves_for_who_asks_for_stillness(browser: Browser, looked_at: Reviewed) -> None:
    with reading(browser, looked_at, reduced_motion="reduce") as reader:
        reader.open()
        moving = reader.page.evaluate(MOVING)
        assert moving == 0


def test_the_parts_of_the_page_say_what_they_are(browser: Browser, looked_at: Reviewed) -> None:
    with reading(browser, looked_at) as reader:
        reader.open()
        page = reader.page
        assert page.locator("html").get_attribute("lang") == "en"
        for role in ("banner", "main", "tablist", "feed", "search"):
            expect(page.get_by_role(role)).to_have_count(1)
        first = page.get_by_role("article").nth(1)
        expect(first).to_have_attribute("aria-posinset", "1")
        expect(first).to_have_attribute("aria-setsize", "46")
        expect(page.get_by_role("status").first).to_be_attached()
        nameless = page.locator("button").filter(has_not_text=re.compile(r"\w")).all()
        assert [one for one in nameless if not one.get_attribute("aria-label")] == []
