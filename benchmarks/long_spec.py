"""The first project's spec in; one like it, of so many lines, out."""

from __future__ import annotations


def long_spec(template: str, lines: int) -> str:
    """The spec's head once, its dataset again and again under new names."""
    head, found, rest = template.partition("## Two shots")
    if not found:
        raise ValueError("this is not the spec of a new project: it has no `## Two shots`")
    block = f"## Two shots{rest.partition('test ')[0]}"
    parts, number = [head], 0
    while sum(part.count("\n") for part in parts) < lines:
        number += 1
        parts.append(
            block.replace("ask(", f"ask_{number}(").replace("dataset questions", f"dataset questions_{number}")
        )
    return "".join(parts)
