"""L005: an answer judged by the role that wrote it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.spec import Spec
from compiler.walk import statements
from dsl import tree
from dsl.diagnostics import Diagnostic, Related


def check(spec: Spec) -> Iterator[Diagnostic]:
    told: set[tuple[tree.Judge, tree.Node]] = set()
    for dataset in spec.datasets:
        for statement in statements(dataset.body):
            for call, judge in spec.judges(statement):
                for node in spec.behind(*(arg.value for arg in call.args)):
                    if isinstance(node, tree.Gen) and node.role.text == judge.role.text and (judge, node) not in told:
                        told.add((judge, node))
                        yield _found(call, judge, node)


def _found(call: tree.Call, judge: tree.Judge, gen: tree.Gen) -> Diagnostic:
    return Diagnostic(
        "L005",
        f"`{gen.name.text}` is judged by the role that wrote it",
        call.callee.span,
        label=f"`{judge.name.text}` asks `{judge.role.text}`",
        related=(Related(gen.role.span, "and so is this written"),),
        help="a model prefers its own answers: give the judge a role of its own, which a profile may bind elsewhere",
    )
