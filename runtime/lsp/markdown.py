"""What a command printed in; the same as Markdown for an editor, and as data, out. Nothing of it acts as Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from runtime.lsp.processes import Done


def console(done: Done) -> tuple[str, Any]:
    return fenced((done.out + done.err).strip()), None


def preview(done: Done) -> tuple[str, Any]:
    """Each candidate with its prompts, answers and rows."""
    return _asked(done, _candidate, "\n\n")


def _asked(done: Done, tell: Callable[[Mapping[str, Any]], Iterator[str]], between: str) -> tuple[str, Any]:
    """A list of what was asked for; or the mistakes that a command with `--json` prints in its place."""
    try:
        data = json.loads(done.out)
    except ValueError:  # it was killed
        return console(done)
    if not isinstance(data, list):
        return fenced(done.err.strip()), data["diagnostics"]
    return between.join(part for one in data for part in tell(one)) + "\n", data


def _candidate(one: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {escaped(one['dataset'])} {escaped(one['key'])}: {escaped(one['end'])}"
    for call in one["calls"]:
        yield f"**{escaped(call['cell'])}**"
        yield fenced(call["prompt"].strip())
        yield fenced(call["answer"])
    for row in one["rows"]:
        yield "row"
        yield fenced(json.dumps(row, indent=2, ensure_ascii=False), "json")


def tests(done: Done) -> tuple[str, Any]:
    """A line for each test, and behind one that failed what it expected."""
    return _asked(done, _test, "\n")


def _test(one: Mapping[str, Any]) -> Iterator[str]:
    title = f"{one['dataset']}: {one['test']}" if one["test"] else one["spec"]
    yield f"* {'✓' if one['passed'] else '✗'} {escaped(title)}"
    for failure in one["failures"]:
        label = f" ({failure['label']})" if failure["label"] else ""
        yield f"  * {failure['code']}: {escaped(failure['message'] + label)}"
        yield from (f"    * {escaped(note)}" for note in failure["notes"])


def fenced(text: str, language: str = "text") -> str:
    """In a fence that nothing in the text closes."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|!&])", r"\\\1", str(text).replace("\n", " "))
