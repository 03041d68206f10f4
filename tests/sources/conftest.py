"""A small project on disk, and short ways to open its sources."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compiler.types import BOOL, FLOAT, INT, STR, List, Optional, Record, RecordField, Type
from dsl.diagnostics import Diagnostic, SynthError, page
from dsl.source import Span
from runtime.sources import Source, open_source

SPAN = Span("specs/a.synth", 10, 20)
SETTINGS = ("chunk", "overlap", "split", "config")
Open = Callable[..., Source]


def record(**fields: Type) -> Record:
    return Record("Row", tuple(RecordField(name, kind) for name, kind in fields.items()))


ROW = record(id=STR, n=INT, share=FLOAT, ok=BOOL, tags=List(STR), note=Optional(STR))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "specs" / "inputs").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def write(root: Path) -> Callable[[str, str | bytes], Path]:
    """Writes a file below `specs/inputs`."""

    def write(name: str, content: str | bytes) -> Path:
        path = root / "specs" / "inputs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def opened(root: Path) -> Open:
    """`opened("jsonl", "a.jsonl", ROW, key="id")`: a source of a file below `specs/inputs`."""

    def opened(kind: str, name: str, kind_of_row: Record | None = None, **more: Any) -> Source:
        path = name if kind == "sql" else f"inputs/{name}"
        given = {name: more.pop(name) for name in SETTINGS if name in more}
        return open_source(kind, {"path": path, **given}, root, kind_of_row, span=SPAN, **more)

    return opened


def mistakes(run: Callable[[], object]) -> tuple[Diagnostic, ...]:
    """The diagnostics that `run` raises; each has a page and stands at the call in the spec."""
    with pytest.raises(SynthError) as caught:
        run()
    for found in caught.value.diagnostics:
        assert page(found.code), found.code
        assert found.span == SPAN
    return caught.value.diagnostics
