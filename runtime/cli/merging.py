"""A merge or a revert, and what its options say, in; what it did, or the conflicts to decide, on the screen, out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from dsl.diagnostics import Diagnostic, SynthError
from runtime.cli.console import paint, plural, report, say, say_json, width
from runtime.cli.context import Context

if TYPE_CHECKING:
    from runtime.merge import Merged, Resolution
    from runtime.merge.model import Side
    from runtime.store.port import Commit

Ours = typer.Option(False, "--ours", help="Where both changed a place, take what the branch has.")
Theirs = typer.Option(False, "--theirs", help="Where both changed a place, take what comes in.")
Resolve = typer.Option(None, "--resolve", metavar="FILE", help="Resolutions of conflicts: the filled-in file.")
Conflicts = typer.Option(None, "--conflicts", metavar="FILE", help="Write conflicts there: .jsonl or .csv.")
DryRun = typer.Option(False, "--dry-run", help="Say what would come from where; commit nothing.")
Audits = typer.Option(False, "--allow-failed-audits", help="Commit even if what the specs demand fails on the result.")


@dataclass(frozen=True)
class Choices:
    """What the options say. `again` is the command to give once more, for messages."""

    again: str
    branch: str
    source: str
    message: str
    ours: bool = False
    theirs: bool = False
    resolve: str | None = None
    conflicts: str | None = None
    dry_run: bool = False
    allow_failed: bool = False
    as_json: bool = False

    @property
    def prefer(self) -> Side | None:
        if self.ours and self.theirs:
            raise typer.BadParameter("--ours and --theirs exclude each other")
        return "ours" if self.ours else "theirs" if self.theirs else None

    def resolutions(self) -> list[Resolution]:
        """E1066 for a file that is not there, or holds what is no resolution."""
        from runtime.merge.files import read_resolutions

        if self.resolve is None:
            return []
        try:
            text = Path(self.resolve).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            help_ = f"`{self.again} --conflicts FILE` writes one"
            raise SynthError(Diagnostic("E1066", f"`{self.resolve}` cannot be read: {why}", help=help_)) from None
        return read_resolutions(text, self.resolve)


def finish(context: Context, merged: Merged, choices: Choices, reviewed: int | None = None) -> None:
    """Commits, unless there is something to decide first; exit 1 when there is.

    `reviewed` is the number of the pull request that brings it to a protected branch.
    """
    commit = None
    stopped = bool(merged.conflicts or _stops(merged, choices))
    if merged.conflicts and choices.conflicts:
        _write(merged, choices.conflicts)
    if not stopped and not choices.dry_run:
        commit = _commit(context, merged, choices, reviewed)
    if choices.as_json:
        _say_json(merged, commit, choices)
    else:
        _say(context, merged, commit, choices)
    if stopped:
        raise typer.Exit(1)


def _stops(merged: Merged, choices: Choices) -> bool:
    return any(found.code == "E1063" or not choices.allow_failed for found in merged.problems)


def _commit(context: Context, merged: Merged, choices: Choices, reviewed: int | None) -> Commit | None:
    from runtime.merge import commit_merge
    from runtime.review.identity import whoami

    if merged.up_to_date or (not merged.changes and not merged.parent):
        return None
    by = whoami(context.project)
    if reviewed is not None:
        from runtime.review import open_reviews
        from runtime.review.gate import merge_pull

        reviews = open_reviews(context.project, context.store)
        return merge_pull(context.store, context.project.config, reviewed, by, reviews=reviews)
    allow = choices.allow_failed
    return commit_merge(context.store, choices.branch, merged, choices.message, by, allow_failed=allow)


def _write(merged: Merged, file: str) -> None:
    from runtime.cli.files import write
    from runtime.merge.files import write_conflicts

    write(file, write_conflicts(merged.conflicts, file))


def _say_json(merged: Merged, commit: Commit | None, choices: Choices) -> None:
    from runtime.merge.told import merged_json

    place = {"branch": choices.branch, "source": choices.source, "commit": commit.id if commit else None}
    say_json(place | merged_json(merged))


def _say(context: Context, merged: Merged, commit: Commit | None, choices: Choices) -> None:
    from runtime.merge.told import conflict_lines, summary

    for line in summary(merged, choices.branch, choices.source):
        say(line)
    if merged.problems:
        report(merged.problems, context.source)
    if merged.conflicts:
        say()
        for line in conflict_lines(merged, choices.branch, choices.source, width()):
            say(line)
        say()
        for line in _way_out(merged, choices):
            say(line)
    elif commit is not None:
        say(f"{paint(choices.branch, 'cyan')} is at {paint(commit.id[:10], 'yellow')}  {commit.message}")
    elif not merged.problems:
        say(_nothing(merged, choices))


def _way_out(merged: Merged, choices: Choices) -> list[str]:
    count = plural(len(merged.conflicts), "conflict")
    if choices.conflicts:
        return [
            f"{count} in {choices.conflicts}: set `take` to ours, theirs, value or regenerate,",
            f"then `{choices.again} --resolve {choices.conflicts}`",
        ]
    return [
        f"{count}: nothing was committed. `{choices.again} --conflicts FILE`",
        "writes them to be decided, `--resolve FILE` takes them back;",
        "`--ours` or `--theirs` takes one side's everywhere",
    ]


def _nothing(merged: Merged, choices: Choices) -> str:
    if merged.up_to_date:
        return f"Nothing to do: {choices.branch} has all of {choices.source}."
    if choices.dry_run:
        return f"Nothing was committed: without --dry-run, {choices.branch} would have this."
    return f"Nothing to do: {choices.branch} is so already."
