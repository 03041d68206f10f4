"""The lines of a file in; the patch they are, read as it is asked for, out. E1038 for what is none, or is cut off."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import orjson

from dsl.diagnostics import Diagnostic, SynthError
from runtime.patch.model import (
    FORMAT,
    KINDS,
    DatasetPatch,
    Outline,
    Part,
    PartPatch,
    Patch,
    Row,
    Shape,
)
from runtime.patch.values import row_from_json
from runtime.tables.keys import Key, encode_key, key_from_json
from runtime.tables.manifest_json import read_manifest
from runtime.tables.schema import Schema, schema_from_json

Object = Mapping[str, Any]
Lines = Iterable[bytes]


def read_patch(lines: Lines) -> Patch:
    """Read once, from the top: each part's rows before the next part."""
    reader = _Lines(lines)
    with reader.understood():
        head = reader.take()
        if not isinstance(head.get("synth_patch"), int):
            reader.fail("the file does not begin as a patch does", "`synth diff A..B --format patch` makes one")
        if head["synth_patch"] > FORMAT:
            reader.fail(f"the patch has format {head['synth_patch']}; this synth reads up to {FORMAT}", "upgrade synth")
        source, target = head["from"]["commit"], head["to"]["commit"]
        return Patch(source, str(target), bool(head["whole"]), bool(head["calls"]), _datasets(reader))


class _Lines:
    """The values of the lines, one ahead."""

    def __init__(self, lines: Lines) -> None:
        self._lines = enumerate(lines, start=1)
        self.number = self._taken = 0
        self.next: Object | None = None
        self._step()

    def _step(self) -> None:
        """Empty lines are passed over: mail programs add them."""
        for number, raw in self._lines:
            if raw.strip():
                self.number, self.next = number, self._parsed(number, raw)
                return
        self.next = None

    def _parsed(self, number: int, raw: bytes) -> Object:
        self.number = number
        try:
            value = orjson.loads(raw)
        except ValueError:
            self.fail("the line is no JSON")
        if not isinstance(value, dict):
            self.fail("the line is no JSON object")
        return value

    def take(self) -> Object:
        """The line that comes next."""
        found = self.next
        if found is None:
            self.fail("the patch ends before its last line", "fetch it again: a part of it is missing")
        self._taken += 1
        self._step()
        return found

    def end(self) -> None:
        """The last line counts those before it, so that a patch that was cut off is none."""
        if self.take().get("end") != self._taken - 1 or self.next is not None:
            self.fail("it has fewer or more lines than its last one says", "fetch it again")

    def at(self, *names: str) -> bool:
        """Whether a line of one of these kinds comes next."""
        return self.next is not None and any(name in self.next for name in names)

    def fail(self, why: str, mend: str | None = None) -> NoReturn:
        raise SynthError(Diagnostic("E1038", f"this is no patch: {why}", notes=(f"line {self.number:,}",), help=mend))

    @contextmanager
    def understood(self) -> Iterator[None]:
        """What has another shape than a patch's lines have is a mistake in the file."""
        try:
            yield
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            self.fail(f"{type(error).__name__}: {str(error)[:200]}")
        except SynthError as error:
            if all(found.code == "E1038" for found in error.diagnostics):
                raise
            self.fail(error.diagnostics[0].message)


def _datasets(lines: _Lines) -> Iterator[DatasetPatch]:
    while not lines.at("end"):
        with lines.understood():
            value = lines.take()
            before, after = _outline(value["before"]), _outline(value["after"])
            name = str(value["dataset"])
            files = _files(lines) if value["spec"] else None
        yield DatasetPatch(name, before, after, files, _parts(lines))
        if not lines.at("end", "dataset"):
            lines.fail("a line stands where it means nothing")
    lines.end()


def _outline(value: Object | None) -> Outline | None:
    if value is None:
        return None
    parts = {Part(_kind(kind), str(name)): str(root) for kind, name, root in value["parts"]}
    return Outline(str(value["root"]), read_manifest(orjson.dumps(value["manifest"])), parts)


def _kind(text: object) -> Any:
    if text not in KINDS:
        raise ValueError(f"no kind of table: {text!r:.40}")
    return text


def _files(lines: _Lines) -> dict[str, bytes]:
    found = {}
    while lines.at("file"):
        value = lines.take()
        path = value["file"]
        if any(part in ("", ".", "..", ".git") or "\0" in part for part in path.split("/")) or path.count("/") < 1:
            lines.fail(f"`{path:.80}` cannot be the path of a spec")
        found[path] = value["text"].encode() if "text" in value else base64.b64decode(value["base64"], validate=True)
    return found


def _parts(lines: _Lines) -> Iterator[PartPatch]:
    while lines.at("part"):
        with lines.understood():
            value = lines.take()
            part = Part(_kind(value["part"]), str(value["table"]))
            before, after = _shape(value["before"]), _shape(value["after"])
        rows = _rows(lines, (after or before or Shape("", Schema(()))).schema)
        yield PartPatch(part, before, after, rows)
        for _ in rows:
            pass


def _shape(value: Object | None) -> Shape | None:
    if value is None:
        return None
    return Shape(str(value["root"]), schema_from_json(value["schema"]), bool(value.get("atomic", False)))


def _rows(lines: _Lines, schema: Schema) -> Iterator[Row]:
    last = b""
    while lines.at("+", "-", "~"):
        with lines.understood():
            number = lines.number
            row = _row(lines.take(), schema, number)
            encoded = encode_key(row.key)
            if encoded <= last:
                lines.fail("rows do not stand in the order of their keys")
            last = encoded
        yield row


def _row(value: Object, schema: Schema, number: int) -> Row:
    if "+" in value:
        return Row("+", _key(value["+"]), None, row_from_json(value["row"], schema), number)
    if "-" in value:
        return Row("-", _key(value["-"]), _hash(value["was"]), {}, number)
    return Row("~", _key(value["~"]), _hash(value["was"]), row_from_json(value["cells"], schema), number)


def _key(value: Any) -> Key:
    if not isinstance(value, list) or not value or not all(isinstance(part, str | int | float) for part in value):
        raise ValueError("a key is a list of values")
    return key_from_json(value)


def _hash(value: Any) -> str:
    return bytes.fromhex(value).hex()
