"""Rows and what a person decided about them in; one commit that keeps it and does it, out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from dsl.diagnostics import Diagnostic, SynthError
from runtime.cli.console import paint, say, say_json
from runtime.cli.context import Context
from runtime.cli.options import Branch, Json, Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runtime.decisions import Decision, Verdict
    from runtime.decisions.version import Version


def run(
    dataset: str = typer.Argument(help="A dataset.", metavar="DATASET", show_default=False),
    keys: list[str] = typer.Argument(help="Rows' keys; `-` reads them from stdin.", metavar="KEY", show_default=False),
    accept: bool = typer.Option(False, "--accept", help="The rows are right as they are."),
    reject: bool = typer.Option(False, "--reject", help="The rows go, and stay away."),
    edit: list[str] = typer.Option([], "--edit", metavar="COLUMN=VALUE", help="A new value; may be repeated."),
    withdraw: bool = typer.Option(False, "--withdraw", help="Take back what was decided about the rows."),
    table: str = typer.Option(None, "--table", metavar="NAME", help="Their table, where it is not the dataset's own."),
    note: str = typer.Option("", "--note", metavar="TEXT", help="Why."),
    branch: str | None = Branch,
    message: str | None = Message,
    as_json: bool = Json,
) -> None:
    """Decide about rows: accept, reject or edit them, for this build and the next.

    A rejected row stays rejected, and a target is met by another; an edit
    stays until its row changes.

    Example: synth decide python_qa break-1/2 --reject --note "off topic"
    """
    from runtime.decisions import decide
    from runtime.decisions.places import tables_of
    from runtime.review import whoami
    from runtime.review.gate import refuse_direct

    verdict = _verdict(accept, reject, edit, withdraw)
    context = Context.here()
    into = branch or context.branch
    refuse_direct(context.store, context.project.config, into, "decide on the branch that its pull request comes from")
    version = _version(context, into, dataset)
    tables = tables_of(version, _keys(keys), table)
    new = [] if verdict is None else _decisions(version, tables, verdict, edit, whoami(context.project), note)
    gone = [(name, key) for key, name in tables.items()] if withdraw else []
    made = decide(context.store, into, dataset, new, withdraw=gone, expected=version.commit, message=message)
    if as_json:
        say_json({"commit": made.id, "branch": into, "dataset": dataset, "keys": list(tables)})
    elif made.id == version.commit:
        say("nothing changes: it was decided just so already")
    else:
        say(f"{paint(made.id[:10], 'yellow')} {made.message}")


def _verdict(accept: bool, reject: bool, edit: Sequence[str], withdraw: bool) -> Verdict | None:
    """None to withdraw. E1109 unless it is one of the four."""
    if [accept, reject, bool(edit), withdraw].count(True) != 1:
        options = "`--accept`, `--reject`, `--edit column=value` or `--withdraw`"
        raise SynthError(
            Diagnostic("E1109", "what is decided about the rows is not clear", help=f"give one of {options}")
        )
    return "accept" if accept else "reject" if reject else "edit" if edit else None


def _keys(keys: Sequence[str]) -> list[str]:
    """From stdin as `synth sql --format csv` prints them: one with a quote, comma or line break in quotes."""
    import csv

    if list(keys) != ["-"]:
        return list(dict.fromkeys(keys))
    found = [",".join(row).removesuffix("\r") for row in csv.reader(sys.stdin)]
    if not any(found):
        raise typer.BadParameter("no key came from stdin")
    return list(dict.fromkeys(key for key in found if key))


def _version(context: Context, branch: str, dataset: str) -> Version:
    from runtime.decisions.version import Version

    return Version.at(context.store, context.store.head(branch) or context.store.resolve(branch), dataset)


def _decisions(
    version: Version, tables: Mapping[str, str], verdict: Verdict, edit: Sequence[str], by: str, note: str
) -> list[Decision]:
    from runtime.decisions import Decision
    from runtime.decisions.places import typed_values

    manifest = version.manifest
    values = {name: typed_values(name, manifest.tables[name].schema, edit) for name in set(tables.values())}
    return [Decision(name, key, "", verdict, values[name], by, note) for key, name in tables.items()]
