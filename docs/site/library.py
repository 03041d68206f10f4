"""The files of the standard library in; a page for each, with the text of all that can be imported, out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docs.site.page import Page, fenced
from docs.site.places import ROOT, STD
from dsl import tree
from dsl.parser import parse
from dsl.source import Source

Shared = tree.Record | tree.Prompt | tree.Judge


def pages() -> Iterator[Page]:
    for file in sorted((ROOT / STD).glob("*.synth")):
        yield Page(f"std/{file.stem}.md", _page(file))


def _page(file: Path) -> str:
    source = Source(f"std/{file.name}", file.read_text(encoding="utf-8"))
    found = parse(source).file
    anchor = f"std{file.stem}synth"
    example = f"An example that runs stands in [the standard library](../library.md#{anchor})."
    parts = [f"# {source.path}\n", f"{_said(found)}\n", f"{example}\n"]
    for one in found.declarations:
        if isinstance(one, Shared):
            parts += [f"## {one.name.text}\n", f"{_said(one)}\n", fenced(source.slice(one.span), "synth")]
    return "\n".join(parts)


def _said(node: tree.File | Shared) -> str:
    return node.doc.text if node.doc is not None else ""
