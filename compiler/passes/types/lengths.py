"""A call of `truncate` in; whether it says how long, and counts tokens only where a model reads them, out."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.passes.types.checker import Checker, Env
from dsl import tree


def check_truncate(c: Checker, node: tree.Expr, args: Sequence[tree.Arg], env: Env) -> None:
    """Tokens are those of the model that reads the prompt, so outside a prompt there are none to count."""
    tokens = next((arg for arg in args if arg.name is not None and arg.name.text == "tokens"), None)
    if tokens is not None and not env.prompt:
        c.report(
            "E0507",
            "tokens are counted in a prompt only",
            tokens.span,
            label="which model would read this is not known here",
            help="write it where the prompt prints the text: `{{ text | truncate(tokens = 200) }}`",
        )
    texts = 0 if isinstance(node, tree.Filtered) or _is_method(node) else 1
    if len(args) <= texts:
        c.report("E0310", "`truncate` also needs `characters` or `tokens`", node.span)


def _is_method(node: tree.Expr) -> bool:
    return isinstance(node, tree.Call) and isinstance(node.callee, tree.Attr)
