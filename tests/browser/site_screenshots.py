"""The built documentation in; the pictures of docs/site.md out: part of `make screenshots`."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.chromium import started
from tests.browser.reader import Scheme
from tests.browser.site import DESK, PHONE, served, visiting

IMAGES = Path(__file__).parents[2] / "docs" / "images"


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with started() as browser, served() as url:
        taken(browser, url, "index.html", "site-first-light")
        taken(browser, url, "commands/preview.html", "site-command-dark", scheme="dark")
        taken(browser, url, "codes/E0312.html", "site-message-phone", PHONE, scripts=False)


def taken(
    browser: Browser,
    url: str,
    path: str,
    name: str,
    size: tuple[int, int] = DESK,
    scheme: Scheme = "light",
    scripts: bool = True,
) -> None:
    with visiting(browser, url, size, scheme, scripts) as visit:
        page = visit.open(path)
        page.wait_for_timeout(200)
        page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
