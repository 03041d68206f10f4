"""A dataset's plan, inputs and engines in; the parts of its manifest that are known before it runs, out.

When they equal those of the version on the branch, there is nothing to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from compiler import plan
from compiler.constant import UNKNOWN, Evaluator
from compiler.types import Record
from runtime.build.inputs import Inputs
from runtime.build.program import Loaded
from runtime.build.schemas import column_type
from runtime.sources import Source
from runtime.tables import schema
from runtime.tables.manifest import Fingerprints, InputDigest, KeyColumn, Manifest, StepRecord


def before_running(
    loaded: Loaded,
    inputs: Inputs,
    models: Mapping[str, str],
    params: Mapping[str, object],
    limit: int | None,
    evaluator: Evaluator,
) -> Manifest:
    """A manifest without tables, counts and measures. Inputs' row counts are filled in when they have been read."""
    dataset = loaded.plan
    return Manifest(
        dataset=dataset.name,
        key=mixed_key(loaded.mix, inputs) if loaded.mix is not None else key_columns(dataset, inputs),
        tables={},
        fingerprints=Fingerprints(dataset.data, dataset.description, program_digest(loaded.text)),
        models=dict(sorted(models.items())),
        sampling={item.role: dict(item.settings) for item in dataset.models},
        seed=dataset.seed,
        params=dict(sorted(params.items())),
        inputs={name: InputDigest(digest, 0) for name, digest in sorted(inputs.content().items())},
        prompts={item.name: item.digest for item in dataset.prompts}
        | {item.name: item.digest for item in dataset.judges},
        steps=tuple(_step(step, evaluator) for step in dataset.all_steps()),
        limit=limit,
    )


def same_data(before: Manifest, now: Manifest) -> bool:
    """Whether `before` is what `now` would become: nothing that can change a row differs."""
    return (
        before.fingerprints.data == now.fingerprints.data
        and before.models == now.models
        and before.seed == now.seed
        and before.limit == now.limit
        and {n: i.digest for n, i in before.inputs.items()} == {n: i.digest for n, i in now.inputs.items()}
        and before.applied == now.applied
        and before.format == now.format
    )


def described_anew(before: Manifest, now: Manifest) -> Manifest:
    """`before`'s rows with `now`'s description."""
    return replace(before, fingerprints=now.fingerprints, steps=now.steps, prompts=now.prompts, params=now.params)


def program_digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def key_columns(dataset: plan.DatasetPlan, inputs: Inputs) -> tuple[KeyColumn, ...]:
    if dataset.key is not None:
        return tuple(KeyColumn(f"key_{place}", schema.STR) for place in range(1, len(dataset.key) + 1))
    return tuple(column for step in dataset.of(plan.Axis) for column in _parts(step, inputs))


def _parts(step: plan.Axis, inputs: Inputs) -> tuple[KeyColumn, ...]:
    """A row of another dataset brings all parts of its key: `author`, or `author_page`, `author_take`."""
    if step.source is None:
        return (KeyColumn(step.name, column_type(step.type)),)
    source = inputs.sources[step.source]
    return key_of_source(step.name, source)


def mixed_key(mix: plan.MixPlan, inputs: Inputs) -> tuple[KeyColumn, ...]:
    """The part's name and its rows' own key, which is called alike where all parts call it alike."""
    keys = {key_of_source("key", inputs.sources[part.name]) for part in mix.parts}
    if len(keys) == 1:
        return (KeyColumn("source", schema.STR), *keys.pop())
    longest = max(map(len, keys), default=0)
    return (KeyColumn("source", schema.STR), *(KeyColumn(f"key_{place + 1}", schema.STR) for place in range(longest)))


def key_of_source(name: str, source: Source) -> tuple[KeyColumn, ...]:
    table = source.table
    if table is None or source.key is not None:
        return (KeyColumn(name, _part_type(source)),)
    if len(table.key) == 1:
        return (KeyColumn(name, table.key[0].type),)
    return tuple(KeyColumn(f"{name}_{part.name}", part.type) for part in table.key)


def _part_type(source: Source) -> schema.Type:
    """A file's rows are known by its key column, or by their content's hash."""
    field = source.record.field(source.key) if isinstance(source.record, Record) and source.key else None
    return column_type(field.type) if field is not None else schema.STR


def _step(step: plan.Step, evaluator: Evaluator) -> StepRecord:
    settings: dict[str, Any] = {}
    for setting in getattr(step, "settings", ()):
        value = evaluator.evaluate(setting.value)
        settings[setting.name.text] = None if value is UNKNOWN else value
    return StepRecord(step.id, step.title, step.digest, step.closure, settings)
