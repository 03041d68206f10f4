"""Names of datasets, tables and digests in; the paths of a commit out. The only place that knows the layout."""

from __future__ import annotations

import json
from urllib.parse import quote, unquote

from dsl.diagnostics import Diagnostic, SynthError
from runtime.tables.canonical import canonical_json

FORMAT = 1
"""The version of the layout, of the manifest and of the shards, as one number."""

FORMAT_PATH = "_synth/format.json"
DATASETS = "datasets"


def format_bytes() -> bytes:
    """The content of `_synth/format.json`."""
    return canonical_json({"format": FORMAT})


def check_format(found: object, where: str) -> None:
    """E1009 when `where` (a file, for the message) was written by a newer synth; E1010 when it names no version."""
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise SynthError(Diagnostic(code="E1010", message=f"{where} names no format version"))
    if found > FORMAT:
        raise SynthError(
            Diagnostic(
                code="E1009",
                message=f"{where} has format {found}; this synth reads up to {FORMAT}",
                help="upgrade synth: the data was written by a newer version",
            )
        )


def read_format(data: bytes) -> None:
    """Checks the content of `_synth/format.json`."""
    try:
        found = json.loads(data)["format"]
    except (ValueError, KeyError, TypeError):
        found = None
    check_format(found, FORMAT_PATH)


def dataset_folder(dataset: str) -> str:
    return f"{DATASETS}/{_safe(dataset)}"


def manifest_path(dataset: str) -> str:
    """The only mutable path of a dataset, and therefore what two builds of it conflict on."""
    return f"{dataset_folder(dataset)}/manifest.json"


def table_folder(dataset: str, table: str) -> str:
    """Where the shards of an emit's table lie. A table `split by` a value is named `emit/value`."""
    return f"{dataset_folder(dataset)}/tables/{'/'.join(map(_safe, table.split('/', 1)))}/data"


def rejected_folder(dataset: str) -> str:
    return f"{dataset_folder(dataset)}/rejected"


def calls_folder(dataset: str) -> str:
    return f"{dataset_folder(dataset)}/calls"


def texts_folder(dataset: str) -> str:
    """Long texts that calls were given, each once: `calls` names them by their digest."""
    return f"{dataset_folder(dataset)}/texts"


def decisions_folder(dataset: str) -> str:
    return f"{dataset_folder(dataset)}/decisions"


def spec_folder(dataset: str, digest: str) -> str:
    return f"{dataset_folder(dataset)}/spec/{digest}"


def described(folder: str) -> str:
    """A folder of shards, or a file of a dataset, as a message names it."""
    _, dataset, part, *below = map(unquote, folder.split("/"))
    if part == "manifest.json":
        return f"dataset `{dataset}`"
    if part != "tables":
        return f"the `{part}` of dataset `{dataset}`"
    return f"table `{'/'.join(below[:-1])}` of dataset `{dataset}`"


def shard_path(folder: str, sha256: str) -> str:
    """The path of one shard in a table's folder, fanned out by the first byte of its digest."""
    return f"{folder}/{sha256[:2]}/{sha256}.parquet"


def _safe(part: str) -> str:
    """A path segment that every file system and object store takes: what is unusual becomes `%XX`."""
    quoted = quote(part, safe=" ")
    return quoted.replace(".", "%2E", 1) if quoted.startswith(".") else quoted
