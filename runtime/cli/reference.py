"""The verbs in; the command line's reference as Markdown, made from their own help, out."""

from __future__ import annotations

from typing import Any

import typer

from runtime.cli.app import VERBS, app

WIDTH = 80
HEAD = """# The command line

Made from each verb's own `--help`; change it there. What every verb keeps to:

* **Exit codes**: 0 done; 1 a gate failed, or a difference that was asked about (`fmt --check`, `diff --exit-code`);
  2 a mistake in the call, the spec or the environment; 130 stopped with Ctrl-C; 70 a bug of synth's own.
* **Streams**: what was asked for is on stdout, everything else on stderr. `--json` prints one JSON document and nothing
  else on stdout. Where a mistake is in the way, that document is `{"diagnostics": [...]}`, each with `code`,
  `severity`, `message`, `place`, `notes`, `help` and `fixes`; a call that the verb does not know is E1119. `check` and
  `lint` print such a list itself, and `test` has a spec's mistakes among the results.
* **Looks**: 80 columns; colour only on a terminal, and never where `NO_COLOR` is set.
* **Paths** are relative to the folder one stands in; messages print them relative to the project, which is the nearest
  folder with a `synth.toml`: `check`, `plan`, `preview`, `test` and `build` look from the spec upwards, and use that
  project's store and profiles; all other verbs look from the current folder.
* **Refs** are a branch, a tag, a commit's id or its beginning, each with `~n` behind it; `HEAD` is the current branch.
* A mistake has a code: `synth explain E0312` tells more.
"""


def reference() -> str:
    """The page, as `docs/cli.md` holds it."""
    group: Any = typer.main.get_command(app)
    root = group.make_context("synth", [], resilient_parsing=True, max_content_width=WIDTH, terminal_width=WIDTH)
    parts = [HEAD, "## synth\n", _fenced(group.get_help(root))]
    for verb in VERBS:
        command = group.get_command(root, verb.name)
        context = command.make_context(
            verb.name, [], parent=root, resilient_parsing=True, max_content_width=WIDTH, terminal_width=WIDTH
        )
        parts += [f"## synth {verb.name}\n", _fenced(command.get_help(context))]
        parts += _below(command, context)
    return "\n".join(parts)


def _below(group: Any, parent: Any) -> list[str]:
    """The verbs of a verb: `synth pr open`."""
    parts = []
    for name, command in getattr(group, "commands", {}).items():
        context = command.make_context(
            name, [], parent=parent, resilient_parsing=True, max_content_width=WIDTH, terminal_width=WIDTH
        )
        parts += [f"### synth {parent.info_name} {name}\n", _fenced(command.get_help(context))]
    return parts


def _fenced(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```\n"
