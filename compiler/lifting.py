"""A condition over one generated text in; what an engine can decode under so that the condition holds, out.

Three conditions can be told to an engine: a regular expression, a length in characters, a closed choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from compiler.constant import UNKNOWN, Evaluator
from compiler.functions import constraint_regex
from compiler.model import Kind, Symbol
from dsl import tree


@dataclass(frozen=True, slots=True)
class Lifted:
    """`regex` matches the whole text, in the syntax that engines and Python share."""

    kind: Literal["regex", "length", "choice"]
    regex: str = ""
    choices: tuple[str, ...] = ()


def conjuncts(node: tree.Expr) -> tuple[tree.Expr, ...]:
    """`a and b and c` as its parts: each must hold on its own."""
    if isinstance(node, tree.Binary) and node.op == "and":
        return (*conjuncts(node.left), *conjuncts(node.right))
    return (node,)


def generated_text(node: tree.Expr, evaluator: Evaluator) -> Symbol | None:
    """The gen whose text the condition is about, if `lift` can tell the engine about it."""
    subject = _subject(node)
    symbol = evaluator.symbols.get(subject) if subject is not None else None
    if symbol is None or symbol.kind is not Kind.GEN or lift(node, evaluator) is None:
        return None
    return symbol


def lift(node: tree.Expr, evaluator: Evaluator) -> Lifted | None:
    """What the engine is told; None when the condition is of no kind that an engine knows."""
    if isinstance(node, tree.Call):
        return _matches(node, evaluator)
    if not isinstance(node, tree.Binary):
        return None
    if _is_length(node.left):
        return _length(node, evaluator)
    return _choice(node, evaluator)


def _subject(node: tree.Expr) -> tree.Ref | None:
    """The bare name that the condition is about."""
    if isinstance(node, tree.Binary):
        inner = node.left.args[0].value if _is_length(node.left) and isinstance(node.left, tree.Call) else node.left
    elif isinstance(node, tree.Call) and isinstance(node.callee, tree.Attr):
        inner = node.callee.base
    else:
        inner = node.args[0].value if isinstance(node, tree.Call) and node.args else node
    return inner if isinstance(inner, tree.Ref) else None


def _is_length(node: tree.Expr) -> bool:
    return (
        isinstance(node, tree.Call)
        and isinstance(node.callee, tree.Ref)
        and node.callee.name == "len"
        and len(node.args) == 1
    )


def _matches(node: tree.Call, evaluator: Evaluator) -> Lifted | None:
    """`matches(x, "…")` and `x.matches("…")`."""
    is_method = isinstance(node.callee, tree.Attr)
    name = node.callee.name.text if isinstance(node.callee, tree.Attr) else getattr(node.callee, "name", "")
    place = 0 if is_method else 1
    if name != "matches" or len(node.args) != place + 1:
        return None
    pattern = evaluator.evaluate(node.args[place].value)
    regex = constraint_regex(pattern) if isinstance(pattern, str) else None
    return Lifted("regex", regex) if regex is not None else None


def _length(node: tree.Binary, evaluator: Evaluator) -> Lifted | None:
    bounds = length_bounds(node, evaluator)
    if bounds is None:
        return None
    low, high = bounds
    return Lifted("length", rf"[\s\S]{{{low},{'' if high is None else high}}}")


def length_bounds(node: tree.Binary, evaluator: Evaluator) -> tuple[int, int | None] | None:
    """Least and most of `len(x) in 3..9`, `len(x) <= 9`, `len(x) == 4` …; most is None where there is none."""
    found = number_bounds(node, evaluator)
    if found is None or not all(end is None or isinstance(end, int) for end in found):
        return None
    low, high = found
    return max(int(low or 0), 0), None if high is None else int(high)


def number_bounds(node: tree.Binary, evaluator: Evaluator) -> tuple[int | float | None, int | float | None] | None:
    """Both ends, included, of what a comparison with constants allows; None when it is no such comparison.

    Strict comparisons count as bounds for whole numbers only: `x < 5` is `x <= 4`.
    """
    if isinstance(node.right, tree.Range) and node.op == "in":
        high = evaluator.evaluate(node.right.high) if node.right.high is not None else None
        ends = (evaluator.evaluate(node.right.low), high)
    else:
        value = evaluator.evaluate(node.right)
        ends = _ends(node.op, value)
    return ends if all(end is None or _is_number(end) for end in ends) and ends != (None, None) else None


def _ends(op: str, value: object) -> tuple[object, object]:
    if not _is_number(value):
        return (None, None)
    if op in ("<", ">") and not isinstance(value, int):
        return (None, None)
    assert isinstance(value, int | float)
    table = {"==": (value, value), "<=": (None, value), ">=": (value, None), "<": (None, value - 1)}
    return table.get(op, (value + 1, None) if op == ">" else (None, None))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _choice(node: tree.Binary, evaluator: Evaluator) -> Lifted | None:
    """`x in ["a", "b"]` and `x == "a"`."""
    if node.op not in ("in", "==") or isinstance(node.right, tree.Range):
        return None
    value = evaluator.evaluate(node.right)
    values = value if isinstance(value, list) and node.op == "in" else [value]
    if value is UNKNOWN or not values or not all(isinstance(item, str) for item in values):
        return None
    return Lifted("choice", choices=tuple(dict.fromkeys(values)))
