"""The decisions of one version in; each as it was taken, with the rows whose place it took, out; and back to rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from runtime.decisions.effect import sortable
from runtime.decisions.look import Local
from runtime.decisions.model import DECISIONS, Decision, Made, Recorded
from runtime.decisions.values import plain_row, row_json, row_of_json
from runtime.tables import layout
from runtime.tables.canonical import canonical_json, digest
from runtime.tables.keys import Key, decode_key, key_from_json, key_json
from runtime.tables.manifest import Manifest


def recorded(manifest: Manifest | None, local: Local) -> list[Recorded]:
    """All of a version, by table and key."""
    if manifest is None or manifest.decisions is None:
        return []
    from runtime.tables.shards import read_shard

    folder = layout.decisions_folder(manifest.dataset)
    return [
        _recorded(manifest, decode_key(row["_key"]), plain_row(DECISIONS, row))
        for shard in manifest.decisions.shards
        for row in read_shard(local(folder, shard)).to_pylist()
    ]


def stored_row(one: Recorded) -> dict[str, Any]:
    """Without a time: a table holds what a rerun makes again, and the commit says when."""
    decision = one.decision
    made = [{"table": row.table, "key": key_json(row.key), "row": row_json(row.row)} for row in one.generated]
    return {
        "of_table": decision.table,
        "row": decision.key,
        "verdict": decision.verdict,
        "seen": decision.seen,
        "values": dict(decision.values) or None,
        "generated": made or None,
        "who": decision.by,
        "note": decision.note,
    }


def _recorded(manifest: Manifest, key: Key, row: dict[str, Any]) -> Recorded:
    decision = Decision(
        row["of_table"], row["row"], row["seen"], row["verdict"], row["values"] or {}, row["who"], row["note"]
    )
    made = tuple(_made(manifest, one) for one in row["generated"] or ())
    return Recorded(decision, key[1:], made)


def _made(manifest: Manifest, found: dict[str, Any]) -> Made:
    """Its hash is worked out where it is needed."""
    table = manifest.tables.get(found["table"])
    row = row_of_json(table.schema if table else None, found["row"])
    return Made(found["table"], key_from_json(found["key"]), row, "")


def applied_digest(found: Iterable[Recorded]) -> str:
    """Of what a build applies: who accepted what makes no difference to it. Empty where there is nothing."""
    telling = sorted((one for one in found if one.decision.verdict != "accept"), key=lambda one: sortable(one.place))
    return digest(_parts(telling)) if telling else ""


def _parts(found: Sequence[Recorded]) -> list[bytes]:
    return [canonical_json([key_json(one.key), asdict(one.decision)]) for one in found]
