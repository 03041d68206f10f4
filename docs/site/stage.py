"""A folder in; all pages of the site laid out in it as Sphinx reads them. What did not change keeps its time."""

from __future__ import annotations

from pathlib import Path

from docs.site.pages import pages


def stage(folder: Path) -> int:
    """How many pages there are."""
    made = {folder / page.at: page.source for page in pages()}
    for file in set(folder.rglob("*.md")) - made.keys():
        file.unlink()
    for file, text in made.items():
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    return len(made)
