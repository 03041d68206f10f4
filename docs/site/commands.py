"""The verbs in; the pages of the command reference, made from what `--help` is made of, out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer

from docs.site.page import Page, fenced, table
from runtime.cli.app import VERBS, app
from runtime.cli.reference import HEAD

WIDTH = 80
EXAMPLE = "Example: "
_FLAG = re.compile(r"(?<![`\w-])--[a-z][a-z-]*")
EXITS = (
    ("0", "done"),
    ("1", "a gate failed, or there is a difference that was asked about"),
    ("2", "a mistake in the call, the spec or the environment"),
    ("130", "stopped with Ctrl-C"),
    ("70", "a bug of synth's own"),
)


def pages() -> Iterator[Page]:
    """The list of the verbs, and a page for each."""
    yield Page("cli.md", _index())
    group: Any = typer.main.get_command(app)
    root = _context(group, "synth", None)
    for verb in VERBS:
        command = group.get_command(root, verb.name)
        yield Page(f"commands/{verb.name}.md", _page(verb.name, command, _context(command, verb.name, root)))


def _index() -> str:
    groups = dict.fromkeys(verb.group for verb in VERBS)
    parts = [HEAD.replace("Made from each verb's own `--help`; change it there. What", "What")]
    for group in groups:
        rows = [(f"[synth {v.name}](commands/{v.name}.md)", v.summary) for v in VERBS if v.group == group]
        parts.append(f"## {group}\n\n{table(('command', ''), rows)}")
    return "\n".join(parts)


def _context(command: Any, name: str, parent: Any) -> Any:
    return command.make_context(
        name, [], parent=parent, resilient_parsing=True, max_content_width=WIDTH, terminal_width=WIDTH
    )


def _page(name: str, command: Any, context: Any) -> str:
    parts = [_described("#", f"synth {name}", command, context)]
    for below, found in getattr(command, "commands", {}).items():
        parts.append(_described("##", f"synth {name} {below}", found, _context(found, below, context)))
    rows = [(f"`{code}`", meaning) for code, meaning in EXITS]
    return "\n".join([*parts, "## Exit codes\n", table(("code", "meaning"), rows)])


def _described(level: str, title: str, command: Any, context: Any) -> str:
    """What the command does, how it is called, an example, and what it takes."""
    paragraphs = [" ".join(part.split()) for part in (command.help or "").split("\n\n")]
    example = next((part.removeprefix(EXAMPLE) for part in paragraphs if part.startswith(EXAMPLE)), "")
    prose = [f"{_code_safe(part)}\n" for part in paragraphs if part and not part.startswith(EXAMPLE)]
    usage = " ".join(command.get_usage(context).removeprefix("Usage: ").split())
    parts = [f"{level} {title}\n", *prose, fenced(usage)]
    parts += [f"**Example**\n\n{fenced(f'$ {example}', 'console')}"] if example else []
    below = [(f"`{name}`", found.get_short_help_str(200)) for name, found in getattr(command, "commands", {}).items()]
    parts += [table(("below it", ""), below)] if below else []
    return "\n".join([*parts, *_taken(command, context)])


def _code_safe(text: str) -> str:
    """A word such as `--json` in a help text is a word of the command line."""
    return _FLAG.sub(r"`\g<0>`", text)


def _taken(command: Any, context: Any) -> Iterator[str]:
    kinds: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None:
            name, said = record
            kinds[parameter.param_type_name].append((f"`{' '.join(name.split())}`", " ".join(said.split())))
    for kind, rows in kinds.items():
        if rows:
            yield table((kind, ""), rows)
