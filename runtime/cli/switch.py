"""A branch's name in; that branch made the current one: where builds commit and what refs default to."""

from __future__ import annotations

import typer

from runtime.cli.console import say
from runtime.cli.context import Context


def run(
    name: str = typer.Argument(metavar="NAME", help="The branch."),
    at: str = typer.Argument(None, metavar="REF", help="With -c: where it starts; at the current one without it."),
    create: bool = typer.Option(False, "-c", "--create", help="Make the branch first."),
) -> None:
    """Make another branch current. No file of yours changes.

    Example: synth switch -c tone
    """
    from runtime.store.worktree import switch

    if at and not create:
        raise typer.BadParameter("a place to start from goes with -c, which makes the branch")
    context = Context.here()
    start = context.store.resolve(context.ref(at)) if at else None
    switch(context.project.state_dir, context.store, name, create, start)
    say(f"on branch {name}" + (" (new)" if create else ""))
