"""A branch in; its rows merged into another, as one commit, or the conflicts to decide first, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from dsl.diagnostics import Diagnostic, SynthError
from runtime.cli.context import Context
from runtime.cli.merging import Audits, Choices, Conflicts, DryRun, Ours, Resolve, Theirs, finish
from runtime.cli.options import Json, Message

if TYPE_CHECKING:
    from runtime.store.port import CommitId


def run(
    source: str = typer.Argument(metavar="SOURCE", help="A branch, a tag or a commit to merge."),
    into: str = typer.Option(None, "--into", metavar="BRANCH", help="Where it goes; the current branch without it."),
    message: str | None = Message,
    ours: bool = Ours,
    theirs: bool = Theirs,
    resolve: str = Resolve,
    conflicts: str = Conflicts,
    dry_run: bool = DryRun,
    allow_failed_audits: bool = Audits,
    as_json: bool = Json,
) -> None:
    """Merge another branch's rows into this one.

    Rows that one side changed are taken, cells of one row that both changed
    go together, and what both changed differently is a conflict to decide.

    Example: synth merge tone --conflicts conflicts.jsonl
    """
    from runtime.merge import merge

    context = Context.here()
    branch = into or context.branch
    target, commit = _heads(context, branch, source)
    choices = Choices(
        again=f"synth merge {source}{f' --into {into}' if into else ''}",
        branch=branch,
        source=source,
        message=message or f"Merge {source}" + (f" into {branch}" if branch != "main" else ""),
        ours=ours,
        theirs=theirs,
        resolve=resolve,
        conflicts=conflicts,
        dry_run=dry_run,
        allow_failed=allow_failed_audits,
        as_json=as_json,
    )
    merged = merge(context.store, target, commit, choices.resolutions(), choices.prefer, context.catalog)
    reviewed = None if dry_run or merged.up_to_date else _reviewed(context, commit, choices)
    finish(context, merged, choices, reviewed)


def _heads(context: Context, branch: str, source: str) -> tuple[CommitId, CommitId]:
    """The branch's commit and the source's. E1067 where both are one branch, E1001 where a branch has no commit."""
    commit = context.store.resolve(context.ref(source))
    if source in (branch, "HEAD") and context.ref(source) == branch:
        raise SynthError(
            Diagnostic(
                "E1067",
                f"`{branch}` cannot be merged into itself",
                help="name the branch whose rows are to come in; `--into BRANCH` says where to",
            )
        )
    target = context.store.head(branch)
    if target is None:
        context.store.resolve(branch)
        raise SynthError(Diagnostic("E1001", f"`{branch}` is not a branch", help=f"`synth branch {branch}` makes one"))
    return target, commit


def _reviewed(context: Context, commit: CommitId, choices: Choices) -> int | None:
    """The pull request that brings this commit to a protected branch (E108x without one); None where it is not."""
    from runtime.review.gate import enforce

    number = enforce(context.store, context.project.config, commit, choices.branch)
    if number is not None and (choices.prefer or choices.resolve or choices.allow_failed):
        raise SynthError(
            Diagnostic(
                "E1070",
                f"`{choices.branch}` takes only what was reviewed: conflicts are not decided while merging into it",
                help=f"decide on the source: `synth merge {choices.branch} --into {choices.source} --conflicts FILE`",
            )
        )
    return number
