"""Nothing in, the tags out; or a name and a ref in, and that commit named for good."""

from __future__ import annotations

import typer

from runtime.cli.console import say, say_json
from runtime.cli.context import Context


def run(
    name: str = typer.Argument(None, metavar="NAME", help="A tag to make; without one, all are listed."),
    at: str = typer.Argument(None, metavar="REF", help="The commit; that of the current branch without it."),
    as_json: bool = typer.Option(False, "--json", help="List the tags as JSON."),
) -> None:
    """List tags, or name a commit. A tag is made once and never moves.

    Example: synth tag v1.0 main
    """
    from runtime.store.names import check_user_tag

    context = Context.here()
    store = context.store
    if name:
        check_user_tag(name)
        commit = store.resolve(context.ref(at))
        store.tag(name, commit)
        say(f"tag {name} at {commit[:10]}")
    elif as_json:
        say_json([{"name": tag, "commit": commit} for tag, commit in store.tags().items()])
    else:
        from runtime.cli.history import SHORT, commits, subject

        found = store.tags()
        for tag, made in zip(found, commits(store, found.values()), strict=True):
            say(f"{tag.ljust(max(map(len, found)))}  {made.id[:SHORT]} {subject(made)}")
