"""The files of the standard library and the specs that test them in; the page `docs/library.md` out."""

from __future__ import annotations

from pathlib import Path

from compiler.catalog import library, library_files
from dsl import tree
from dsl.parser import parse
from dsl.source import Source

HERE = Path(__file__).parent
INTRODUCTION = """# The standard library

Files that ship with synth, written in synth: `from "std/judges.synth" import repetitive`. What is imported is used
like a declaration of your own; `dsl/std` holds the text of every prompt, to read and to copy. A judge is as good as the
model that answers it: before you trust one, give the role `critic` a model that can judge, and try it on your cases.

Every example runs, and is tested in `tests/std` with its prompts as snapshots. This page is made from the library and
from these specs: `pytest tests/std --update-golden`.
"""
Shared = tree.Record | tree.Prompt | tree.Judge


def declared(path: str) -> tuple[Source, list[Shared]]:
    """What can be imported from a file of the library."""
    source = library(path)
    assert source is not None, path
    return source, [node for node in parse(source).file.declarations if isinstance(node, Shared)]


def spec(path: str) -> Path:
    """The spec that tests a file of the library."""
    return HERE / Path(path).name


def render() -> str:
    """The whole page, a section for each file."""
    return INTRODUCTION + "".join(_section(path) for path in library_files())


def _section(path: str) -> str:
    source, declarations = declared(path)
    about = _doc(parse(source).file)
    rows = "".join(f"| `{_cell(signature(node, source))}` | {_cell(_doc(node))} |\n" for node in declarations)
    return f"\n## {path}\n\n{about}\n\n| | |\n| --- | --- |\n{rows}\n```synth\n{example(path)}```\n"


def signature(node: Shared, source: Source) -> str:
    """A declaration as it is written, on one line and without its text; a record with its fields."""
    text = source.text[node.span.start : node.span.end]
    if not isinstance(node, tree.Record):
        return " ".join(text.partition('"""')[0].split())
    head, *fields, last = (line.strip() for line in text.splitlines() if not line.strip().startswith("##"))
    return f"{head} {', '.join(fields)} {last}"


def _doc(node: Shared | tree.File) -> str:
    return " ".join(node.doc.text.split()) if node.doc else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def example(path: str) -> str:
    """The spec without its tests."""
    return spec(path).read_text(encoding="utf-8").partition('\ntest "')[0]
