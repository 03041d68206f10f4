"""A source of choices in; a history out: a list of steps that mean the same to any store.

Steps name commits by number, in the order in which they came to be (modulo how many there are), so that a history is
plain data: it can be printed, shrunk and done again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from runtime.store.names import BRANCH_NAME

Choose = Callable[[int], int]
"""Gives one of the numbers 0 … n-1."""

BRANCHES = ("main", "tone", "x-1", "_spare")
TAGS = ("v1", "v1.0-a", "tone")
PATHS = ("a", "b/x", "b/y", "b/x.y", "c/d/e/f", "c/d/g", "é ~%+&?#", "z")
TURNING = ("a/1", "c", "b")
"""Files that stand where other commits have folders, and the other way round."""
PREFIXES = ("", "b", "c/d/", "a", "nothing", "b/x")
CONTENTS = (b"", b"one", b"two\n", b"\x00\xff\r\n" * 2)
assert all(BRANCH_NAME.fullmatch(name) for name in BRANCHES)


@dataclass(frozen=True, slots=True)
class Write:
    """A commit: on the branch's head, on a commit it may not be at any more, or on none."""

    branch: str
    files: tuple[tuple[str, bytes | None], ...]
    expected: Literal["head", "none"] | int
    merged: int | None
    put: bool

    build: str = field(default="")


@dataclass(frozen=True, slots=True)
class Again:
    """The very request of an earlier commit, as one sends it whose answer was lost."""

    write: int


@dataclass(frozen=True, slots=True)
class Name:
    """A branch or a tag made, or a branch deleted."""

    what: Literal["create", "delete", "tag"]
    name: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """A question. What the arguments mean is in `World`."""

    what: Literal["get", "log", "base", "entries", "changed", "read", "resolve"]
    a: int
    b: int
    text: str = ""


Step = Write | Again | Name | Look
History = Sequence[Step]


def history(choose: Choose, longest: int = 16) -> list[Step]:
    """Commits are frequent at first and become rarer; every kind of step can come at any place."""
    return [_step(choose, number) for number in range(4 + choose(longest - 3))]


def seeded(seed: int, longest: int = 16) -> list[Step]:
    """The history of a number, the same on every machine."""
    return history(Random(seed).randrange, longest)


def _step(choose: Choose, number: int) -> Step:
    kind = 0 if number == 0 else choose(16)
    if kind < 7:
        return _write(choose, number)
    if kind < 8:
        return Again(choose(8))
    if kind < 11:
        return _name(choose)
    return _look(choose)


def _write(choose: Choose, number: int) -> Write:
    paths = PATHS if choose(4) else PATHS + TURNING
    files = {paths[choose(len(paths))]: _content(choose) for _ in range(choose(4))}
    expected = choose(8)
    return Write(
        branch=BRANCHES[choose(len(BRANCHES)) if choose(2) else 0],
        files=tuple((path, content) for path, content in files.items() if not _below(path, files)),
        expected="none" if expected == 0 else choose(12) if expected == 1 else "head",
        merged=None if choose(3) else choose(12),
        put=bool(choose(2)),
        build=f"b{number}",
    )


def _content(choose: Choose) -> bytes | None:
    chosen = choose(len(CONTENTS) + 2)
    return CONTENTS[chosen] if chosen < len(CONTENTS) else None


def _below(path: str, files: dict[str, bytes | None]) -> bool:
    """A file and one below it cannot be in one commit, whatever the store."""
    return any(path != other and path.startswith(f"{other}/") for other in files)


def _name(choose: Choose) -> Name:
    what = choose(3)
    if what == 2:
        return Name("tag", TAGS[choose(len(TAGS))], choose(12))
    return Name("create" if what else "delete", BRANCHES[choose(len(BRANCHES))], choose(12))


def _look(choose: Choose) -> Look:
    a, b = choose(12), choose(12)
    match choose(7):
        case 0:
            return Look("get", a, b)
        case 1:
            return Look("log", a, b % 4)
        case 2:
            return Look("base", a, b)
        case 3:
            return Look("entries", a, b, PREFIXES[choose(len(PREFIXES))])
        case 4:
            return Look("changed", a, b, PREFIXES[choose(len(PREFIXES))])
        case 5:
            return Look("read", a, b, (PATHS + TURNING)[choose(len(PATHS + TURNING))])
        case _:
            return Look("resolve", a, b, (*BRANCHES, *TAGS, "")[choose(len(BRANCHES) + len(TAGS) + 1)])
