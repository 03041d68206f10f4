"""What the page counts is what it lists, and what a person leaves is there when they come back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from runtime.decisions import Decision, decide
from runtime.review import Reviews
from tests.browser.reader import Reader, reading
from tests.page.project import AUTHOR, SOURCE, TARGET, Reviewed

pytestmark = pytest.mark.browser


def _counts(reader: Reader) -> list[str]:
    return [
        reader.page.locator(".tabs [role=tab]").first.inner_text(),
        *reader.page.locator(".segments label").all_inner_texts(),
    ]


@pytest.mark.parametrize("key", ["page040", "markup"])
def test_counts_stay_those_of_the_list_after_a_rejection_and_a_reload(reader: Reader, key: str) -> None:
    reader.page.goto(f"{reader.url}/pulls/{reader.number}#rows?key={key}")
    reader.at(key)
    before = _counts(reader)
    reader.press("r")
    expect(reader.card(key).locator(".verdict")).to_have_text("✗ rejected by Grace Hopper")
    reader.settled()
    assert _counts(reader) == before
    reader.page.reload()
    reader.card(key).wait_for()
    assert _counts(reader) == before


def test_a_reload_keeps_the_row_and_another_tab_loses_neither_row_nor_filter(reader: Reader) -> None:
    reader.open("rows?only=changed")
    reader.press("j", "j", "j")
    key = reader.current.locator(".key").inner_text()
    expect(reader.page).to_have_url(re.compile(f"only=changed&key={key}$"))
    reader.page.reload()
    reader.at(key)
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))
    reader.press("2")
    reader.tab("spec")
    reader.press("1")
    reader.at(key)
    expect(reader.page.get_by_role("radio", name="changed")).to_be_checked()
    assert not [url for url in asked if url.endswith("/diff")]


def test_a_decision_hides_nothing_that_another_person_changed_meanwhile(reader: Reader, reviewed: Reviewed) -> None:
    reader.open()
    row = reviewed.rows(SOURCE)["long"]
    decide(reviewed.store, SOURCE, "notes", [Decision("notes", "long", row["_hash"].hex(), "reject", {}, AUTHOR)])
    reader.card("bidi").get_by_role("button", name="accept").click()
    expect(reader.page.locator(".moved")).to_contain_text("has changed since you opened it")
    reader.page.get_by_role("button", name="Approve").click()
    dialog = reader.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Approve").click()
    expect(dialog.get_by_role("alert")).to_contain_text("changed")


def test_a_pull_request_whose_branch_is_gone_is_shown_and_says_so(browser: Browser, reviewed: Reviewed) -> None:
    reviewed.reviews.close(reviewed.number, AUTHOR)
    reviewed.store.create_branch("left", reviewed.store.resolve(SOURCE))
    number = Reviews(reviewed.store).open("left", TARGET, "Left behind", "", AUTHOR).number
    reviewed.store.delete_branch("left")
    with reading(browser, reviewed) as reader:
        reader.page.goto(f"{reader.url}/pulls/{number}")
        expect(reader.page.get_by_role("heading", level=1)).to_contain_text("Left behind")
        expect(reader.page.get_by_role("tabpanel")).to_contain_text("E1084")
        reader.page.get_by_role("button", name="Close", exact=True).click()
        expect(reader.page.locator(".head .state")).to_have_text("closed")
