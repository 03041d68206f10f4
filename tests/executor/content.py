"""A project in; every file of its branch's commit out: shards, manifests, the spec."""

from __future__ import annotations

from tests.acceptance.workshop import Workshop

Files = dict[str, bytes]


def content(work: Workshop) -> Files:
    head = work.head
    assert head is not None
    return {entry.path: work.store.read(head, entry.path) for entry in work.store.entries(head)}
