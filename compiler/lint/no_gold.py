"""L002: a judge that decides about rows, and has no cases of its own that say how often it is right."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.spec import Spec
from compiler.walk import statements
from dsl import tree
from dsl.diagnostics import Diagnostic, Related


def check(spec: Spec) -> Iterator[Diagnostic]:
    """Judges of this file; those of the library are their authors' to prove."""
    told: set[tree.Judge] = set()
    for dataset in spec.datasets:
        for statement in statements(dataset.body):
            if not isinstance(statement, tree.Filter | tree.Require):
                continue
            for call, judge in spec.judges(statement.condition, *_lets(spec, statement)):
                if judge not in told and judge.span.path == spec.source.path and not _measured(judge):
                    told.add(judge)
                    yield _found(judge, call)


def _lets(spec: Spec, statement: tree.Filter | tree.Require) -> Iterator[tree.Expr]:
    yield from (node.value for node in spec.behind(statement.condition) if isinstance(node, tree.Let))


def _measured(judge: tree.Judge) -> bool:
    """A score is a number without a right answer."""
    is_score = isinstance(judge.result, tree.TypeName) and judge.result.name == "score"
    return is_score or any(setting.name.text == "gold" for setting in judge.settings)


def _found(judge: tree.Judge, call: tree.Call) -> Diagnostic:
    return Diagnostic(
        "L002",
        f"the judge `{judge.name.text}` decides about rows, and nothing says how often it is right",
        judge.name.span,
        related=(Related(call.span, "rows are kept or dropped by it here"),),
        help='give it cases with known answers: `{ gold = jsonl("…"), accuracy = 90% }`; `synth judge` runs them',
    )
