"""A plan that was written to a file in; a build of just that, or a refusal that says what differs, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic, SynthError

if TYPE_CHECKING:
    from compiler.analysis import Analysis
    from runtime.build.build import Options
    from runtime.build.session import Session
    from runtime.tables.manifest import Manifest

Told = Mapping[str, Any]


def foreseen(now: Manifest) -> str:
    """The digest of all that decides what a dataset's build asks, but for what was answered before."""
    inputs = {name: found.digest for name, found in now.inputs.items()}
    said = (now.fingerprints.data, now.fingerprints.description, now.models, now.seed, now.limit, inputs, now.applied)
    return blake2b(repr(said).encode(), digest_size=16).hexdigest()


def hold(path: str, analysis: Analysis, session: Session, options: Options) -> None:
    """E0913 where a build would not do what the plan says; makes no model call."""
    from runtime import bridge
    from runtime.build.foresee import foresee
    from runtime.cli.plan import told

    planned = _read(path)
    found = told(bridge.run(foresee(analysis, session, options, session.store.head(options.branch))))
    differing = [*differences(planned, found)]
    if differing:
        raise SynthError(
            Diagnostic(
                "E0913",
                f"the plan in `{path}` is not what a build would do now",
                notes=tuple(differing),
                help="plan again with `-o`, read it, and build with the new one",
            )
        )


def differences(planned: Sequence[Told], found: Sequence[Told]) -> Iterator[str]:
    """In words, dataset by dataset."""
    before, now = ({one["dataset"]: one for one in told} for told in (planned, found))
    yield from (f"`{name}` is planned, and not built" for name in before if name not in now)
    yield from (f"`{name}` is built, and not planned" for name in now if name not in before)
    for name in before:
        if name in now:
            yield from _of(name, before[name], now[name])


def _of(name: str, before: Told, now: Told) -> Iterator[str]:
    if before["how"] != now["how"]:
        yield f"`{name}`: planned as {_how(before)}, now {_how(now)}"
    elif before["version"] != now["version"]:
        yield f"`{name}`: its statements, inputs, models or decisions have changed since"
    elif before["calls"] != now["calls"]:
        yield f"`{name}`: {_calls(before)} were planned, now {_calls(now)}"


def _how(one: Told) -> str:
    names = {"run": "to run", "described": "new words alone", "unchanged": "unchanged"}
    return names.get(one["how"], "depending on others")


def _calls(one: Told) -> str:
    calls = one["calls"]
    return f"{calls['low']:,} to {calls['high']:,} new calls with {calls['reused']:,} reused"


def _read(path: str) -> Sequence[Told]:
    import orjson

    try:
        found = orjson.loads(Path(path).read_bytes())
        if not all({"dataset", "how", "version", "calls"} <= one.keys() for one in found):
            raise ValueError("it has no datasets with their calls")
    except (OSError, ValueError, AttributeError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        help_ = "`synth plan SPEC -o plan.json` writes one"
        raise SynthError(Diagnostic("E0913", f"`{path}` is no plan: {reason}", help=help_)) from error
    planned: Sequence[Told] = found
    return planned
