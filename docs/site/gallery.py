"""The gallery's folders in; a page for each, its README followed by the spec itself, out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docs.site.links import rewritten
from docs.site.page import Page, fenced
from docs.site.places import ROOT

SPECS = ROOT / "specs"


def pages() -> Iterator[Page]:
    index = SPECS / "README.md"
    yield Page("gallery/index.md", rewritten(index.read_text(encoding="utf-8"), "specs/README.md", "gallery/index.md"))
    for file in sorted(SPECS.glob("*/README.md")):
        path, at = f"specs/{file.parent.name}/README.md", f"gallery/{file.parent.name}.md"
        text = rewritten(file.read_text(encoding="utf-8"), path, at)
        specs = [spec for spec in sorted(file.parent.glob("*.synth")) if spec.is_file()]
        yield Page(at, text + "".join(map(_spec, specs)), quiet=True)
    first = SPECS / "python_qa.synth"
    yield Page("gallery/python_qa.md", f"# python_qa: questions about the Python reference\n{_spec(first)}", quiet=True)


def _spec(file: Path) -> str:
    return f"\n## {file.name}\n\n{fenced(file.read_text(encoding='utf-8'), 'synth')}"
