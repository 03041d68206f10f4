"""Tree objects in; files, differences and new trees out. Costs grow with what is looked at, not with the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from runtime.store.port import ObjectId

FILE, FOLDER = "100644", "40000"
ReadTree = Callable[[ObjectId], bytes]
WriteTree = Callable[[bytes], ObjectId]


@dataclass(frozen=True, slots=True)
class Node:
    """One name in a folder: a file (any mode but `FOLDER`) or a folder."""

    mode: str
    id: ObjectId

    @property
    def is_folder(self) -> bool:
        return self.mode == FOLDER


Folder = dict[str, Node]
Edits = dict[str, "Edits | ObjectId | None"]


def parse_tree(data: bytes) -> Folder:
    folder: Folder = {}
    at = 0
    while at < len(data):
        end = data.index(b"\0", at)
        mode, _, name = data[at:end].decode(errors="surrogateescape").partition(" ")
        folder[name] = Node(mode, ObjectId(data[end + 1 : end + 21].hex()))
        at = end + 21
    return folder


def format_tree(folder: Folder) -> bytes:
    """Git's order: names compare as bytes, a folder's as though it ended in a slash."""
    named = [(name.encode(errors="surrogateescape"), node) for name, node in folder.items()]
    named.sort(key=lambda pair: pair[0] + (b"/" if pair[1].is_folder else b""))
    return b"".join(b"%s %s\0%s" % (node.mode.encode(), name, bytes.fromhex(node.id)) for name, node in named)


def edits_of(changes: Mapping[str, ObjectId | None]) -> Edits:
    """Flat paths as nested folders. ValueError for a path that no tree can hold."""
    edits: Edits = {}
    for path, change in changes.items():
        *folders, name = _segments(path)
        level = edits
        for folder in folders:
            below = level.setdefault(folder, {})
            if not isinstance(below, dict):
                raise ValueError(f"{path!r}: `{folder}` is a file in the same commit")
            level = below
        if isinstance(level.get(name), dict):
            raise ValueError(f"{path!r} is a folder in the same commit")
        level[name] = change
    return edits


def _segments(path: str) -> list[str]:
    segments = path.split("/")
    if any(segment in ("", ".", "..", ".git") or "\0" in segment for segment in segments):
        raise ValueError(f"not a path of a commit: {path!r}")
    return segments


def edit_tree(base: ObjectId | None, edits: Edits, read: ReadTree, write: WriteTree) -> ObjectId | None:
    """The tree with the edits made, None when nothing is left in it. Folders without edits are not even read."""
    folder = {} if base is None else parse_tree(read(base))
    for name, edit in edits.items():
        found = folder.pop(name, None)
        if isinstance(edit, dict):
            below = edit_tree(found.id if found and found.is_folder else None, edit, read, write)
            if below is not None:
                folder[name] = Node(FOLDER, below)
            elif found and not found.is_folder:
                folder[name] = found  # what was removed below it was never there
        elif edit is not None:
            folder[name] = Node(FILE, edit)
    return write(format_tree(folder)) if folder else None


def find(root: ObjectId | None, path: str, read: ReadTree) -> Node | None:
    """The file or folder at `path`; the root for the empty path."""
    node = None if root is None else Node(FOLDER, root)
    for segment in filter(None, path.split("/")):
        if node is None or not node.is_folder:
            return None
        node = _parsed(read(node.id)).get(segment)
    return node


@lru_cache(maxsize=512)
def _parsed(data: bytes) -> Folder:
    """Never changed: a reader that asks for hundreds of files of one folder parses it once."""
    return parse_tree(data)


def files(node: Node | None, path: str, read: ReadTree) -> Iterator[tuple[str, Node]]:
    """All files at or below a node, by path."""
    if node is None:
        return
    if not node.is_folder:
        yield path, node
        return
    folder = parse_tree(read(node.id))
    for name in sorted(folder, key=lambda name: name + "/" if folder[name].is_folder else name):
        yield from files(folder[name], f"{path}/{name}" if path else name, read)


Difference = tuple[str, Node | None, Node | None]


def differences(a: Node | None, b: Node | None, path: str, read: ReadTree) -> Iterator[Difference]:
    """Files that differ, as (path, before, after). Equal ids are never opened."""
    if a == b:
        return
    if a and b and a.is_folder and b.is_folder:
        before, after = parse_tree(read(a.id)), parse_tree(read(b.id))
        for name in sorted(before.keys() | after.keys()):
            yield from differences(before.get(name), after.get(name), f"{path}/{name}" if path else name, read)
    elif a and b and not a.is_folder and not b.is_folder:
        yield path, a, b
    else:
        yield from ((at, node, None) for at, node in files(a, path, read))
        yield from ((at, None, node) for at, node in files(b, path, read))
