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


def pages() -> Iterator[Page]:
    for file in sorted((ROOT / CODES).glob("[EWL]*.md")):
        text = _HEADING.sub(r"\1\n", file.read_text(encoding="utf-8"))
        yield Page(f"codes/{file.name}", text + BELOW.format(code=file.stem), quiet=True)
