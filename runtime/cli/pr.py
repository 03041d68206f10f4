"""A pull request's number and what to do with it in; what it is then, out. One function for each thing to do."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from runtime.cli.console import plural, say, say_json
from runtime.cli.context import Context
from runtime.cli.options import Json

if TYPE_CHECKING:
    from runtime.review import Reviews

app = typer.Typer(
    help="""Propose a branch's rows, discuss them, approve and merge them.

    Example: synth pr open --source tone --title 'A formal tone'
    """,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
Number = typer.Argument(metavar="N", help="Its number.")
Text = typer.Option("", "-m", "--message", metavar="TEXT", help="What there is to say about it.")
Digest = typer.Option(None, "--digest", metavar="HEX", help="Only if the diff is still the one with this digest.")


class Shown(StrEnum):
    """Which pull requests are listed."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"
    ALL = "all"


@app.command("open")
def open_(
    source: str = typer.Option(None, "--source", metavar="BRANCH", help="What is proposed; the current branch."),
    target: str = typer.Option("main", "--target", metavar="BRANCH", help="Where it is to go."),
    title: str = typer.Option(None, "--title", metavar="TEXT", help="One line; else that of the newest commit."),
    description: str = typer.Option("", "--description", metavar="TEXT", help="Why, and what to look at."),
) -> None:
    """Propose what a branch holds.

    Example: synth pr open --source tone --title 'A formal tone'
    """
    context = Context.here()
    branch = source or context.branch
    told = title or _subject(context, branch)
    pull = _reviews(context).open(branch, target, told, description, _me(context))
    say(f"#{pull.number} {pull.title}: {pull.source} into {pull.target}")
    say(f"`synth pr show {pull.number} --diff` shows it, `synth review` opens a page")


@app.command("list")
def list_(
    state: Shown = typer.Option(Shown.OPEN, "--state", help="Those that are so."),
    as_json: bool = Json,
) -> None:
    """List pull requests, the newest first.

    Example: synth pr list --state all
    """
    from runtime.cli.pulls import line
    from runtime.review.json import summary_json

    found = _reviews(Context.here()).list(state.value)
    if as_json:
        say_json([summary_json(pull) for pull in found])
        return
    for pull in found:
        say(line(pull))
    if not found:
        say("no pull request" if state is Shown.ALL else f"no pull request is {state.value}")


@app.command()
def show(
    number: int = Number,
    diff: bool = typer.Option(False, "--diff", help="With the rows that it changes."),
    limit: int = typer.Option(10, "--limit", metavar="N", min=0, help="So many rows of each table at most."),
    as_json: bool = Json,
) -> None:
    """Show one: what it changes, the rules, and what was said.

    Example: synth pr show 1 --diff
    """
    from runtime.cli import pulls

    context = Context.here()
    reviews = _reviews(context)
    shown = pulls.look(reviews, context.project.config, reviews.get(number), limit if diff else None)
    if as_json:
        say_json(pulls.pull_json(shown))
        return
    for text in pulls.lines(shown):
        say(text)


@app.command()
def comment(
    number: int = Number,
    text: str = typer.Argument(metavar="TEXT", help="What there is to say."),
    at: str = typer.Option(None, "--at", metavar="PLACE", help="On a row, dataset/key, or a cell, dataset/key:column."),
    reply: str = typer.Option(None, "--reply", metavar="ID", help="In answer to another comment."),
) -> None:
    """Say something about it, about a row or about a cell.

    Example: synth pr comment 1 'too stiff' --at qa/break/1:answer
    """
    from runtime.review.places import find_place

    context = Context.here()
    reviews = _reviews(context)
    place = find_place(context.store, _both(reviews, number), at) if at else None
    said = reviews.comment(number, text, _me(context), place, reply).comments[-1]
    say(f"#{number}: comment {said.id}")


@app.command()
def approve(number: int = Number, message: str = Text, digest: str = Digest) -> None:
    """Approve the diff as it is now.

    Another diff needs another approval: this one is then stale.

    Example: synth pr approve 1 --digest 3f2a91c0
    """
    context = Context.here()
    reviews = _reviews(context)
    seen = digest if digest is not None else reviews.digest(reviews.get(number))
    said = reviews.review(number, "approve", _me(context), seen, message).approvals[-1]
    say(f"#{number} approved by {said.by}, diff {said.digest[:12]}")


