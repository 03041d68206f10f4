"""What a person types for a commit, and what they are told when it is none."""

from __future__ import annotations

from pathlib import Path

from runtime.store.open import open_store
from runtime.store.typed import only
from tests.store.contract import fails, save


def test_the_stores_own_branches_are_not_told_to_who_mistypes_a_name(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    save(store, "_synth_review", {"a": b"1"})
    with fails("E1001") as caught:
        store.resolve("_synth_revew")
    (told,) = caught.value.diagnostics
    assert (told.notes, told.help) == (("the store has no commits yet",), "`synth build SPEC` makes the first")
    save(store, "main", {"a": b"1"})
    with fails("E1001") as caught:
        store.resolve("mian")
    assert caught.value.diagnostics[0].notes == ("there are: main",)


def test_a_prefix_is_one_commit_however_many_names_lead_to_it() -> None:
    assert only("ab", ["abc1", "abc1", "b"]) == "abc1" and only("c", ["abc1"]) is None
    with fails("E1006"):
        only("ab", ["abc1", "abc2"])
