"""L004: a text that stands in the file several times, or that a constant already has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from compiler.lint.spec import Spec
from dsl import tree
from dsl.diagnostics import Diagnostic, Edit, Fix, Related

TIMES = 3
LONG_ENOUGH = 10


def check(spec: Spec) -> Iterator[Diagnostic]:
    """Tests and documentation repeat what they are about; so do prompts, which are not looked into."""
    named = {one.value.value: one for one in spec.file.declarations if _is_text(one)}  # type: ignore[attr-defined]
    places: dict[str, list[tree.Constant]] = defaultdict(list)
    for declaration in spec.file.declarations:
        if isinstance(declaration, tree.Test) or _is_text(declaration):
            continue
        for node in tree.walk(declaration):
            if isinstance(node, tree.Constant) and isinstance(node.value, str) and len(node.value) >= LONG_ENOUGH:
                places[node.value].append(node)
    for text, nodes in places.items():
        if text in named:
            yield from (_is_a_constant(node, named[text]) for node in nodes)
        elif len(nodes) >= TIMES:
            yield _often(nodes)


def _is_text(node: tree.Declaration) -> bool:
    return isinstance(node, tree.Const) and isinstance(node.value, tree.Constant) and isinstance(node.value.value, str)


def _is_a_constant(node: tree.Constant, declared: tree.Declaration) -> Diagnostic:
    assert isinstance(declared, tree.Const)
    name = declared.name.text
    return Diagnostic(
        "L004",
        f"this is the constant `{name}`, typed anew",
        node.span,
        related=(Related(declared.name.span, "declared here"),),
        help=f"write `{name}`, or the two can come apart",
        fixes=(Fix(f"write `{name}`", (Edit(node.span, name),), safe=False),),
    )


def _often(nodes: list[tree.Constant]) -> Diagnostic:
    return Diagnostic(
        "L004",
        f"the same text stands here {len(nodes)} times",
        nodes[0].span,
        related=tuple(Related(node.span, "here too") for node in nodes[1:TIMES]),
        help="give it a name: `const pattern = …`",
    )
