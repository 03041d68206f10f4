"""A ref in; its commits, newest first, out."""

from __future__ import annotations

import typer

from runtime.cli.console import say, say_json
from runtime.cli.context import Context


def run(
    ref: str = typer.Argument(None, metavar="REF", help="A branch, tag or commit; the current branch without one."),
    number: int = typer.Option(20, "-n", "--limit", metavar="N", min=1, help="So many commits at most."),
    oneline: bool = typer.Option(False, "--oneline", help="One line for each commit."),
    as_json: bool = typer.Option(False, "--json", help="Print the commits as JSON."),
) -> None:
    """Show the commits of a branch, newest first.

    Example: synth log --oneline -n 5
    """
    from runtime.cli.history import SHORT, commit_json, names, subject, title

    context = Context.here()
    store = context.store
    empty = not ref and store.head(context.branch) is None
    commits = [] if empty else store.log(context.ref(ref), number)
    called = names(store)
    if as_json:
        say_json([commit_json(commit, called) for commit in commits])
    elif empty:
        say(f"no commit on `{context.branch}` yet: `synth build SPEC` makes one")
    for place, commit in enumerate(() if as_json else commits):
        if oneline:
            marks = f" ({', '.join(called[commit.id])})" if commit.id in called else ""
            say(f"{commit.id[:SHORT]}{marks} {subject(commit)}")
            continue
        say(("\n" if place else "") + title(commit, called.get(commit.id, ())))
        for line in commit.message.splitlines():
            say(f"    {line}".rstrip())
