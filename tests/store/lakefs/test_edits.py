"""Changes on a flat map of paths have the effect that they have on git's trees."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runtime.store.git import trees
from runtime.store.git.objects import object_id
from runtime.store.lakefs.edits import edits, folders
from runtime.store.port import ObjectId

PATHS = st.lists(st.sampled_from(["a", "b", "a.b", "d"]), min_size=1, max_size=4).map("/".join)
IDS = st.sampled_from([object_id("blob", text) for text in (b"1", b"2", b"3")])


class Folders:
    """Git's trees in memory."""

    def __init__(self) -> None:
        self.held: dict[ObjectId, bytes] = {}

    def write(self, data: bytes) -> ObjectId:
        id_ = object_id("tree", data)
        self.held[id_] = data
        return id_

    def edited(self, base: ObjectId | None, changes: dict[str, ObjectId | None]) -> ObjectId | None:
        return trees.edit_tree(base, trees.edits_of(changes), self.held.__getitem__, self.write)

    def files(self, root: ObjectId | None) -> dict[str, ObjectId]:
        node = trees.find(root, "", self.held.__getitem__)
        return {path: found.id for path, found in trees.files(node, "", self.held.__getitem__)}


def compatible(paths: list[str]) -> bool:
    """None is a folder of another."""
    return not any(b.startswith(f"{a}/") for a in paths for b in paths)


@given(
    held=st.dictionaries(PATHS, IDS).filter(lambda held: compatible(list(held))),
    changes=st.dictionaries(PATHS, IDS | st.none()).filter(lambda changes: compatible(list(changes))),
)
def test_flat_edits_are_tree_edits(held: dict[str, ObjectId], changes: dict[str, ObjectId | None]) -> None:
    found = edits(held, changes)
    flat = {path: id_ for path, id_ in held.items() if path not in found.removals} | dict(found.writes)
    git = Folders()
    assert flat == git.files(git.edited(git.edited(None, dict(held)), changes))
    assert not set(found.removals) & set(found.writes)
    assert bool(found) == (flat != held)


@given(held=st.lists(PATHS), changed=st.lists(PATHS, min_size=1))
def test_what_is_looked_at_shows_all_above_and_below_a_change(held: list[str], changed: list[str]) -> None:
    listed, single = folders(changed)
    seen = {path for path in held if path in single or any(path == at or path.startswith(f"{at}/") for at in listed)}
    for change in changed:
        related = {path for path in held if path == change or path.startswith(f"{change}/")}
        related |= {path for path in held if change.startswith(f"{path}/")}
        assert related <= seen
