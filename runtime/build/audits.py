"""A result in; each audit with whether it held, out; and the refusal of a result whose audits fail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from compiler import plan
from dsl import tree
from dsl.diagnostics import Diagnostic, SynthError
from dsl.source import Span
from runtime.build.measured import Told, measured, telling
from runtime.build.program import Loaded
from runtime.build.result import Result


@dataclass(frozen=True, slots=True)
class Gate:
    """One audit; `counts` says of how many rows, `measured` what its measures came to."""

    title: str
    span: Span
    held: bool
    counts: str
    measured: str = ""

    def warned(self, scratch: str | None) -> Diagnostic:
        """A failure that did not fail the build; `scratch` is the branch that was committed to instead."""
        where = f"committed to `{scratch}` for reading, and not to the branch" if scratch else "it only warns here"
        return self._diagnostic("W0901", where)

    @property
    def error(self) -> Diagnostic:
        return self._diagnostic("E0901", "nothing was committed; every answer is stored and will be used again")

    def _diagnostic(self, code: str, note: str) -> Diagnostic:
        return Diagnostic(
            code,
            f"audit failed: {self.title.removeprefix('audit ')}",
            self.span,
            notes=(*filter(None, [self.measured]), self.counts, note),
            help="`synth why DATASET` says why rows are missing; `--allow-failed-audits` commits to a scratch branch",
        )


def audit(loaded: Loaded, result: Result) -> tuple[Gate, ...]:
    """Every audit of the dataset, in order; a null condition does not hold."""
    if loaded.audits is None:
        return ()
    steps = {step.id: step for step in loaded.plan.of(plan.Audit)}
    counts = f"{result.kept:,} kept of {result.attempted:,} attempted"
    told = Told()
    gates = telling(loaded.audits, told)
    return tuple(
        Gate(steps[id_].title, steps[id_].span, bool(held), counts, measured(steps[id_], told.taken()))
        for id_, held in gates(result)
    )


def audited(loaded: Loaded) -> frozenset[str]:
    """Names that the audits mention; nothing else is kept of a row once it is written."""
    nodes = [node for step in loaded.plan.of(plan.Audit) for node in tree.walk(step.condition)]
    refs = {node.name for node in nodes if isinstance(node, tree.Ref)}
    return frozenset(refs | {node.name.text for node in nodes if isinstance(node, tree.Attr)})


def enforce(gates: Iterable[Gate], how: str) -> None:
    """E0901 for every audit that failed, unless failing only warns."""
    failed = [gate.error for gate in gates if not gate.held]
    if failed and how == "fail":
        raise SynthError(*failed)
