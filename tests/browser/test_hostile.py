"""Whatever a model or a person wrote is text on this page: it is no markup, runs nothing and hides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.reader import Reader, reading
from tests.page.project import AUTHOR, HOSTILE, SOURCE, TARGET, Reviewed

pytestmark = pytest.mark.browser
SHOWN = {
    "bidi": "user ⟨RLO⟩txt.exe⟨PDF⟩ ⟨LRI⟩isolated⟨PDI⟩ ⟨RLM⟩right",
    "control": "bell ⟨BEL⟩ escape ⟨ESC⟩[31mred⟨ESC⟩[0m null-like ⟨NUL⟩ delete ⟨DEL⟩",
}
MARKUP = HOSTILE["markup"]


@pytest.fixture(scope="module")
def reader(browser: Browser, looked_at: Reviewed) -> Iterator[Reader]:
    with reading(browser, looked_at) as reader:
        yield reader


def _untouched(reader: Reader) -> None:
    """No element came of a text: there is no script but the page's own two, and no image but its own."""
    page = reader.page
    expect(page).not_to_have_title("owned")
    assert page.locator("script").count() == 2
    assert page.locator("main img, main script, main iframe, main a[href^='javascript']").count() == 0
    for char in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200f\x00\x07\x1b\x7f":
        assert char not in (page.locator("body").text_content() or ""), hex(ord(char))


def test_a_row_of_markup_is_text_and_runs_nothing(reader: Reader) -> None:
    reader.open()
    expect(reader.card("markup").locator(".after")).to_contain_text(MARKUP)
    _untouched(reader)


@pytest.mark.parametrize("key", SHOWN)
def test_what_cannot_be_seen_is_shown_by_name(reader: Reader, key: str) -> None:
    reader.open()
    expect(reader.card(key).locator(".after")).to_contain_text(SHOWN[key])
    sign = reader.card(key).locator(".after .sign").first
    assert re.match(r"U\+[0-9A-F]{4} \w", sign.get_attribute("title") or "")
    _untouched(reader)


def test_a_text_s_direction_stays_its_own(reader: Reader) -> None:
    reader.open()
    value = reader.card("bidi").locator(".after bdi").first
    expect(value).to_have_attribute("dir", "auto")
    expect(value).to_have_css("unicode-bidi", "isolate")


def test_a_field_to_edit_says_what_it_cannot_show(reader: Reader) -> None:
    reader.open()
    reader.card("bidi").get_by_role("button", name="edit").click()
    expect(reader.card("bidi").locator(".hides")).to_contain_text(SHOWN["bidi"])
    reader.press("Escape")


@pytest.mark.parametrize("tab", ["spec", "measures", "conversation"])
def test_every_tab_shows_texts_as_they_are(reader: Reader, tab: str) -> None:
    reader.open(tab)
    if tab == "conversation":
        expect(reader.page.locator(".description")).to_contain_text(MARKUP)
        expect(reader.page.locator(".description")).to_contain_text(SHOWN["bidi"])
    _untouched(reader)


def test_titles_comments_and_messages_are_text_too(browser: Browser, reviewed: Reviewed) -> None:
    reviews, text = reviewed.reviews, MARKUP + HOSTILE["bidi"]
    reviews.close(reviewed.number, AUTHOR)
    other = reviews.open(SOURCE, TARGET, MARKUP, text, "<b>Eve</b> <eve@example.org>")
    reviews.comment(other.number, text, "<i>Mallory</i> <m@example.org>")
    with reading(browser, reviewed) as reader:
        expect(reader.page.get_by_role("link", name=MARKUP)).to_be_visible()
        _untouched(reader)
        reader.number = other.number
        reader.open("conversation")
        expect(reader.page.locator(".comment")).to_contain_text(MARKUP)
        _untouched(reader)
        reader.page.goto(f"{reader.url}/pulls/{other.number}#rows?where=%3Cscript%3Ealert(1)%3C/script%3E")
        reader.page.reload()
        expect(reader.page.locator(".wrong")).to_contain_text("E0")
        _untouched(reader)
