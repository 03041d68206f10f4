"""L003: a filter that stands behind calls whose answers it does not read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compiler.lifting import conjuncts
from compiler.lint.spec import SPENDS, Spec
from compiler.mending import whole_lines
from compiler.walk import statements
from dsl import tree
from dsl.diagnostics import Diagnostic, Edit, Fix, Related
from dsl.source import Source, Span

_READS_THE_WHOLE = (tree.Dedup, tree.Decontaminate, tree.Select)


def check(spec: Spec) -> Iterator[Diagnostic]:
    for dataset in spec.datasets:
        for place, statement in enumerate(dataset.body):
            if (
                isinstance(statement, tree.Filter | tree.Require)
                and not _asks(spec, statement)
                and _drops(spec, statement)
            ):
                yield from _late(spec, dataset.body, place, statement)


def _asks(spec: Spec, statement: tree.Filter | tree.Require) -> bool:
    """A condition that asks a judge costs something itself: where it stands best is not known."""
    return any(True for _ in spec.judges(statement.condition))


def _drops(spec: Spec, statement: tree.Filter | tree.Require) -> bool:
    """A `require` that answers are decoded under holds already. Which those are is known of a spec without errors."""
    if isinstance(statement, tree.Filter):
        return True
    told = {condition for conditions in spec.model.lifted.values() for condition in conditions}
    return spec.analysis.ok and not told.issuperset(conjuncts(statement.condition))


def _late(
    spec: Spec, body: Sequence[tree.Statement], place: int, statement: tree.Filter | tree.Require
) -> Iterator[Diagnostic]:
    read = spec.behind(statement.condition)
    if (
        isinstance(statement, tree.Require)
        and statement.otherwise is not None
        and statement.otherwise.origin is not None
    ):
        return
    earliest = 1 + max((index for index, other in enumerate(body[:place]) if _declares(other, read)), default=-1)
    before = next((index for index in range(earliest, place) if _spends(body[index])), place)
    spent = [one for other in body[before:place] for one in statements([other]) if isinstance(one, SPENDS)]
    if not spent or not read:
        return
    word = "filter" if isinstance(statement, tree.Filter) else "require"
    names = ", ".join(f"`{one.name.text}`" for one in spent)
    yield Diagnostic(
        "L003",
        f"this {word} reads nothing of {names}, and stands behind",
        statement.span,
        related=(Related(spent[0].name.span, "asked for rows that are dropped below"),),
        help="move it up: what it drops is then dropped before anything is asked",
        fixes=tuple(_moved(spec.source, body, before, place)),
    )


def _declares(statement: tree.Statement, read: set[tree.Node]) -> bool:
    """Whether it gives a value that is read, or is one that values are read after, as `each` and `target`."""
    inside = set(statements([statement])) | {
        carry for one in statements([statement]) if isinstance(one, tree.Loop) for carry in one.carries
    }
    return bool(inside & read) or isinstance(statement, tree.Each | tree.Set)


def _spends(statement: tree.Statement) -> bool:
    return any(isinstance(one, SPENDS) for one in statements([statement]))


def _moved(source: Source, body: Sequence[tree.Statement], before: int, place: int) -> Iterator[Fix]:
    """The statement's lines in front of what they save. Not safe: what is dropped is dropped for another reason."""
    statement, first = body[place], body[before]
    if any(isinstance(one, _READS_THE_WHOLE) for one in body[before:place]):
        return
    lines = whole_lines(source, statement.span)
    above = whole_lines(source, first.span)
    if lines is None or above is None:
        return
    text = source.slice(lines)
    text = text if text.endswith("\n") else f"{text}\n"
    edits = (Edit(Span(source.path, above.start, above.start), text), Edit(lines, ""))
    yield Fix("move it up", edits, safe=False)
