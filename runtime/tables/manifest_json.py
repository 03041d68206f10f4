"""A manifest in, canonical JSON out; and back, with versions and digests checked (E1009, E1010)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import orjson

from dsl.diagnostics import Diagnostic, SynthError
from runtime.tables.canonical import canonical_json
from runtime.tables.keys import key_from_json, key_json
from runtime.tables.layout import check_format
from runtime.tables.manifest import (
    ColumnStats,
    Counts,
    Determinism,
    Fingerprints,
    InputDigest,
    KeyColumn,
    Manifest,
    Shard,
    StepRecord,
    TableManifest,
    table_root,
)
from runtime.tables.schema import schema_from_json, schema_json, type_from_json, type_json

Object = dict[str, Any]


def write_manifest(manifest: Manifest) -> bytes:
    """Canonical: equal manifests give equal bytes. `root` stands in it for readers in other languages."""
    return canonical_json(
        {
            "calls": _table_json(manifest.calls),
            "counts": asdict(manifest.counts),
            "dataset": manifest.dataset,
            "fingerprints": asdict(manifest.fingerprints),
            "format": manifest.format,
            "inputs": {name: asdict(found) for name, found in manifest.inputs.items()},
            "limit": manifest.limit,
            "key": [{"name": part.name, **type_json(part.type)} for part in manifest.key],
            "measures": dict(manifest.measures),
            "models": dict(manifest.models),
            "params": dict(manifest.params),
            "prompts": dict(manifest.prompts),
            "rejected": _table_json(manifest.rejected),
            "root": manifest.root,
            "sampling": {role: dict(settings) for role, settings in manifest.sampling.items()},
            "seed": manifest.seed,
            "steps": [asdict(step) for step in manifest.steps],
            "tables": {name: _table_json(table) for name, table in manifest.tables.items()},
            **_decided(manifest),
            **({} if manifest.texts is None else {"texts": _table_json(manifest.texts)}),
            **({"failed": list(manifest.failed)} if manifest.failed else {}),
            **({"patched": True} if manifest.patched else {}),
            **_told_again(manifest),
        }
    )


def _decided(manifest: Manifest) -> Object:
    """Only where people decided something: what nobody touched reads as it always did."""
    decisions = {} if manifest.decisions is None else {"decisions": _table_json(manifest.decisions)}
    return decisions | ({"applied": manifest.applied} if manifest.applied else {})


def _told_again(manifest: Manifest) -> Object:
    """Only where an engine was asked: what was written before this was counted reads as it always did."""
    counts = {role: asdict(found) for role, found in manifest.determinism.items()}
    return {"determinism": counts} if counts else {}


def read_manifest(data: bytes) -> Manifest:
    """E1009 for a newer format; E1010 when the bytes are no manifest, or its digests do not cover its contents."""
    try:
        value = orjson.loads(data)
    except ValueError as error:
        raise SynthError(_damaged("it is not JSON")) from error
    check_format(value.get("format") if isinstance(value, dict) else None, "the manifest")
    try:
        manifest = _manifest(value)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SynthError(_damaged(f"{type(error).__name__}: {error}")) from error
    if manifest.root != value.get("root"):
        raise SynthError(_damaged("its root digest does not match its tables"))
    return manifest


def _damaged(why: str) -> Diagnostic:
    return Diagnostic(code="E1010", message="the manifest of a dataset is damaged", notes=(why,))


def _manifest(value: Object) -> Manifest:
    return Manifest(
        dataset=value["dataset"],
        key=tuple(KeyColumn(part["name"], type_from_json(part)) for part in value["key"]),
        tables={name: _table(table) for name, table in value["tables"].items()},
        rejected=_optional_table(value["rejected"]),
        calls=_optional_table(value["calls"]),
        texts=_optional_table(value.get("texts")),
        decisions=_optional_table(value.get("decisions")),
        applied=value.get("applied", ""),
        failed=tuple(value.get("failed", ())),
        patched=value.get("patched", False),
        determinism={role: Determinism(**found) for role, found in value.get("determinism", {}).items()},
        counts=Counts(**value["counts"]),
        measures=value["measures"],
        fingerprints=Fingerprints(**value["fingerprints"]),
        models=value["models"],
        sampling=value["sampling"],
        seed=value["seed"],
        params=value["params"],
        inputs={name: InputDigest(**found) for name, found in value["inputs"].items()},
        prompts=value.get("prompts", {}),
        steps=tuple(StepRecord(**step) for step in value.get("steps", ())),
        limit=value.get("limit"),
        format=value["format"],
    )


def _table_json(table: TableManifest | None) -> Object | None:
    if table is None:
        return None
    return {
        "root": table.root,
        "rows": table.rows,
        "schema": schema_json(table.schema),
        "shards": [_shard_json(shard) for shard in table.shards],
        "stats": {name: _stats_json(stats) for name, stats in table.stats.items()},
        **({"atomic": True} if table.atomic else {}),
    }


def _optional_table(value: Object | None) -> TableManifest | None:
    return None if value is None else _table(value)


def _table(value: Object) -> TableManifest:
    shards = tuple(_shard(shard) for shard in value["shards"])
    table = TableManifest(
        schema=schema_from_json(value["schema"]),
        root=value["root"],
        rows=value["rows"],
        shards=shards,
        stats={name: _stats(stats) for name, stats in value["stats"].items()},
        atomic=value.get("atomic", False),
    )
    if table.root != table_root(table.schema, [shard.logical for shard in shards]):
        raise ValueError("a table's root digest does not match its shards")
    return table


def _shard_json(shard: Shard) -> Object:
    out = {
        "first": key_json(shard.first),
        "last": key_json(shard.last),
        "logical": shard.logical,
        "rows": shard.rows,
        "sha256": shard.sha256,
        "size": shard.size,
    }
    return out | ({"part": shard.part} if shard.part else {})


def _shard(value: Object) -> Shard:
    return Shard(**value | {"first": key_from_json(value["first"]), "last": key_from_json(value["last"])})


def _stats_json(stats: ColumnStats) -> Object:
    out: Object = {"nulls": stats.nulls}
    for name in ("low", "high", "mean"):
        if (number := getattr(stats, name)) is not None:
            out[name] = number
    if stats.categories is not None:
        out["categories"] = [list(pair) for pair in stats.categories]
    return out


def _stats(value: Mapping[str, Any]) -> ColumnStats:
    categories = value.get("categories")
    pairs = None if categories is None else tuple((name, count) for name, count in categories)
    return ColumnStats(value["nulls"], value.get("low"), value.get("high"), value.get("mean"), pairs)
