"""A commit in; the review policy that is recorded in it, out. It travels with the branch that it protects."""

from __future__ import annotations

from runtime.store.port import CommitId, Store

POLICY_PATH = "_synth/review.json"


def policy_bytes(store: Store, commit: CommitId | None) -> bytes | None:
    """The recorded policy as it is stored; None where there is none."""
    if commit is None or not any(entry.path == POLICY_PATH for entry in store.entries(commit, POLICY_PATH)):
        return None
    return store.read(commit, POLICY_PATH)
