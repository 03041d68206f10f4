"""Two refs in; what changed between them and why, as text, JSON, Markdown or a page of HTML, out."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from dsl.diagnostics import Diagnostic, SynthError
from runtime.cli.console import colour, say, say_json, say_raw, width
from runtime.cli.context import Context

if TYPE_CHECKING:
    from runtime.diff import Diff, View
    from runtime.diff.model import RowState


LIMIT = 10
"""Rows of each table that are shown; a patch holds them all."""


class Only(StrEnum):
    """Rows of one kind."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Format(StrEnum):
    """Renderings of a diff."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    PATCH = "patch"


def run(
    between: str = typer.Argument(None, metavar="A..B", help="Two refs; A alone: with here; none: the last commit."),
    dataset: str = typer.Argument(None, metavar="DATASET", help="This dataset only."),
    stat: bool = typer.Option(False, "--stat", help="No rows."),
    columns: str = typer.Option(None, "--columns", metavar="A,B", help="These columns only."),
    where: str = typer.Option(None, "--where", metavar="COND", help="Rows for which this holds on either side."),
    only: Only = typer.Option(None, "--only", help="Rows of this kind."),
    sample: int = typer.Option(None, "--sample", metavar="N", min=1, help="So many rows, drawn by their keys."),
    offset: int = typer.Option(0, "--offset", metavar="N", min=0, help="Skip so many rows of each table."),
    limit: int = typer.Option(None, "--limit", metavar="N", min=0, help="So many rows of each table at most (10)."),
    reason: str = typer.Option(None, "--reason", metavar="TEXT", help="Rows that such a statement drops, or dropped."),
    flag: str = typer.Option(None, "--flag", metavar="TEXT", help="Rows that such a statement marks for a person."),
    form: Format = typer.Option(Format.TEXT, "--format", help="How it is printed."),
    full: bool = typer.Option(False, "--full", help="A patch with the calls behind the rows."),
    html: str = typer.Option(None, "--html", metavar="FILE", help="Write one page of HTML that needs nothing else."),
    as_json: bool = typer.Option(False, "--json", help="The same as --format json."),
    exit_code: bool = typer.Option(False, "--exit-code", help="Exit 1 when anything differs."),
) -> None:
    """Show what changed between two versions, and why.

    Example: synth diff main..tone python_qa --only changed
    """
    from runtime.diff import View, check_columns

    context = Context.here()
    found = _compare(context, between or "", dataset)
    names = tuple(name.strip() for name in columns.split(",") if name.strip()) if columns else None
    kind: RowState | None = only.value if only else None
    form = Format.JSON if as_json else form
    most = limit if limit is not None or form is Format.PATCH else LIMIT
    view = View(stat=stat, columns=names, only=kind, sample=sample, offset=offset, limit=most, reason=reason, flag=flag)
    if where:
        from runtime.cli.condition import condition

        view = replace(view, where=condition(where, context.store, found))
    check_columns(found, view)
    if html:
        _write(found, view, html)
    elif form is Format.PATCH:
        _patch(context, found, view, full)
    else:
        _print(found, view, form)
    if exit_code and found:
        raise typer.Exit(1)


def _compare(context: Context, between: str, dataset: str | None) -> Diff:
    """`synth diff python_qa` means the dataset, when no ref is called so."""
    from runtime.diff import diff, parse_range

    if dataset is None and between and ".." not in between and _is_dataset(context, between):
        between, dataset = "", between
    if dataset is not None and ".." not in between and _is_ref(context, dataset):
        raise SynthError(_two_refs(between, dataset))
    left, dots, right = between.partition("..")
    third = "." if right.startswith(".") else ""
    refs = "".join((_ref(context, left), dots, third, _ref(context, right.removeprefix("."))))
    a, b = parse_range(context.store, refs, context.branch)
    return diff(context.store, a, b, dataset)


def _ref(context: Context, text: str) -> str:
    return context.ref(text) if text else ""


def _two_refs(a: str, b: str) -> Diagnostic:
    """E1031: where a dataset's name may stand, a ref does."""
    message = f"`{b}` is a version, and the second word names a dataset"
    return Diagnostic("E1031", message, help=f"two versions have two dots between them: `synth diff {a}..{b}`")


def _is_dataset(context: Context, name: str) -> bool:
    return not _is_ref(context, name) and name in _datasets(context)


def _is_ref(context: Context, name: str) -> bool:
    """Whether it names a version, and no dataset of this one."""
    try:
        context.store.resolve(context.ref(name))
    except SynthError:
        return False
    return name not in _datasets(context)


def _datasets(context: Context) -> tuple[str, ...]:
    from runtime.query.catalog import datasets

    head = context.store.head(context.branch)
    return () if head is None else datasets(context.store, head)


def _write(diff: Diff, view: View, file: str) -> None:
    from runtime.cli.files import write
    from runtime.diff import render_html

    write(file, "\n".join(render_html(diff, view)) + "\n")
    say(f"{file} is written")


def _patch(context: Context, diff: Diff, view: View, full: bool) -> None:
    from runtime.patch import patch_lines

    if view.stat:
        raise SynthError(
            Diagnostic("E1035", "a patch is made of rows, and `--stat` shows none", help="leave `--stat` out")
        )
    for line in patch_lines(context.store, diff, view, calls=full):
        say_raw(line)


def _print(diff: Diff, view: View, form: Format) -> None:
    """What another program reads is printed as it is: each rendering has made it harmless."""
    from runtime.diff import diff_json, render_html, render_markdown, render_text

    if form is Format.JSON:
        say_json(diff_json(diff, view))
    elif form is Format.TEXT:
        for line in render_text(diff, view, width=width(), colour=colour()):
            say(line)
    else:
        for line in render_markdown(diff, view) if form is Format.MARKDOWN else render_html(diff, view):
            say_raw(line)
