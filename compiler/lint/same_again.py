"""L006: several answers asked for where the temperature makes them all the same one."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.spec import Spec, gens
from compiler.walk import statements
from dsl import tree
from dsl.diagnostics import Diagnostic, Related
from dsl.source import Span


def check(spec: Spec) -> Iterator[Diagnostic]:
    cold = [gen for gen in gens(spec) if spec.setting(gen, "temperature") == 0]
    for gen in cold:
        times = spec.known(gen.times)
        if gen.times is not None and times != 1:
            yield _found(gen, gen.times.span, "all samples are the same answer")
    for dataset in spec.datasets:
        for statement in statements(dataset.body):
            retry = statement.otherwise if isinstance(statement, tree.Require) else None
            if isinstance(statement, tree.Require) and retry is not None and retry.times:
                asked = _asked_again(spec, dataset, statement, retry)
                if asked is not None and asked in cold:
                    yield _found(asked, retry.span, "what is asked again is answered the same")


def _asked_again(spec: Spec, dataset: tree.Dataset, statement: tree.Require, retry: tree.Retry) -> tree.Gen | None:
    """The gen that `retry` runs: the one it names, or the last one that the condition reads."""
    read = spec.behind(statement.condition)
    above = [one for one in statements(dataset.body) if isinstance(one, tree.Gen)]
    if retry.origin is not None:
        return next((one for one in above if retry.origin is not None and one.name.text == retry.origin.text), None)
    return next((one for one in reversed(above) if one in read), None)


def _found(gen: tree.Gen, place: Span, what: str) -> Diagnostic:
    return Diagnostic(
        "L006",
        f"at temperature 0 {what}",
        place,
        related=(Related(gen.name.span, f"`{gen.name.text}` has temperature 0"),),
        help="give the gen a temperature above 0, or ask once",
    )
