"""Two refs in; what differs between them, and its renderings, out."""

from runtime.diff.compare import datasets, diff
from runtime.diff.json import diff_json, row_json
from runtime.diff.markdown import render_markdown
from runtime.diff.model import DatasetDiff, Diff, RowChange, TableDiff
from runtime.diff.text import render_text
from runtime.diff.values import ABSENT, CellChange
from runtime.diff.view import View
from runtime.diff.words import Mark, word_marks

__all__ = [
    "ABSENT",
    "CellChange",
    "DatasetDiff",
    "Diff",
    "Mark",
    "RowChange",
    "TableDiff",
    "View",
    "datasets",
    "diff",
    "diff_json",
    "render_markdown",
    "render_text",
    "row_json",
    "word_marks",
]
