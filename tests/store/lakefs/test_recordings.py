"""The recordings as files: they say which server made them and how to make them again, and give nothing away."""

from __future__ import annotations

import re

from tests.store.lakefs.recorded import FOLDER
from tests.store.wire.tape import AGAIN, read_tape

TAPES = sorted(FOLDER.glob("*.jsonl.gz"))
PRIVATE = re.compile(
    r"authorization|cookie|akia|127\.0\.0\.1|localhost|local:///|/(home|tmp|root|work|var|data/block)/"
)
FIELDS = {"method", "target", "headers", "sent", "status", "answer", "text", "base64"}


def test_there_are_recordings() -> None:
    assert len(TAPES) > 30


def test_a_recording_names_its_server_and_gives_nothing_away() -> None:
    for file in TAPES:
        header, *lines = read_tape(file)
        assert re.fullmatch(r"lakeFS \d+\.\d+\.\d+", header["server"]), file.name
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", header["recorded"]) and header["again"] == AGAIN, file.name
        for line in lines:
            found = PRIVATE.search(str(line).lower())
            assert found is None, f"{file.name}: {found} in {line['method']} {line['target']}"
            assert set(line) <= FIELDS
