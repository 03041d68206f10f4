"""One pull request from its opening in a browser to the next build after its merge."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from runtime.decisions import Decision, decide
from tests.browser.reader import Reader, reading
from tests.page.project import SOURCE, TARGET, Reviewed

pytestmark = pytest.mark.browser


def _decide(reader: Reader) -> None:
    """Rejects `markup`, edits `bidi`, accepts `control`, reads `long`: all four are flagged."""
    reader.card("markup").get_by_role("button", name="reject").click()
    expect(reader.card("markup").locator(".verdict")).to_have_text("✗ rejected by Grace Hopper")
    reader.card("bidi").get_by_role("button", name="edit").click()
    reader.page.get_by_label("note").fill("A note that a person wrote.")
    reader.page.get_by_role("button", name="Save").click()
    expect(reader.card("bidi").locator(".verdict")).to_have_text("✎ edited by Grace Hopper")
    expect(reader.card("bidi").locator(".after")).to_contain_text("A note that a person wrote.")
    reader.card("control").get_by_role("button", name="accept").click()
    expect(reader.card("control").locator(".verdict")).to_have_text("✓ accepted by Grace Hopper")
    reader.card("long").get_by_role("button", name="mark read").click()
    expect(reader.card("long").locator(".flag")).to_have_class(re.compile("read"))


def _cells(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "_hash"}


def _comment(reader: Reader) -> None:
    reader.card("long").get_by_role("button", name="comment").click()
    reader.page.get_by_label("comment", exact=True).fill("Shorter, please.")
    reader.page.get_by_role("button", name="Comment", exact=True).click()
    expect(reader.card("long").locator(".said")).to_contain_text("Shorter, please.")


def _approve_and_merge(reader: Reader) -> None:
    page = reader.page
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("dialog").get_by_label("A word with it").fill("Good.")
    page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(page.locator(".rules .unmet")).to_have_count(0)
    page.get_by_role("button", name="Merge").click()
    page.get_by_role("dialog").get_by_role("button", name="Merge").click()
    expect(page.locator(".head .state")).to_have_text("merged")


def test_a_person_reads_decides_comments_approves_and_merges_and_the_next_build_keeps_what_was_decided(
    reader: Reader, reviewed: Reviewed
) -> None:
    proposed = reviewed.rows(SOURCE)
    reader.page.get_by_role("link", name="Shorter notes").click()
    reader.tab("rows")
    expect(reader.page.locator(".rules .unmet")).not_to_have_count(0)
    _decide(reader)
    _comment(reader)
    _approve_and_merge(reader)
    merged = reviewed.rows(TARGET)
    assert "markup" not in merged
    assert _cells(merged["bidi"]) == {**_cells(proposed["bidi"]), "note": "A note that a person wrote."}
    others = proposed.keys() - {"markup", "bidi"}
    assert {key: merged[key] for key in others} == {key: proposed[key] for key in others}
    reviewed.build(TARGET)
    assert reviewed.rows(TARGET) == merged


def test_what_was_said_is_in_the_conversation_and_leads_back_to_its_row(reader: Reader) -> None:
    reader.open()
    _comment(reader)
    reader.page.get_by_role("tab", name="conversation").click()
    said = reader.page.locator(".comment")
    expect(said).to_contain_text("Shorter, please.")
    said.get_by_role("button", name="Reply").click()
    reader.page.get_by_label("Your reply").fill("They are.")
    reader.page.locator(".comment form").get_by_role("button", name="Reply").click()
    expect(reader.page.locator(".comment")).to_have_count(2)
    reader.page.locator(".comment").first.get_by_role("link", name="long").click()
    reader.tab("rows")
    reader.at("long")


def test_a_decision_that_is_undone_is_gone_from_the_page_and_the_data(reader: Reader, reviewed: Reviewed) -> None:
    proposed = reviewed.rows(SOURCE)
    reader.open()
    reader.card("control").get_by_role("button", name="reject").click()
    expect(reader.card("control").locator(".verdict")).to_have_text("✗ rejected by Grace Hopper")
    assert "control" not in reviewed.rows(SOURCE)
    reader.card("control").get_by_role("button", name="undo").click()
    expect(reader.card("control").locator(".verdict")).to_have_count(0)
    reader.settled()
    assert reviewed.rows(SOURCE) == proposed


def test_a_value_of_the_wrong_type_is_refused_where_it_was_typed_and_stays(reader: Reader) -> None:
    reader.open()
    reader.card("control").get_by_role("button", name="edit").click()
    reader.page.get_by_label("score").fill("many")
    reader.page.get_by_role("button", name="Save").click()
    alert = reader.card("control").get_by_role("alert")
    expect(alert).to_contain_text("score")
    expect(reader.page.get_by_label("score")).to_have_value("many")


def test_rules_that_are_not_met_keep_the_merge_out_and_are_told(reader: Reader, reviewed: Reviewed) -> None:
    before = reviewed.rows(TARGET)
    reader.open()
    reader.page.get_by_role("button", name="Merge").click()
    dialog = reader.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Merge").click()
    expect(dialog.get_by_role("alert")).to_contain_text("approv")
    assert reviewed.rows(TARGET) == before


def test_a_pull_request_is_opened_closed_and_opened_again(browser: Browser, reviewed: Reviewed) -> None:
    reviewed.store.create_branch("again", reviewed.store.resolve(SOURCE))
    with reading(browser, reviewed) as reader:
        _open_and_close(reader.page)


def _open_and_close(page: Page) -> None:
    page.get_by_role("button", name="Open a pull request").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title").fill("Back <b>again</b>")
    dialog.get_by_label("Changes of the branch").select_option("again")
    dialog.get_by_label("into the branch").select_option(TARGET)
    dialog.get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Back <b>again</b>")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator(".head .state")).to_have_text("closed")
    page.get_by_role("button", name="Reopen").click()
    expect(page.locator(".head .state")).to_have_text("open")


def test_who_looks_at_a_diff_that_someone_changed_is_told_and_cannot_approve_it(
    reader: Reader, reviewed: Reviewed
) -> None:
    reader.open()
    (row,) = [row for key, row in reviewed.rows(SOURCE).items() if key == "long"]
    decision = Decision("notes", "long", row["_hash"].hex(), "reject", {}, "Eve <eve@example.org>")
    decide(reviewed.store, SOURCE, "notes", [decision])
    reader.page.get_by_role("button", name="Approve").click()
    dialog = reader.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Approve").click()
    expect(dialog.get_by_role("alert")).to_contain_text("changed")
    assert reviewed.reviews.get(reviewed.number).approvals == ()
    reader.press("Escape")
    reader.card("bidi").get_by_role("button", name="mark read").click()
    expect(reader.page.locator(".moved")).to_contain_text("has changed since you opened it")
    reader.page.get_by_role("button", name="Load it anew").click()
    expect(reader.page.locator(".moved")).to_have_count(0)
    expect(reader.card("long").locator(".verdict")).to_contain_text("rejected by Eve")
