"""Tests in; the same tests, with the names of the code they test at hand, out."""

from __future__ import annotations

import ast

MODULE = "solution"
_IMPORT = f"from {MODULE} import *"


def test_file(tests: str) -> str:
    """The code is the module `solution`. Tests that do not import it themselves get its public names.

    The import goes after a docstring and `from __future__`, which must come first. Tests that do not parse stay as
    they are: pytest says what is wrong.
    """
    try:
        body = ast.parse(tests).body
    except (SyntaxError, ValueError):
        return tests
    if any(_imports(node) for node in ast.walk(ast.Module(body, []))):
        return tests
    first = _must_come_first(body)
    lines = tests.split("\n")
    lines.insert(first[-1].end_lineno or 0 if first else 0, _IMPORT)
    return "\n".join(lines)


def _imports(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] == MODULE for alias in node.names)
    return isinstance(node, ast.ImportFrom) and node.module == MODULE


def _must_come_first(body: list[ast.stmt]) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for node in body:
        docstring = not found and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not docstring and not future:
            break
        found.append(node)
    return found
