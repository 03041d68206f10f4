"""Everything on the page can be done from the keyboard, and where one is can be seen and heard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.reader import Reader
from tests.page.project import SOURCE, TARGET, Reviewed

pytestmark = pytest.mark.browser


def test_a_pull_request_is_read_decided_approved_and_merged_without_a_mouse(reader: Reader, reviewed: Reviewed) -> None:
    page = reader.page
    expect(page.get_by_role("link", name="Shorter notes")).to_be_focused()
    reader.press("Enter")
    reader.at("bidi")
    reader.press("e")
    expect(page.get_by_label("note")).to_be_focused()
    reader.press("Control+a")
    reader.type("Typed by hand.")
    reader.press("Control+Enter")
    reader.at("bidi")
    expect(reader.current.locator(".verdict")).to_contain_text("edited")
    reader.press("j", "a")
    reader.said("control: accepted")
    reader.at("long")
    reader.press("m")
    reader.said("long: read")
    reader.press("j", "x")
    reader.type("not what was asked for")
    reader.press("Control+Enter")
    expect(reader.card("markup").locator(".verdict")).to_contain_text(
        "rejected by Grace Hopper: not what was asked for"
    )
    _approve_and_merge(reader)
    merged = reviewed.rows(TARGET)
    assert merged["bidi"]["note"] == "Typed by hand."
    assert "control" in merged
    assert "markup" not in merged


def _approve_and_merge(reader: Reader) -> None:
    reader.press("A")
    expect(reader.page.get_by_label("A word with it")).to_be_focused()
    reader.press("Control+Enter")
    expect(reader.page.locator(".rules .unmet")).to_have_count(0)
    reader.press("M")
    reader.page.get_by_role("dialog").wait_for()
    reader.press("Enter")
    expect(reader.page.locator(".head .state")).to_have_text("merged")


def test_j_and_k_go_through_the_rows_and_n_to_the_next_undecided_one(reader: Reader) -> None:
    reader.open()
    reader.press("j", "j", "k")
    reader.at("control")
    reader.press("a", "a")
    reader.at("markup")
    reader.press("k", "k", "k", "n")
    reader.at("markup")
    reader.press("p")
    reader.at("bidi")
    reader.press("End")
    expect(reader.current).to_have_attribute("aria-posinset", "46")
    reader.press("Home")
    reader.at("bidi")


def test_capital_n_goes_to_the_next_flagged_row_that_nobody_read(reader: Reader) -> None:
    reader.open()
    reader.press("m")
    reader.said("bidi: read")
    reader.press("End", "P")
    reader.at("markup")
    reader.press("Home", "N")
    reader.at("control")


def test_u_takes_the_last_decision_back(reader: Reader, reviewed: Reviewed) -> None:
    reader.open()
    reader.press("r", "r")
    expect(reader.card("bidi").locator(".verdict")).to_contain_text("rejected by")
    reader.at("long")
    reader.press("u")
    reader.at("control")
    expect(reader.current.locator(".verdict")).to_have_count(0)
    reader.settled()
    rows = reviewed.rows(SOURCE)
    assert "control" in rows
    assert "bidi" not in rows


def test_comments_are_written_on_a_row_and_on_a_cell(reader: Reader, reviewed: Reviewed) -> None:
    reader.open()
    reader.press("c")
    reader.type("On the row.")
    reader.press("Control+Enter")
    expect(reader.card("bidi").locator(".said")).to_have_count(1)
    reader.press("C")
    expect(reader.page.get_by_label("on", exact=True)).to_have_value("note")
    reader.type("On the cell.")
    reader.press("Control+Enter")
    expect(reader.card("bidi").locator(".said").nth(1)).to_contain_text("on note")
    comments = reviewed.reviews.get(reviewed.number).comments
    assert [comment.at and (comment.at.key, comment.at.column) for comment in comments] == [
        ("bidi", None),
        ("bidi", "note"),
    ]


def test_enter_shows_whole_texts_and_all_columns(reader: Reader) -> None:
    reader.open()
    reader.press("j", "j")
    expect(reader.current.locator(".rest")).to_contain_text("more characters")
    expect(reader.current.locator(".label")).to_have_text(["note"])
    reader.press("Enter")
    expect(reader.current.locator(".rest")).to_have_count(0)
    expect(reader.current.locator(".label")).to_have_text(["note", "topic", "score"])
    reader.press("Enter")
    expect(reader.current.locator(".rest")).to_have_count(1)


def test_v_shows_what_did_not_change_in_every_row_and_stays_at_the_same_row(reader: Reader) -> None:
    reader.open()
    reader.press("j", "v")
    reader.at("control")
    for key in ("control", "markup"):
        expect(reader.card(key).locator(".label")).to_have_text(["note", "topic", "score"])
    reader.press("v")
    expect(reader.card("control").locator(".label")).to_have_text(["note"])


def test_the_tabs_the_list_and_the_help_have_keys(reader: Reader) -> None:
    reader.open()
    for key, name in (("2", "spec"), ("3", "measures"), ("4", "conversation"), ("1", "rows")):
        reader.press(key)
        reader.tab(name)
    reader.press("?")
    expect(reader.page.get_by_role("dialog", name="Keys")).to_contain_text("next row without a decision")
    reader.press("Escape")
    expect(reader.page.get_by_role("dialog")).to_have_count(0)
    reader.press("g", "l")
    expect(reader.page.get_by_role("heading", name="Pull requests")).to_be_visible()


def test_a_condition_is_typed_and_a_wrong_one_is_told_where_it_stands(reader: Reader) -> None:
    reader.open()
    reader.press("/")
    reader.type('topic == "names" and score > 90')
    reader.press("Enter")
    expect(reader.page.locator(".coverage")).to_contain_text("of 46 changed rows")
    expect(reader.current).to_be_focused()
    reader.press("/", "Control+a")
    reader.type("scor > 90")
    reader.press("Enter")
    expect(reader.page.locator(".wrong")).to_contain_text("score")
    reader.press("Escape")
    expect(reader.current).to_be_focused()


def test_what_has_the_focus_can_be_seen(reader: Reader) -> None:
    """Walks through the page with Tab: everything it comes to has an outline and a name."""
    reader.open()
    bare, seen = [], set()
    for _ in range(40):
        reader.press("Tab")
        name, outline = reader.page.evaluate(FOCUSED)
        seen.add(name)
        if outline == "none" or not name.strip():
            bare.append(name)
    assert bare == []
    assert {"Approve", "Merge", "rows +2 −4 ~40"} <= seen


FOCUSED = """() => {
  const element = document.activeElement;
  const shown = element.matches("input[type=radio]") ? element.nextElementSibling : element;
  const name = element.getAttribute("aria-label") || element.getAttribute("placeholder") || shown.textContent || "";
  return [name.trim(), element === document.body ? "body" : getComputedStyle(shown).outlineStyle];
}"""
