"""A branch in; whether it holds nothing but what was approved, out. Exit 1 with what is wrong."""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from runtime.cli.console import paint, plural, say, say_json, width
from runtime.cli.context import Context
from runtime.cli.options import Json

if TYPE_CHECKING:
    from runtime.review.history import History


def run(
    branch: str = typer.Argument(None, metavar="BRANCH", help="A protected branch; all of them without one."),
    as_json: bool = Json,
) -> None:
    """Check that protected branches hold only what was approved.

    Every commit since the policy was recorded must be a merged pull request
    whose rows are the ones that were approved; the log of reviews must be
    whole, and its signatures hold. Exit 1 when anything is wrong.

    Example: synth verify-history main
    """
    from runtime.review.history import verify_history

    context = Context.here()
    found = verify_history(context.store, context.project.config, branch)
    if as_json:
        say_json(asdict(found))
    else:
        _show(found)
    if found.findings:
        raise typer.Exit(1)


def _show(found: History) -> None:
    for finding in found.findings:
        say(f"{paint('wrong', 'red')}  {finding.where[:10] if '/' not in finding.where else finding.where}")
        for line in textwrap.wrap(finding.what, width() - 7) or [""]:
            say(f"       {line}")
    for old in found.outdated:
        say(f"{paint('note', 'yellow')}   {old.dataset} was built from another version of {old.input}")
    say(f"the log of reviews: {plural(found.events, 'event')}")
    for name in found.branches:
        how = "" if name in found.recorded else ", by synth.toml: `synth pr policy --record` keeps the rules in it"
        say(f"protected: {name}{how}")
    if not found.branches:
        say("no branch is protected: `[review]` in synth.toml names them")
    else:
        under = f"{plural(found.commits, 'commit')} under a policy, {plural(found.merges, 'merge')} among them"
        say(f"{under}; {found.before:,} before there was one")
    say(paint("all is as it was approved", "green") if not found.findings else plural(len(found.findings), "finding"))
