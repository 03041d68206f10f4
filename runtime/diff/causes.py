"""Two manifests in; what differs in what made them (prompts, steps, settings, models, seed, inputs …), out.

Most telling first: what the author wrote, then what it was run with, then what it was made from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from runtime.diff.model import Cause, State
from runtime.tables.manifest import Determinism, Manifest, StepRecord, TableManifest

INDIRECT = "what it uses changed"
ANEW = "the same spec, inputs and models were answered anew"
_SETTINGS = re.compile(r"\s*\{[^{}]*\}")


def causes(before: Manifest | None, after: Manifest | None) -> tuple[Cause, ...]:
    """Empty when one side has no such dataset: its coming or going is the cause."""
    if before is None or after is None:
        return ()
    found = (*_spec(before, after), *_run(before, after), *_made_from(before, after), *_decided(before, after))
    return (*_merged(before, after), *found) or _rest(before, after)


def _merged(before: Manifest, after: Manifest) -> Iterator[Cause]:
    """A version with rows of two others came about, or a build made all rows of one spec again."""
    if before.fingerprints.data != after.fingerprints.data:
        if after.fingerprints.merged:
            yield Cause("merge", "merge", "added", detail="rows of two versions, merged")
        elif before.fingerprints.merged:
            yield Cause("merge", "merge", "removed", detail="merged rows are made anew")


def _spec(before: Manifest, after: Manifest) -> Iterator[Cause]:
    prompts = tuple(_named("prompt", before.prompts, after.prompts, show=False))
    yield from prompts
    for cause in _steps(before.steps, after.steps):
        if not (prompts and cause.detail == INDIRECT):
            yield cause
    if before.key != after.key:
        old, new = (", ".join(f"{part.name}: {part.type}" for part in side.key) for side in (before, after))
        yield Cause("key", "key", "changed", old, new)


def _run(before: Manifest, after: Manifest) -> Iterator[Cause]:
    yield from _named("model", before.models, after.models)
    yield from _repeatable(before, after)
    for role in sorted({**before.sampling, **after.sampling}):
        old, new = before.sampling.get(role, {}), after.sampling.get(role, {})
        yield from _named("sampling", old, new, prefix=f"{role} ")
    if before.seed != after.seed:
        yield Cause("seed", "seed", "changed", str(before.seed), str(after.seed))
    yield from _named("param", before.params, after.params)
    if before.limit != after.limit:
        yield Cause("limit", "limit", "changed", _limit(before), _limit(after))


def _repeatable(before: Manifest, after: Manifest) -> Iterator[Cause]:
    """A server's deterministic mode was switched on or off, or another engine with the same weights answers."""
    for role in (role for role in before.determinism if role in after.determinism):
        old, new = _kept_as(before.determinism[role]), _kept_as(after.determinism[role])
        if old != new:
            yield Cause("determinism", role, "changed", old, new)


def _kept_as(found: Determinism) -> str:
    """In a word: how many of each there are changes with any row."""
    if found.repeatable and found.recorded:
        return "partly recorded"
    return "repeatable" if found.repeatable else "recorded"


def _limit(manifest: Manifest) -> str:
    return "none" if manifest.limit is None else str(manifest.limit)


def _made_from(before: Manifest, after: Manifest) -> Iterator[Cause]:
    for name in _names(before.inputs, after.inputs):
        old, new = before.inputs.get(name), after.inputs.get(name)
        if old is None or new is None or old.digest != new.digest:
            rows = ["" if side is None else f"{side.rows:,} rows" for side in (old, new)]
            yield Cause("input", name, _state(old is not None, new is not None), rows[0] or None, rows[1] or None)


