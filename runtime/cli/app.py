"""The verbs, in the groups in which `synth --help` shows them; each is imported only when it is called."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from dsl.diagnostics import nearest
from runtime.cli.coercion import lighten, lightened


@dataclass(frozen=True, slots=True)
class Verb:
    name: str
    group: str
    summary: str

    @property
    def module(self) -> str:
        return f"runtime.cli.{'test_specs' if self.name == 'test' else self.name.replace('-', '_')}"


WRITE, BUILD, VERSIONS, REVIEW, LOOK, HOUSE = "Write", "Build", "Versions", "Review", "Look", "House"

VERBS = (
    Verb("new", WRITE, "Start a project that builds at once."),
    Verb("check", WRITE, "Find every mistake in specs, with its place."),
    Verb("fmt", WRITE, "Lay specs out in the house style."),
    Verb("lint", WRITE, "Tell what a careful reviewer of a spec would."),
    Verb("explain", WRITE, "Explain a message's code."),
    Verb("lsp", WRITE, "Serve an editor, over stdin and stdout."),
    Verb("compile", WRITE, "Print what a spec becomes, pass by pass."),
    Verb("plan", BUILD, "Say what a build would run, before it does."),
    Verb("preview", BUILD, "Show a few rows, committed nowhere."),
    Verb("test", BUILD, "Run the specs' own tests."),
    Verb("judge", BUILD, "Test the judges on their gold cases."),
    Verb("build", BUILD, "Test, plan, run, audit: one commit."),
    Verb("log", VERSIONS, "Show the commits of a branch."),
    Verb("show", VERSIONS, "Show one commit."),
    Verb("branch", VERSIONS, "List, make or delete branches."),
    Verb("switch", VERSIONS, "Make another branch current."),
    Verb("tag", VERSIONS, "List tags, or name a commit."),
    Verb("diff", VERSIONS, "Show what changed between two versions, and why."),
    Verb("apply", VERSIONS, "Make the changes of a patch, as one commit."),
    Verb("merge", VERSIONS, "Merge another branch's rows into this one."),
    Verb("revert", VERSIONS, "Take back what one commit did."),
    Verb("decide", REVIEW, "Accept, reject or edit rows, for good."),
    Verb("decisions", REVIEW, "List what people decided about rows."),
    Verb("pr", REVIEW, "Propose rows, discuss, approve and merge them."),
    Verb("review", REVIEW, "Review pull requests in the browser."),
    Verb("verify-history", REVIEW, "Check that only what was approved was merged."),
    Verb("why", LOOK, "Say why a row is not there."),
    Verb("blame", LOOK, "Say what made a row or a cell."),
    Verb("sql", LOOK, "Query any dataset at any version."),
    Verb("engines", HOUSE, "List, check, start and stop engines."),
    Verb("fsck", HOUSE, "Read the whole store and say what is damaged."),
    Verb("gc", HOUSE, "Remove what no branch or tag leads to."),
    Verb("doctor", HOUSE, "Say what is there, what is wrong, and the mend."),
)
BY_NAME = {verb.name: verb for verb in VERBS}


class Verbs(TyperGroup):
    """Knows the verbs by name and imports the one that is called."""

    def get_params(self, ctx: Any) -> list[Any]:
        return lightened(super().get_params(ctx))

    def list_commands(self, ctx: Any) -> list[str]:
        return [verb.name for verb in VERBS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        verb = BY_NAME.get(cmd_name)
        if verb is None:
            return None
        module = import_module(verb.module)
        app = getattr(module, "app", None) or typer.Typer(add_completion=False, rich_markup_mode=None)
        if hasattr(module, "run"):
            app.command(verb.name)(module.run)
        command = typer.main.get_command(app)
        command.name = verb.name
        lighten(command, ctx)
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in BY_NAME:
            guess = nearest(args[0], list(BY_NAME))
            hint = f"Did you mean `{guess}`?" if guess else "`synth --help` lists them."
            ctx.fail(f"There is no verb `{args[0]}`. {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        for group in (WRITE, BUILD, VERSIONS, REVIEW, LOOK, HOUSE):
            with formatter.section(group):
                formatter.write_dl([(verb.name, verb.summary) for verb in VERBS if verb.group == group])


app = typer.Typer(cls=Verbs, add_completion=False, rich_markup_mode=None)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"synth {version('synth')}")
        raise typer.Exit


@app.callback()
def synth(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Datasets written, built, tested, diffed, reviewed and merged like code.

    Start here: `synth new DIR`, then `synth build` and `synth diff`.
    """
