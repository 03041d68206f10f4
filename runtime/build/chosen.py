"""A compiled spec and the dataset that was asked for in; what is to be built, each after what it needs, out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compiler import plan
from compiler.analysis import Analysis
from dsl.diagnostics import Diagnostic, SynthError, nearest
from runtime.build.program import Loaded

Made = plan.DatasetPlan | plan.MixPlan


def chosen(analysis: Analysis, only: str | None) -> list[Loaded]:
    """All of the spec, or `only` one and everything it is made from; with their programs. E0906 for an unknown name."""
    every = analysis.model.plan.ordered if analysis.model.plan else ()
    named = {item.name: item for item in every}
    if not every or (only is not None and only not in named):
        raise no_dataset(only, list(named))
    wanted = set(named) if only is None else _with_needed(only, named)
    return [_loaded(item, analysis.model.programs) for item in every if item.name in wanted]


def _with_needed(name: str, named: Mapping[str, Made]) -> set[str]:
    """As `make` has it: what it is made from is looked at too, and built where it is missing or stale."""
    found: set[str] = set()
    pending = [name]
    while pending:
        found.add(pending[-1])
        pending += [need for need in named[pending.pop()].needs if need not in found]
    return found


def _loaded(item: Made, programs: Mapping[str, str]) -> Loaded:
    if isinstance(item, plan.MixPlan):
        return Loaded(item.dataset, programs.get(item.name, ""), item)
    return Loaded(item, programs[item.name])


def no_dataset(name: str | None, known: Iterable[str]) -> SynthError:
    """E0906, for whatever asks for a dataset of a spec by name."""
    names = list(known)
    if not names:
        return SynthError(Diagnostic("E0906", "the spec declares no dataset", help="`dataset name { … }` declares one"))
    guess = nearest(name or "", names)
    return SynthError(
        Diagnostic(
            "E0906",
            f"the spec has no dataset `{name}`",
            notes=(f"datasets: {', '.join(names)}",),
            help=f"did you mean `{guess}`?" if guess else None,
        )
    )
