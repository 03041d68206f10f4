"""Text in; a terminal or a pipe out. The one place that knows about colour, width, JSON and diagnostics on a screen."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

from dsl.diagnostics import Diagnostic, Severity, SourceOf, diagnostics_json, render, summary
from dsl.diagnostics.cells import visible

if TYPE_CHECKING:
    from runtime.build.progress import Progress


def colour(stream: TextIO | None = None) -> bool:
    """Colour only on a terminal, and never where NO_COLOR is set (https://no-color.org)."""
    return (stream or sys.stdout).isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width(limit: int = 80) -> int:
    return min(limit, shutil.get_terminal_size((limit, 24)).columns)


_COLOURS = re.compile(r"(\x1b\[[0-9;]*m)")


def say(text: str = "") -> None:
    """Text for people. What a model, a person or a file wrote may be in it: nothing in it acts on the terminal."""
    print(text if text.isprintable() else harmless(text))


def say_aside(text: str) -> None:
    """A word to who sits before the screen: on stderr, after all that was said so far."""
    sys.stdout.flush()
    print(signs(text), file=sys.stderr, flush=True)


def clear() -> None:
    """An empty screen, on a terminal; what a pipe has been told stays."""
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        sys.stdout.write("\x1b[2J\x1b[3J\x1b[H")


def say_raw(text: str) -> None:
    """Text for a program to read (a patch, a page): as it is."""
    sys.stdout.write(text + "\n")


def harmless(text: str) -> str:
    """Control and bidirectional characters as visible signs; line ends stay, and colours where they are wanted."""
    parts = _COLOURS.split(text)
    return "".join(part if at % 2 and colour() else signs(part) for at, part in enumerate(parts))


def signs(text: str) -> str:
    """The text with every control character as a sign: not even its colours are obeyed."""
    return "\n".join(visible(line)[0] for line in text.split("\n"))


def say_json(value: Any) -> None:
    """One JSON document, and nothing else, on stdout."""
    sys.stdout.write(json_text(value))


def json_text(value: Any) -> str:
    import orjson

    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode() + "\n"


def report(diagnostics: Iterable[Diagnostic], source_of: SourceOf, as_json: bool = False) -> bool:
    """Prints diagnostics to stderr (as JSON to stdout); True when one of them is an error."""
    found = sorted(diagnostics, key=lambda d: d.sort_key)
    if as_json:
        say_json(diagnostics_json(found, source_of))
    elif found:
        print(render(found, source_of, colour=colour(sys.stderr)), file=sys.stderr)
        print(summary(found), file=sys.stderr)
    return any(d.severity is Severity.ERROR for d in found)


STYLES = {"green": "32", "red": "31", "yellow": "33", "cyan": "36", "dim": "2", "bold": "1"}


def paint(text: str, style: str) -> str:
    """Coloured, on a terminal that wants it. Colours that the text itself brings are none."""
    text = text if text.isprintable() else signs(text)
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if colour() else text


def plural(number: int, noun: str) -> str:
    """`1 row`, `2,000 rows`, `0 entries`."""
    if number == 1:
        return f"1 {noun}"
    ending = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}es" if noun.endswith("ch") else f"{noun}s"
    return f"{number:,} {ending}"


def spent(progress: Progress) -> str:
    """`31 calls made, 12 reused, 4,310 tokens (83% of 3,900 prompt tokens cached)`"""
    made = f"{plural(progress.fresh, 'call')} made, {progress.reused:,} reused, {progress.tokens:,} tokens"
    if not progress.cached_tokens:
        return made
    return f"{made} ({100 * progress.cached:.0f}% of {progress.prompt_tokens:,} prompt tokens cached)"
