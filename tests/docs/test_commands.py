"""Every `synth …` that the documentation shows is a command, with options that it has: on pages about messages, too."""

from __future__ import annotations

import pytest

from tests.docs.commands import called, typed
from tests.docs.fences import fences
from tests.docs.test_codes import PAGES

ON_PAGES = [(fence.id, words) for fence in fences() if fence.language == "console" for words in typed(fence.text)]
OF_CODES = [
    (f"{page.code} {' '.join(words)}", words)
    for page in PAGES
    for example in (*page.bad, *page.good)
    if example.language == "console"
    for words in typed(example.text)
]


@pytest.mark.parametrize("words", [words for _, words in ON_PAGES], ids=[name for name, _ in ON_PAGES])
def test_a_command_on_a_page_is_one(words: list[str]) -> None:
    assert called(words) is not None


def test_the_commands_of_pages_about_messages_are_commands() -> None:
    assert len(OF_CODES) > 200
    unknown = []
    for name, words in OF_CODES:
        try:
            called(words)
        except Exception as error:
            unknown.append(f"{name}: {error}")
    assert unknown == []
