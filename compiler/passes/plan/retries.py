"""A `require … else retry` in; the gens that it asks again when its condition fails, out."""

from __future__ import annotations

from compiler.passes.plan.steps import Steps
from dsl import tree

_DERIVED = (tree.Let, tree.Run, tree.Carry, tree.Next)
"""What a name is made by when no model is asked for it."""


def reruns(steps: Steps, node: tree.Require, names: tuple[str, ...]) -> tuple[str, ...]:
    """The gen that a failed condition asks again, first, and every gen since that was made from it."""
    if node.otherwise is None or node.otherwise.times is None:
        return ()
    origin = node.otherwise.origin.text if node.otherwise.origin else _last_gen(steps, names)
    gens = [name for name, kind in steps.kinds.items() if kind is tree.Gen]
    return tuple(name for name in gens if name == origin or origin in steps.behind[name])


def _last_gen(steps: Steps, names: tuple[str, ...]) -> str:
    """The last gen the condition depends on: those it names, directly or through what is computed from them."""
    near = set(names)
    for name in reversed(steps.kinds):
        if name in near and steps.kinds[name] in _DERIVED:
            near |= {read for read in steps.behind[name] if not _through_gen(steps, name, read)}
    gens = [name for name, kind in steps.kinds.items() if kind is tree.Gen and name in near]
    return gens[-1] if gens else ""


def _through_gen(steps: Steps, name: str, read: str) -> bool:
    """Whether `read` stands behind `name` only as something that a gen between them was made from."""
    between = steps.behind[name]
    return any(steps.kinds.get(gen) is tree.Gen and read in steps.behind[gen] for gen in between)
