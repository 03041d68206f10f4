"""A commit in; a commit that takes back what it did, rows that changed since then left alone, out."""

from __future__ import annotations

import typer

from runtime.cli.context import Context
from runtime.cli.merging import Audits, Choices, Conflicts, DryRun, Ours, Resolve, Theirs, finish
from runtime.cli.options import Json, Message


def run(
    ref: str = typer.Argument(metavar="REF", help="The commit whose work is taken back."),
    message: str | None = Message,
    ours: bool = Ours,
    theirs: bool = Theirs,
    resolve: str = Resolve,
    conflicts: str = Conflicts,
    dry_run: bool = DryRun,
    allow_failed_audits: bool = Audits,
    as_json: bool = Json,
) -> None:
    """Take back what one commit did to the rows of this branch.

    Rows that later commits changed stay; those that the commit changed, too,
    are conflicts, as in a merge.

    Example: synth revert HEAD
    """
    from runtime.cli.history import SHORT, subject
    from runtime.merge import revert
    from runtime.review.gate import refuse_direct

    context = Context.here()
    branch = context.branch
    if not dry_run:
        refuse_direct(context.store, context.project.config, branch)
    commit, onto = context.store.resolve(context.ref(ref)), context.store.resolve(branch)
    undone = context.store.get(commit)
    choices = Choices(
        again=f"synth revert {ref}",
        branch=branch,
        source=f"before {commit[:SHORT]}",
        message=message or f"Revert {commit[:SHORT]}: {subject(undone)}",
        ours=ours,
        theirs=theirs,
        resolve=resolve,
        conflicts=conflicts,
        dry_run=dry_run,
        allow_failed=allow_failed_audits,
        as_json=as_json,
    )
    merged = revert(context.store, commit, onto, choices.resolutions(), choices.prefer, context.catalog)
    finish(context, merged, choices)
