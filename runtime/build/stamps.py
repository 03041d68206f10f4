"""A dataset's printed program in; of each gen and judge, what its calls are made of besides their arguments, out.

Two versions that print the same prompt, the same shape and the same settings for a cell ask the same when it is given
the same: whatever of the spec was edited, the program is what runs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import blake2b

ASKING = {"gen": 3, "judge": 2, "points": 2, "scale": 2, "score": 2}
"""Methods of a row that ask a model. What is asked stands between the name and this place; then follows of whom."""
_APART = frozenset({"at", "times", "when", "attempts", "salt", "threshold", "points", "low", "high"})
"""Settings that say which calls are made, or what is made of their answers, and change no call."""
_MARKS = re.compile(r"\bfn\.(\w+)|\.(?:p|points|mean|rows)\b")


def stamps(program: str) -> dict[str, str]:
    """By cell. One is left out whose calls may depend on more than their arguments show: on a value of the row that
    is no argument, or on what a generated value carries unseen (how likely it was, who supports it)."""
    module = ast.parse(program)
    declared = dict(_declared(module))
    found: dict[str, set[str]] = {}
    for call in _asking(module):
        name = call.args[0]
        assert isinstance(name, ast.Constant)
        found.setdefault(str(name.value), set()).add(_stamp(call, declared))
    return {cell: one for cell, some in found.items() for one in some if len(some) == 1 and one}


def _declared(module: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    for node in module.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.Assign):
            yield from ((target.id, node) for target in node.targets if isinstance(target, ast.Name))


def _asking(module: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKING:
            base = node.func.value
            if isinstance(base, ast.Name) and base.id == "row":
                yield node


def _stamp(call: ast.Call, declared: Mapping[str, ast.stmt]) -> str:
    """Empty for what cannot be told from the program alone."""
    assert isinstance(call.func, ast.Attribute)
    settings = [item for item in call.keywords if item.arg not in _APART]
    asked = [*call.args[1 : ASKING[call.func.attr]], *(item.value for item in settings)]
    used = _closure(asked, declared)
    if used is None:
        return ""
    parts = [*(ast.unparse(node) for node in asked), *(ast.unparse(declared[name]) for name in sorted(used))]
    if _reads_marks(parts):
        return ""
    named = [call.func.attr, *(str(item.arg) for item in settings)]
    return blake2b(repr((named, parts)).encode(), digest_size=16).hexdigest()


def _closure(nodes: Iterable[ast.AST], declared: Mapping[str, ast.stmt]) -> set[str] | None:
    """The declarations that `nodes` use, and those that they use; None where one of `nodes` names something else."""
    first = {name for node in nodes for name in _names(node)}
    if not first <= declared.keys() | {"Shape"}:
        return None
    used: set[str] = set()
    waiting = first & declared.keys()
    while waiting:
        name = waiting.pop()
        used.add(name)
        waiting |= (_names(declared[name]) & declared.keys()) - used
    return used


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _reads_marks(parts: Iterable[str]) -> bool:
    return any(found[1] is None or found[1] in _marked() for part in parts for found in _MARKS.finditer(part))


@cache
def _marked() -> frozenset[str]:
    """Functions that look at what a value carries beside itself."""
    from compiler.functions import library

    kept = ("compiler.functions.elements", "compiler.functions.claims")
    return frozenset(name for name in dir(library) if getattr(getattr(library, name), "__module__", "") in kept)
