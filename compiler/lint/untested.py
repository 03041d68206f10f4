"""L007: a dataset that decides about rows, and no test that shows how."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.spec import Spec
from compiler.walk import statements
from dsl import tree
from dsl.diagnostics import Diagnostic


def check(spec: Spec) -> Iterator[Diagnostic]:
    tests = [one for one in spec.file.declarations if isinstance(one, tree.Test)]
    tested = {one.dataset.text for one in tests if one.dataset is not None}
    tested |= {one.name.text for one in spec.datasets if len(spec.datasets) == 1 and tests}
    for dataset in spec.datasets:
        if dataset.name.text not in tested and not spec.file.broken and _decides(dataset):
            yield Diagnostic(
                "L007",
                f"no test is of the dataset `{dataset.name.text}`",
                dataset.name.span,
                help=f'show a row that is kept and one that is dropped: `test "…" of {dataset.name.text} {{ … }}`',
            )


def _decides(dataset: tree.Dataset) -> bool:
    return any(isinstance(one, tree.Filter | tree.Require) for one in statements(dataset.body))
