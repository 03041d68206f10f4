"""Nothing in, the branches out; or a name in, and a branch made or deleted."""

from __future__ import annotations

import typer

from dsl.diagnostics import Diagnostic, SynthError
from runtime.cli.console import paint, say, say_json
from runtime.cli.context import Context


def run(
    name: str = typer.Argument(None, metavar="NAME", help="A branch to make; without one, all are listed."),
    at: str = typer.Argument(None, metavar="REF", help="Where it starts; at the current branch without it."),
    delete: bool = typer.Option(False, "-d", "--delete", help="Delete the branch. Its commits stay readable by id."),
    as_json: bool = typer.Option(False, "--json", help="List the branches as JSON."),
) -> None:
    """List branches, make one, or delete one.

    Example: synth branch tone main
    """
    from runtime.store.names import check_user_branch

    context = Context.here()
    if name:
        check_user_branch(name)
    if delete:
        _delete(context, name)
    elif name:
        commit = context.store.resolve(context.ref(at))
        context.store.create_branch(name, commit)
        say(f"branch {name} at {commit[:10]}")
    else:
        _list(context, as_json)


def _list(context: Context, as_json: bool) -> None:
    from runtime.cli.history import SHORT, commits, subject

    current, found = context.branch, context.store.branches()
    if as_json:
        say_json([{"name": name, "commit": at, "current": name == current} for name, at in found.items()])
        return
    if current not in found:
        say(paint(f"* {current}", "green") + "  no commit yet")
    wide = max(map(len, found), default=0)
    for name, commit in zip(found, commits(context.store, found.values()), strict=True):
        mark = paint(f"* {name.ljust(wide)}", "green") if name == current else f"  {name.ljust(wide)}"
        say(f"{mark}  {commit.id[:SHORT]} {subject(commit)}")


def _delete(context: Context, name: str | None) -> None:
    if not name:
        raise typer.BadParameter("-d needs the name of a branch")
    if name == context.branch:
        raise SynthError(
            Diagnostic("E1105", f"`{name}` is the current branch", help="`synth switch` to another one first")
        )
    at = context.store.head(name)
    context.store.delete_branch(name)
    say(f"deleted branch {name}, which was at {at[:10] if at else 'no commit'}")
