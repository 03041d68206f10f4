"""A repository's ephemeral branches in; those that a stopped commit left, gone, and how many there were, out."""

from __future__ import annotations

import re

from runtime.store.lakefs.commit import TEMPORARY
from runtime.store.lakefs.names import Names

_MADE = re.compile(rf"{TEMPORARY}[0-9a-f]{{12}}_(?P<made>[0-9a-f]{{8,}})_[0-9a-f]+")


def sweep(names: Names, before: float, dry_run: bool) -> int:
    """Their names say when they were made: `before` is in seconds since 1970. No commit of a branch's is lost."""
    matches = [_MADE.fullmatch(name) for name in names.hidden(TEMPORARY)]
    old = [match[0] for match in matches if match and int(match["made"], 16) < before]
    for name in () if dry_run else old:
        names.delete_branch(name)
    return len(old)
