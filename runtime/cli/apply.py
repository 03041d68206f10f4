"""A patch in; its changes made on a branch, as one commit, or why it does not fit, out."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import typer

from dsl.diagnostics import Diagnostic, SynthError
from runtime.cli.console import say, say_json
from runtime.cli.context import Context
from runtime.cli.options import Branch, Json, Message

if TYPE_CHECKING:
    from runtime.patch import Applied

STANDARD_INPUT = "-"


def run(
    file: str = typer.Argument(
        metavar="FILE", help="What `synth diff --format patch` printed; - reads it from a pipe."
    ),
    branch: str | None = Branch,
    message: str | None = Message,
    check: bool = typer.Option(False, "--check", help="Say whether it fits and what it would do; commit nothing."),
    as_json: bool = Json,
) -> None:
    """Make the changes of a patch, as one commit.

    Every row that it changes must be as it was in the version that the patch
    was made from. What is there already is not made again.

    Example: synth apply tone.patch --branch trial
    """
    from runtime.patch import apply_patch
    from runtime.review.gate import refuse_direct
    from runtime.store.names import check_user_branch

    context = Context.here()
    name = branch or context.branch
    check_user_branch(name)
    if not check:
        refuse_direct(context.store, context.project.config, name, "a patch goes to a branch of its own")
    found = apply_patch(context.store, name, _opened(file), message=message, check=check)
    if as_json:
        say_json(_json(found, name))
    else:
        for line in _lines(found, name, check):
            say(line)


def _opened(file: str) -> Any:
    """The patch from its start, as often as it is needed: a pipe is read once and kept."""
    if file == STANDARD_INPUT:
        data = typer.get_binary_stream("stdin").read()
        return lambda: BytesIO(data)
    path = Path.cwd() / file
    return lambda: _read(path, file)


def _read(path: Path, typed: str) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise SynthError(
            Diagnostic("E1038", f"`{typed}` cannot be read: {why}", help="name a file that a patch was written to")
        ) from None


def _lines(found: Applied, branch: str, check: bool) -> list[str]:
    if not found.changes:
        return [f"{branch} has what the patch makes already"]
    verb = "would change" if check else "changed"
    lines = [
        f"{one.name}: +{one.added:,} −{one.removed:,} ~{one.changed:,}"
        + (f" (dataset {one.state})" if one.state in ("added", "removed") else "")
        for one in found.datasets
        if one.state != "same"
    ]
    head = (
        f"the patch fits, and {verb} {branch}"
        if check
        else f"{branch} is at {found.commit.id[:10]}"
        if found.commit
        else ""
    )
    return [head, *(f"  {line}" for line in lines)]


def _json(found: Applied, branch: str) -> dict[str, Any]:
    datasets = [
        {"name": one.name, "state": one.state, "added": one.added, "removed": one.removed, "changed": one.changed}
        for one in found.datasets
    ]
    return {"branch": branch, "commit": found.commit.id if found.commit else None, "datasets": datasets}
