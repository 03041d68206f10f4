"""The pages that `synth explain` prints in; a page of the site for each, at an address that stays, out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docs.site.page import Page
from docs.site.places import CODES, ROOT

_HEADING = re.compile(r"^(# .*\n)(?=\S)")
BELOW = """
---

`synth explain {code}` prints this page. [All messages](../errors.md)
"""
TYPED = """
*Not run by a test: each of these commands needs what it tells of. Their words are known to the command line.*
"""


def pages() -> Iterator[Page]:
    for file in sorted((ROOT / CODES).glob("[EWL]*.md")):
        text = _HEADING.sub(r"\1\n", file.read_text(encoding="utf-8"))
        typed = TYPED if "```console" in text else ""
        yield Page(f"codes/{file.name}", text + typed + BELOW.format(code=file.stem), quiet=True)
