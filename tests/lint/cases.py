"""A marked spec in; what the linter tells of it by line, and what its marks say that it should tell, out.

`# L003` at a line's end, or `{# L003 #}` in a template, is a remark that has to be told there; there are no others.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from compiler.lint import lint
from dsl.diagnostics import Diagnostic
from dsl.source import Source
from tests.docs.specs import check

FOLDER = Path(__file__).parent / "cases"
CASES = sorted(FOLDER.glob("*/*.synth"))
_MARK = re.compile(r"#.*?(?P<codes>(?:\bL\d{3}\b ?)+)(?:#\}|$)")


def told(source: Source) -> tuple[Diagnostic, ...]:
    """Remarks alone: what the compiler warns of has its own tests."""
    analysis = check(source.text, upto="plan", path=source.path)
    return tuple(one for one in lint(analysis) if one.code.startswith("L"))


def by_line(source: Source) -> Counter[tuple[int, str]]:
    return Counter((source.position(one.span.start).line, one.code) for one in told(source) if one.span is not None)


def marked(source: Source) -> Counter[tuple[int, str]]:
    found: Counter[tuple[int, str]] = Counter()
    for number, line in enumerate(source.text.split("\n"), 1):
        match = _MARK.search(line)
        found.update((number, code) for code in (match["codes"].split() if match else ()))
    return found
