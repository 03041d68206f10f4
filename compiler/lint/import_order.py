"""L009: the names of an import, not in alphabetical order."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.spec import Spec
from dsl import tree
from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.source import Span


def check(spec: Spec) -> Iterator[Diagnostic]:
    for node in spec.file.declarations:
        names = [name.text for name in node.names] if isinstance(node, tree.Import) else []
        if isinstance(node, tree.Import) and names != sorted(names):
            place = Span(node.span.path, node.names[0].span.start, node.names[-1].span.end)
            fix = Fix("sort them", (Edit(place, ", ".join(sorted(names))),), safe=True)
            yield Diagnostic("L009", "the imported names are not in order", place, fixes=(fix,))