@app.command("request-changes")
def request_changes(
    number: int = Number,
    message: str = typer.Option(..., "-m", "--message", metavar="TEXT", help="Which, and why."),
) -> None:
    """Ask for changes: it is not merged until you approve.

    Example: synth pr request-changes 1 -m 'row break/1 is cut off'
    """
    context = Context.here()
    reviews = _reviews(context)
    seen = reviews.digest(reviews.get(number))
    said = reviews.review(number, "request_changes", _me(context), seen, message).approvals[-1]
    say(f"#{number}: {said.by} asks for changes")


@app.command()
def read(
    number: int = Number,
    rows: list[str] = typer.Argument(None, metavar="ROW", help="Rows, dataset/key; all flagged ones without."),
) -> None:
    """Mark flagged rows of the diff as read.

    Example: synth pr read 1 qa/break/1
    """
    from runtime.review import flagged_rows
    from runtime.review.places import find_place

    context = Context.here()
    reviews = _reviews(context)
    target, source = reviews.heads(reviews.get(number))
    if rows:
        places = [find_place(context.store, (source, target), row) for row in rows]
    else:
        places = [row.place for row in flagged_rows(context.store, target, source)]
    before = len(reviews.get(number).read)
    marked = reviews.mark_read(number, _me(context), places).read[before:]
    say(f"#{number}: {plural(len(marked), 'row')} marked as read")


@app.command()
def merge(number: int = Number, digest: str = Digest) -> None:
    """Merge it, when every rule is met.

    Example: synth pr merge 1
    """
    from runtime.review import merge_pull

    context = Context.here()
    reviews = _reviews(context)
    made = merge_pull(context.store, context.project.config, number, _me(context), digest, reviews)
    pull = reviews.get(number)
    say(f"#{number} merged: {pull.target} is at {made.id[:10]}")


@app.command()
def edit(
    number: int = Number,
    title: str = typer.Option(None, "--title", metavar="TEXT", help="Another title."),
    description: str = typer.Option(None, "--description", metavar="TEXT", help="Another description."),
) -> None:
    """Change its title or its description.

    Example: synth pr edit 1 --title 'A formal tone'
    """
    context = Context.here()
    pull = _reviews(context).edit(number, _me(context), title=title, description=description)
    say(f"#{number} {pull.title}")


@app.command()
def close(number: int = Number) -> None:
    """Close it without merging.

    Example: synth pr close 1
    """
    context = Context.here()
    _reviews(context).close(number, _me(context))
    say(f"#{number} closed")


@app.command()
def reopen(number: int = Number) -> None:
    """Open a closed one again.

    Example: synth pr reopen 1
    """
    context = Context.here()
    _reviews(context).reopen(number, _me(context))
    say(f"#{number} open")


@app.command()
def policy(
    branch: str = typer.Argument("main", metavar="BRANCH", help="A branch."),
    record: bool = typer.Option(False, "--record", help="Commit the rules of synth.toml to the branch."),
    as_json: bool = Json,
) -> None:
    """Show the rules in force for a branch, or record them in it.

    Recorded rules travel with the branch, and only an approved pull request
    changes them: record new ones on another branch and propose that.

    Example: synth pr policy main --record
    """
    from runtime.cli import pulls

    context = Context.here()
    if record:
        say(pulls.record_policy(context.store, context.project.config, branch))
    elif as_json:
        say_json(pulls.policy_json(context.store, context.project.config, branch))
    else:
        for text in pulls.policy_lines(context.store, context.project.config, branch):
            say(text)


def _reviews(context: Context) -> Reviews:
    from runtime.review import open_reviews

    return open_reviews(context.project, context.store)


def _me(context: Context) -> str:
    from runtime.review import whoami

    return whoami(context.project)


def _subject(context: Context, branch: str) -> str:
    """The first line of a branch's newest commit; its name where there is none."""
    from runtime.cli.history import subject
    from runtime.store.names import check_user_branch

    check_user_branch(branch)
    head = context.store.head(branch)
    return (subject(context.store.get(head)) if head else "") or branch


def _both(reviews: Reviews, number: int) -> tuple[str | None, str | None]:
    """Where its rows are: after, then before."""
    target, source = reviews.heads(reviews.get(number))
    return source, target
