"""An event in; its canonical bytes, its digest and its path in the log, out; and an event back from bytes.

The digest covers the signature too, so that neither can be changed or taken away alone. The signature covers all else,
the digest of the event before included: what was signed cannot be moved to another place of the log.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256

import orjson

from dsl.diagnostics import Diagnostic, SynthError
from runtime.review.model import KINDS, Event, Json, Kind
from runtime.tables.canonical import canonical_json

FOLDER = "pulls"
FORMAT = 1
_PATH = re.compile(rf"{FOLDER}/(\d+)/(\d+)-([0-9a-f]{{64}})\.json")
Sign = Callable[[bytes], str | None]
"""Bytes to an armored signature over them, or None where nothing is to be signed."""


def make(
    seq: int, before: str, pull: int, kind: Kind, by: str, seconds: float, data: Mapping[str, Json], sign: Sign | None
) -> tuple[Event, bytes]:
    """The event with the bytes that stand for it."""
    time = datetime.fromtimestamp(int(seconds * 1000) / 1000, UTC)
    body = _body(seq, before, pull, kind, by, time, data)
    signature = sign(canonical_json(body)) if sign else None
    written = canonical_json({**body, "signature": signature} if signature else body)
    return Event(seq, before, pull, kind, by, time, data, signature, sha256(written).hexdigest()), written


def signed_bytes(event: Event) -> bytes:
    """What the event's signature is over."""
    return canonical_json(
        _body(event.seq, event.before, event.pull, event.kind, event.by, event.time, dict(event.data))
    )


def _body(
    seq: int, before: str, pull: int, kind: Kind, by: str, time: datetime, data: Mapping[str, Json]
) -> dict[str, Json]:
    return {
        "format": FORMAT,
        "seq": seq,
        "before": before,
        "pull": pull,
        "kind": kind,
        "by": by,
        "time": time.isoformat(timespec="milliseconds"),
        "data": dict(data),
    }


def path_of(event: Event) -> str:
    return f"{FOLDER}/{event.pull}/{event.seq:08d}-{event.id}.json"


def parse_path(path: str) -> tuple[int, int, str] | None:
    """The pull request's number, the event's place in the log, and its id; None for a path that is no event's."""
    match = _PATH.fullmatch(path)
    return (int(match[1]), int(match[2]), match[3]) if match else None


def read(path: str, data: bytes) -> Event:
    """E1089 unless the bytes are those that the path names, of a form that this synth knows."""
    id_ = sha256(data).hexdigest()
    named = parse_path(path)
    if named is None or named[2] != id_:
        raise SynthError(damaged(f"`{path}` does not hold the event that its name says"))
    try:
        event = _event(orjson.loads(data), id_)
    except (ValueError, KeyError, TypeError):
        raise SynthError(damaged(f"`{path}` is not an event that this synth can read")) from None
    if (event.pull, event.seq) != named[:2]:
        raise SynthError(damaged(f"`{path}` holds the event of another place"))
    return event


def _event(found: Mapping[str, Json], id_: str) -> Event:
    if found["format"] != FORMAT or found["kind"] not in KINDS:
        raise ValueError(found["format"])
    time = datetime.fromisoformat(found["time"]).astimezone(UTC)
    return Event(
        int(found["seq"]),
        str(found["before"]),
        int(found["pull"]),
        found["kind"],
        str(found["by"]),
        time,
        dict(found["data"]),
        found.get("signature"),
        id_,
    )


def damaged(message: str) -> Diagnostic:
    return Diagnostic(
        "E1089",
        f"the log of reviews is damaged: {message}",
        help="`synth verify-history` checks all of it; a copy of the store has the branch `_synth_review`",
    )
