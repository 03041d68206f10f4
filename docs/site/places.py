"""A file of the repository in; the page of the site that shows it, or nothing, out."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
CODES = "dsl/diagnostics/codes"
STD = "dsl/std"
NAMED = {
    "docs/README.md": "contents.md",
    "CHANGELOG.md": "changes.md",
    "specs/README.md": "gallery/index.md",
    "specs/python_qa.synth": "gallery/python_qa.md",
}
FOLDERS = {"docs": "", CODES: "codes", STD: "std", "specs": "gallery"}
"""Where the pages of these folders stand on the site."""


def place(path: str) -> str:
    """`docs/adr/README.md` is `adr/index.md`; what is no page of its own is shown as a source."""
    if path in NAMED:
        return NAMED[path]
    file = PurePosixPath(path)
    for folder, on_site in FOLDERS.items():
        if file.is_relative_to(folder) and (shown := _shown(file.relative_to(folder), folder)) is not None:
            return str(PurePosixPath(on_site) / shown)
    return f"source/{path}.md"


def _shown(file: PurePosixPath, folder: str) -> PurePosixPath | None:
    if folder == STD:
        return file.with_suffix(".md")
    if file.suffix != ".md":
        return None
    if file.name != "README.md":
        return file
    return file.parent.with_suffix(".md") if folder == "specs" else file.with_name("index.md")
