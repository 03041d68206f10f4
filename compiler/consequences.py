"""All mistakes of a spec in; those that are mistakes of their own out.

What could not be read is told once, by the message about its syntax. That a name which stood there is unknown, or that
what was mended does not have the right type, follows from it and goes with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dsl import tree
from dsl.diagnostics import Diagnostic
from dsl.recovery import UNNAMED

_UNKNOWN_NAMES = frozenset({"E0201", "E0207", "E0409", "E0413", "E0426", "E0429"})
"""Said of a name that nothing declares."""
UNUSED = frozenset({"W0201", "W0202", "W0204", "W0205"})
"""Of what nothing uses."""
_NO_EDITION = "E0212"


def own(found: Iterable[Diagnostic], files: Mapping[str, tree.File]) -> list[Diagnostic]:
    found = list(found)
    torn = {one.span.path for one in found if one.span is not None and _is_syntax(one)}
    if not torn:
        return found
    return [one for one in found if one.span is None or _is_own(one, files.get(one.span.path), torn)]


def _is_syntax(found: Diagnostic) -> bool:
    """Of the statement, or of a template."""
    return found.code.startswith("E01") or "E0501" <= found.code <= "E0506"


def _is_own(found: Diagnostic, file: tree.File | None, torn: set[str]) -> bool:
    if found.span is None or file is None or _is_syntax(found):
        return True
    if found.code in UNUSED and found.span.path in torn:
        return False
    if found.code in _UNKNOWN_NAMES and UNNAMED in file.lost:
        return False
    if found.code == _NO_EDITION and any(span.start <= found.span.start for span in file.broken):
        return False
    return not any(span.start <= found.span.start and found.span.end <= span.end for span in file.broken)
