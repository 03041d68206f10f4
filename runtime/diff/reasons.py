"""What a dataset's rejected rows tell in; why rows are missing or new, reason by reason, out."""

from __future__ import annotations

from collections import Counter

from runtime.diff.model import Fate, ReasonChange
from runtime.diff.told import Reasons, Told, titles
from runtime.tables.keys import decode_key, print_key
from runtime.tables.manifest import Manifest

EXAMPLES = 3


def reason_changes(told: Told) -> tuple[tuple[ReasonChange, ...], Fate]:
    """Reasons whose counts differ or that explain a row; then how many rows no reason explains."""
    went, came = told.went, told.came
    counts = tuple(map(_counts, told.manifests))
    names = dict.fromkeys((*counts[0], *counts[1], *went.values(), *came.values()))
    found = [_reason(name, counts[0][name], counts[1][name], went, came) for name in names]
    telling = [reason for reason in found if reason.went or reason.came or reason.before != reason.after]
    telling.sort(key=lambda reason: (-reason.went - reason.came, reason.reason))
    gone, new = told.moved
    return tuple(telling), Fate(len(gone) - len(went), len(new) - len(came))


def _counts(manifest: Manifest | None) -> Counter[str]:
    """How many candidates each reason dropped."""
    counts: Counter[str] = Counter()
    names = titles(manifest)
    for name, count in (manifest.counts.rejected if manifest else {}).items():
        counts[names.get(name, name)] += count
    return counts


def _reason(name: str, before: int, after: int, went: Reasons, came: Reasons) -> ReasonChange:
    gone = sorted(key for key, reason in went.items() if reason == name)
    back = sorted(key for key, reason in came.items() if reason == name)
    examples = tuple(print_key(decode_key(key)) for key in (gone + back)[:EXAMPLES])
    return ReasonChange(name, before, after, len(gone), len(back), examples)
