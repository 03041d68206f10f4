"""Values that calls were given in; the same with each long text as the name of a row of the dataset's `texts`, out.

A document that a thousand calls were given is kept once, and not in each of their rows. Texts are named by their own
digest, so two versions that hold the same one agree, and no merge can have a conflict about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from compiler.functions.plain import plain
from runtime.query.texts import NAME
from runtime.tables import schema as table
from runtime.tables.writer import TableWriter

if TYPE_CHECKING:
    import pyarrow as pa

LONG = 16_384
"""Characters. A shorter text costs less where it is used, for rows of one shard are compressed together."""
TEXTS = table.schema({"text": table.STR})


class Texts:
    """Writes each text once. What it remembers of one is its digest: 16 bytes for at least 16 KB that are stored."""

    def __init__(self, writer: TableWriter) -> None:
        self.writer = writer
        self._known: set[bytes] = set()

    def named_json(self, values: Sequence[Any]) -> pa.Array:
        """A column of JSON. Only what is long as JSON can hold a long text."""
        import pyarrow as pa

        from runtime.tables.values import json_text

        found = [None if value is None else json_text(value) for value in values]
        for index, (value, text) in enumerate(zip(values, found, strict=True)):
            if text is not None and len(text) >= LONG:
                found[index] = json_text(self.named(plain(value)))
        return pa.array(found, pa.string())

    def named(self, value: Any) -> Any:
        """Plain data with `{"$text": digest}` in place of long texts; the very same value where none is long."""
        if isinstance(value, str):
            return {NAME: self._keep(value)} if len(value) >= LONG else value
        if isinstance(value, dict):
            return {name: self.named(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.named(inner) for inner in value]
        return value

    def _keep(self, text: str) -> str:
        digest = blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()
        if digest not in self._known:
            self._known.add(digest)
            self.writer.add((digest.hex(),), {"text": str(text)})
        return digest.hex()
