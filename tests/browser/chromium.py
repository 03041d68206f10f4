"""The machine in; its Chromium, started without a window, out."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "not run: no Chromium (apt-get install chromium, or say in SYNTH_CHROMIUM where it is)"


def find() -> str | None:
    """The path of Chromium; SYNTH_CHROMIUM wins."""
    return os.environ.get("SYNTH_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def started() -> Iterator[Browser]:
    path = find()
    if path is None:
        raise FileNotFoundError(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


if __name__ == "__main__":
    sys.exit(None if find() else f"browser tests {MISSING}")
