"""Two refs in; what differs between them, and its renderings, out."""

from runtime.diff.compare import diff, parse_range
from runtime.diff.html import render_html
from runtime.diff.json import diff_json, row_json
from runtime.diff.markdown import render_markdown
from runtime.diff.model import DatasetDiff, Diff, RowChange, TableDiff
from runtime.diff.text import render_text
from runtime.diff.values import ABSENT, CellChange
from runtime.diff.view import View, check_columns
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
    "check_columns",
    "diff",
    "diff_json",
    "parse_range",
    "render_html",
    "render_markdown",
    "render_text",
    "row_json",
    "word_marks",
]
