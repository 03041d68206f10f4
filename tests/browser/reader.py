"""A page that is served in; what a person at a browser sees of it and does with it out.

Whatever a test does, at its end nothing was said on the console, no error was thrown, no policy was violated and
nothing was asked of another host.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from runtime.page.serve import in_thread
from tests.page.project import REVIEWER, Reviewed

TOKEN = "a-token-for-one-browser"
PATIENCE = 20_000
"""Milliseconds for what should happen at once: the machine may be busy."""
Scheme = Literal["light", "dark"]
VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""
NO_CONTENT = "Failed to load resource"
"""What Chromium says on the console of an answer 4xx: the page shows why itself."""


@dataclass
class Reader:
    page: Page
    url: str
    number: int
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, tab: str = "rows") -> Reader:
        """The page as it is on arrival: another place in the same page would show the old rows for a moment."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.url}/pulls/{self.number}#{tab}")
        self.tab(tab.split("?")[0])
        return self

    def tab(self, name: str) -> None:
        expect(self.page.get_by_role("tab", name=re.compile(name, re.I))).to_have_attribute("aria-selected", "true")
        if name == "rows":
            self.page.locator(".card:not(.waits)").first.wait_for()

    def card(self, key: str) -> Locator:
        """The row with that key, where it is on the screen."""
        return self.page.locator(".card", has=self.page.get_by_role("heading", name=key, exact=True))

    @property
    def current(self) -> Locator:
        return self.page.locator(".card.current")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.insert_text(text)

    def said(self, text: str) -> None:
        """The line for screen readers says so."""
        expect(self.page.locator("#status")).to_contain_text(text)

    def settled(self) -> None:
        """What was decided has arrived."""
        expect(self.page.locator(".pull")).not_to_have_attribute("aria-busy", "true")

    def at(self, key: str) -> None:
        """The reader is at that row, and so is the keyboard."""
        expect(self.current.locator(".key")).to_have_text(key)
        expect(self.current).to_be_focused()

    def check(self) -> None:
        wrong = [*self.complaints, *self.page.evaluate("window.violations")]
        wrong += [url for url in self.requests if not url.startswith(self.url)]
        assert not wrong, wrong

    def heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and NO_CONTENT not in message.text:
            self.complaints.append(message.text)


@contextmanager
def reading(
    browser: Browser,
    reviewed: Reviewed,
    who: str = REVIEWER,
    *,
    size: tuple[int, int] = (1280, 800),
    scheme: Scheme = "light",
    **options: Any,
) -> Iterator[Reader]:
    """A browser of one's own, let in by the token, at the list of pull requests."""
    with in_thread(reviewed.project, reviewed.store, who, TOKEN) as url:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, locale="en-GB", **options
        )
        context.set_default_timeout(PATIENCE)
        reader = Reader(context.new_page(), url, reviewed.number)
        reader.page.add_init_script(VIOLATIONS)
        reader.page.on("console", reader.heard)
        reader.page.on("pageerror", lambda error: reader.complaints.append(str(error)))
        reader.page.on("request", lambda request: reader.requests.append(request.url))
        reader.page.goto(f"{url}/?token={TOKEN}")
        reader.page.get_by_role("heading", name="Pull requests").wait_for()
        yield reader
        reader.check()
        context.close()