def _decided(before: Manifest, after: Manifest) -> Iterator[Cause]:
    """What people decided about rows; or that a build knew of it for the first time, and filled up what went."""
    old, new = before.decisions, after.decisions
    if (old.root if old else "") != (new.root if new else ""):
        counts = [_counted(side) for side in (old, new)]
        told = " → ".join(count for count in counts if count is not None)
        yield Cause("decisions", "decisions", _state(old is not None, new is not None), counts[0], counts[1], told)
    elif before.applied != after.applied:
        yield Cause("decisions", "decisions", "changed", detail="a build applies them")


def _counted(decisions: TableManifest | None) -> str | None:
    """`1 edited, 2 rejected`"""
    if decisions is None:
        return None
    counts = dict(decisions.stats["verdict"].categories or ())
    words = {"accept": "accepted", "edit": "edited", "reject": "rejected"}
    return ", ".join(f"{counts[verdict]:,} {word}" for verdict, word in words.items() if verdict in counts)


def _rest(before: Manifest, after: Manifest) -> tuple[Cause, ...]:
    """What is left when nothing above differs: the spec's other parts, the compiler, or the answers themselves."""
    if before.fingerprints.data != after.fingerprints.data:
        return (Cause("spec", "spec", "changed"),)
    if before.fingerprints.program != after.fingerprints.program:
        return (Cause("program", "compiled program", "changed"),)
    if before.root != after.root:
        return (Cause("unknown", "answers", "changed", detail=f"{ANEW}{_only_recorded(before, after)}"),)
    return (Cause("description", "description", "changed"),) if before.fingerprints != after.fingerprints else ()


def _only_recorded(before: Manifest, after: Manifest) -> str:
    """Why that can be: no engine says again what is only recorded."""
    sides = (before.determinism, after.determinism)
    roles = sorted({role for side in sides for role, found in side.items() if found.recorded})
    return f"; those of {', '.join(roles)} are only recorded" if roles else ""


def _steps(before: tuple[StepRecord, ...], after: tuple[StepRecord, ...]) -> Iterator[Cause]:
    """Steps by id. One whose id and text both moved (a second filter became the first) is told by its digest."""
    old, new = {step.id: step for step in before}, {step.id: step for step in after}
    gone = {step.digest for step in before} - {step.digest for step in after}
    fresh = {step.digest for step in after} - {step.digest for step in before}
    for name in _names(old, new):
        was, now = old.get(name), new.get(name)
        if was and now and was.digest in gone and now.digest in fresh:
            yield from _step_changed(was, now)
        else:
            yield from _step_gone_or_come(was if was and was.digest in gone else None, "removed")
            yield from _step_gone_or_come(now if now and now.digest in fresh else None, "added")


def _step_gone_or_come(step: StepRecord | None, state: State) -> Iterator[Cause]:
    if step:
        yield Cause("step", step.id, state, detail=step.title)


def _step_changed(before: StepRecord, after: StepRecord) -> Iterator[Cause]:
    """Settings one by one; then the statement, when it reads differently without them."""
    yield from _named("setting", before.settings, after.settings, prefix=f"{before.id} ")
    if _SETTINGS.sub("", before.title) != _SETTINGS.sub("", after.title):
        yield Cause("step", before.id, "changed", before.title, after.title)
    elif before.settings == after.settings:
        yield Cause("step", before.id, "changed", detail=INDIRECT)


def _named(
    kind: str, before: Mapping[str, Any], after: Mapping[str, Any], *, prefix: str = "", show: bool = True
) -> Iterator[Cause]:
    for name in _names(before, after):
        old, new = before.get(name), after.get(name)
        if old != new or (name in before) != (name in after):
            texts = (_text(old, name in before), _text(new, name in after)) if show else (None, None)
            yield Cause(kind, prefix + name, _state(name in before, name in after), *texts)


def _state(before: bool, after: bool) -> State:
    return "changed" if before and after else "removed" if before else "added"


def _names(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """Names of the old version in its order, then what is new."""
    return list(dict.fromkeys((*before, *after)))


def _text(value: object, there: bool) -> str | None:
    if not there:
        return None
    return value if isinstance(value, str) else orjson.dumps(value).decode()
