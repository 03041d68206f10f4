"""What differs in a row is found at once: in a long text, in a turn of a conversation, in a narrow window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from runtime.review import Reviews
from runtime.tables.schema import STR, list_of, record_of
from tests.browser.reader import Reader, reading
from tests.diff.builder import Builder, Version
from tests.page.project import AUTHOR, SOURCE, TARGET, Reviewed

pytestmark = pytest.mark.browser
TYPES = {"messages": list_of(record_of({"role": STR, "content": STR})), "text": STR}
LONG = "The same words again and again. " * 2000


def _version(end: str) -> Version:
    turns = [{"role": role, "content": f"What {role} says."} for role in ("system", "user")]
    row: dict[str, Any] = {"messages": [*turns, {"role": "assistant", "content": f"Here{end}"}], "text": LONG + end}
    return Version(tables={"chats": (TYPES, {("one",): row})})


@pytest.fixture(scope="module")
def chats(tmp_path_factory: pytest.TempPathFactory) -> Reviewed:
    root: Path = tmp_path_factory.mktemp("chats")
    (root / "synth.toml").write_text("")
    builder = Builder(root / ".synth")
    builder.commit(TARGET, chats=_version("."))
    builder.store.create_branch(SOURCE, builder.store.resolve(TARGET))
    builder.commit(SOURCE, chats=_version(". And more."))
    return Reviewed(root, Reviews(builder.store).open(SOURCE, TARGET, "More", "", AUTHOR).number)


def test_both_sides_show_what_stands_around_a_change_and_whose_turn_it_is(browser: Browser, chats: Reviewed) -> None:
    with reading(browser, chats) as reader:
        reader.open()
        for side in (".before", ".after"):
            expect(reader.current.locator(side).nth(1)).to_contain_text("again and again.")
            assert len(reader.current.locator(side).nth(1).inner_text()) < 200
        expect(reader.current.locator(".label").first).to_have_text("messages[2].content assistant")


def test_a_narrow_window_takes_a_condition_and_says_what_is_wrong_with_it(browser: Browser, chats: Reviewed) -> None:
    with reading(browser, chats, size=(360, 700)) as reader:
        reader.open()
        _filter(reader, "len(txt) > 3")
        expect(reader.page.locator(".wrong")).to_be_in_viewport(ratio=1)
        _filter(reader, "len(text) < 3")
        expect(reader.page.locator(".list")).to_contain_text("No row is like that.")


def _filter(reader: Reader, condition: str) -> None:
    field = reader.page.get_by_role("textbox", name="Only rows where")
    field.fill(condition)
    field.press("Enter")
