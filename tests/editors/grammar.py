"""A spec in; its tree by the committed tree-sitter parser, compiled by this machine's C compiler, out."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from tree_sitter import Language, Node, Parser, Tree

GRAMMAR = Path(__file__).parents[2] / "editors" / "tree-sitter-synth"
needs_compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="not run: no C compiler (apt-get install gcc)")


@cache
def language() -> Language:
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "synth.so"
        compile_parser(library)
        found = ctypes.CDLL(str(library)).tree_sitter_synth
    found.restype = ctypes.c_void_p
    make = ctypes.pythonapi.PyCapsule_New
    make.restype, make.argtypes = ctypes.py_object, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
    return Language(make(found(), b"tree_sitter.Language", None))


def compile_parser(library: Path, *flags: str) -> None:
    source = GRAMMAR / "src"
    files = [str(source / "parser.c"), str(source / "scanner.c")]
    command = ["cc", "-shared", "-fPIC", "-O1", *flags, "-I", str(source), "-o", str(library), *files]
    subprocess.run(command, check=True, capture_output=True)


def parsed(text: str) -> Tree:
    return Parser(language()).parse(text.encode())


@dataclass(frozen=True, slots=True)
class Leaf:
    """A token of the tree. Offsets count characters, as the language's own do; `within` are the nodes around it."""

    kind: str
    start: int
    end: int
    named: bool
    within: tuple[str, ...]


def leaves(text: str) -> list[Leaf]:
    """What has no children; a template's text and the like are leaves, too."""
    place = _Characters(text)
    return [
        Leaf(node.type, place(node.start_byte), place(node.end_byte), node.is_named, within)
        for node, within in walk(parsed(text).root_node)
        if not node.children and node.end_byte > node.start_byte
    ]


def walk(node: Node, within: tuple[str, ...] = ()) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Nodes with those around them, in the order of the text."""
    waiting = [(node, within)]
    while waiting:
        here, around = waiting.pop()
        yield here, around
        waiting += [(child, (*around, here.type)) for child in reversed(here.children)]


class _Characters:
    """Bytes to characters."""

    def __init__(self, text: str) -> None:
        self.plain, self.bytes = text.isascii(), text.encode()

    def __call__(self, offset: int) -> int:
        return offset if self.plain else len(self.bytes[:offset].decode(errors="ignore"))
