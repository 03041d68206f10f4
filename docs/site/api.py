"""The module `synth.py` in; what can be called of it, with types and docstrings, out: the end of a page."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from docs.site.page import fenced
from docs.site.places import ROOT

MODULE = ROOT / "synth.py"


def reference() -> str:
    module = ast.parse(MODULE.read_text(encoding="utf-8"))
    public = {name for node in module.body if isinstance(node, ast.Assign) for name in _public(node)}
    parts = []
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name in public:
            parts.append(_function("###", "synth.", node))
        elif isinstance(node, ast.ClassDef) and node.name in public:
            parts.append(f"### synth.{node.name}\n\n{ast.get_docstring(node)}\n")
            parts += [_function("####", f"{node.name}.", found) for found in _methods(node)]
    return "\n".join(["\n## Reference\n", *parts])


def _public(node: ast.Assign) -> Iterator[str]:
    """The names in `__all__`."""
    if [target.id for target in node.targets if isinstance(target, ast.Name)] == ["__all__"]:
        yield from ast.literal_eval(node.value)


def _methods(node: ast.ClassDef) -> Iterator[ast.FunctionDef]:
    yield from (found for found in node.body if isinstance(found, ast.FunctionDef) and not found.name.startswith("_"))


def _function(level: str, of: str, node: ast.FunctionDef) -> str:
    return f"{level} {of}{node.name}\n\n{fenced(_signature(node), 'python')}\n{ast.get_docstring(node) or ''}\n"


def _signature(node: ast.FunctionDef) -> str:
    """One line where it fits, else a line for each parameter."""
    bare = ast.FunctionDef(node.name, node.args, [ast.Pass()], [], node.returns, lineno=0)
    line = ast.unparse(bare).removesuffix("\n    pass").removesuffix(":")
    if len(line) <= 80:
        return line
    head, _, rest = line.partition("(")
    inside, _, result = rest.rpartition(")")
    return "\n".join([f"{head}(", *(f"    {one}," for one in _parameters(inside)), f"){result}"])


def _parameters(text: str) -> Iterator[str]:
    depth, start = 0, 0
    for at, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        if char == "," and depth == 0:
            yield text[start:at].strip()
            start = at + 1
    yield text[start:].strip()
