"""The built documentation in; an address at which it is served, and pages of a Chromium that look at it, out."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser.reader import PATIENCE, Scheme

ROOT = Path(__file__).parents[2]
HTML = ROOT / "build" / "docs" / "html"
PHONE, DESK = (360, 740), (1280, 860)


class Quiet(SimpleHTTPRequestHandler):
    """A test's output is not a server's log."""

    def log_message(self, *args: Any) -> None: ...


@contextmanager
def served() -> Iterator[str]:
    """`make browser` has built it; where a test is run alone, it is built here."""
    if not (HTML / "index.html").is_file():
        subprocess.run([sys.executable, "-m", "docs.site"], cwd=ROOT, check=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(HTML)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@dataclass
class Visit:
    """One visitor; `asked` holds the addresses that the pages fetched, `complaints` what they said on the console."""

    page: Page
    url: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.url}/{path}")
        return self.page


@contextmanager
def visiting(
    browser: Browser, url: str, size: tuple[int, int] = DESK, scheme: Scheme = "light", scripts: bool = True
) -> Iterator[Visit]:
    """At its end nothing was fetched from elsewhere, and no page complained."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=scripts
    )
    context.set_default_timeout(PATIENCE)
    visit = Visit(context.new_page(), url)
    visit.page.on("request", lambda request: visit.asked.append(request.url))
    visit.page.on("console", lambda said: visit.complaints.append(said.text) if said.type == "error" else None)
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    try:
        yield visit
        assert [address for address in visit.asked if not address.startswith((url, "data:"))] == []
        assert visit.complaints == [], visit.asked[-3:]
    finally:
        context.close()
