"""The recordings as files: they say which server made them and how to make them again, and give nothing away."""

from __future__ import annotations

import re

from tests.engines.recorded import test_check, test_openai, test_sglang
from tests.engines.recorded.tapes import AGAIN, FOLDER, slug
from tests.store.wire.tape import read_tape

TAPES = sorted(FOLDER.rglob("*.jsonl.gz"))
PRIVATE = re.compile(
    r"authorization|bearer|cookie|sk-[a-z0-9]{8}|127\.0\.0\.1|localhost|(?<![a-z0-9_])/(home|tmp|root|work|users|var|mnt)/"
)
FIELDS = {"method", "target", "headers", "sent", "status", "answer", "text", "base64"}
LARGEST = 1_000_000
"""Bytes of all recordings together."""


def test_there_are_recordings_and_they_are_small() -> None:
    assert len(TAPES) > 30
    assert sum(file.stat().st_size for file in TAPES) < LARGEST


def test_a_recording_names_its_server_and_gives_nothing_away() -> None:
    for file in TAPES:
        header, *lines = read_tape(file)
        assert re.fullmatch(r"SGLang \d+\.\d+\.\d+\S*", header["server"]), file.name
        assert header["device"] and header["model"], file.name
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", header["recorded"]) and header["again"] == AGAIN, file.name
        for line in lines:
            found = PRIVATE.search(str(line).lower())
            assert found is None, f"{file.name}: {found} in {line['method']} {line['target']}"
            assert set(line) <= FIELDS


def test_no_recording_is_of_a_test_that_is_gone() -> None:
    classes = (
        test_check.TestRecordedCheck,
        test_openai.TestRecordedOpenAI,
        test_sglang.TestRecordedSglang,
        test_sglang.TestRecordedSglangEmbedder,
    )
    tests = {name for found in classes for name in dir(found) if name.startswith("test_")}
    known = tuple(slug(test) for test in tests)
    assert [file.name for file in TAPES if not file.name.startswith(known)] == []
