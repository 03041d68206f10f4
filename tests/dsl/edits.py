"""Random edits as an editor makes them: typing, deleting, moving lines, taking back."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

TYPED = (
    *(
        "{",
        "}",
        '"',
        '""',
        '"""',
        "(",
        ")",
        "[",
        "]",
        "\n",
        "\n\n",
        "  ",
        "=",
        " ~ ",
        "'",
        ".",
        "1..",
        "0",
        "a",
        "{{",
        "}}",
    ),
    *("# x", "## doc\n", "gen ", "each x in 1..3\n", "let y = 3\n", "emit { a = b }\n", "require x else retry 2\n"),
    *("{% if x %}", "@user\n", "param n: int = 3\n", "record R { a: str }\n", 'test "t" {\n', "dataset d {\n"),
    'prompt a(x: int) """\n  hi {{ x }}\n"""\n',
)


def edited(text: str, random: Random, number: int) -> Iterator[str]:
    """The text after each of so many edits, one made on the other; now and then one is taken back."""
    history = [text]
    for _ in range(number):
        text = _edit(text, random) if len(history) < 2 or random.random() < 0.85 else history[-2]
        history.append(text)
        yield text


def _edit(text: str, random: Random) -> str:
    at, chance = random.randrange(len(text) + 1), random.random()
    if chance < 0.5:
        return text[:at] + random.choice(TYPED) + text[at:]
    if chance < 0.8:
        return text[:at] + text[at + random.choice((1, 1, 1, 2, 5, 30, 200)) :]
    lines = text.split("\n")
    line = lines.pop(random.randrange(len(lines)))
    if chance < 0.9:
        lines.insert(random.randrange(len(lines) + 1), line)
    return "\n".join(lines)
