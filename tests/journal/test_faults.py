"""What goes wrong with the journal's file is told with a code, a reason and a way out, and never as a traceback."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.journal import Journal, database


async def answer() -> bytes:
    return b"answer"


def only_code(error: pytest.ExceptionInfo[SynthError]) -> str:
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.help
    return diagnostic.code


def test_a_file_that_is_no_database_is_called_damaged(tmp_path: Path) -> None:
    (tmp_path / database.FILE).write_bytes(b"not a database, " * 400)
    with pytest.raises(SynthError) as error:
        Journal.open(tmp_path)
    assert only_code(error) == "E0951"


def test_pages_that_were_written_over_are_called_damaged(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        journal.put_many((b"%016d" % n, b"value" * 50) for n in range(2_000))
    with (tmp_path / database.FILE).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096 * 20)
    with pytest.raises(SynthError) as error, Journal.open(tmp_path) as journal:
        journal.get_many(b"%016d" % n for n in range(2_000))
    assert only_code(error) == "E0951"


def test_a_journal_that_another_program_holds_is_called_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with Journal.open(tmp_path) as journal:
        other = sqlite3.connect(tmp_path / database.FILE, isolation_level=None)
        other.execute("begin immediate")
        with pytest.raises(SynthError) as error:
            asyncio.run(_ask(journal))
        assert only_code(error) == "E0952"
        with pytest.raises(SynthError) as error:
            journal.set_facts({"a": b"1"})
        assert only_code(error) == "E0952"
        other.execute("rollback")
        other.close()
        assert asyncio.run(_ask(journal)) == b"answer"


async def _ask(journal: Journal) -> bytes:
    return (await journal.get_or_run(b"k" * 16, answer)).value


def test_a_file_in_the_folder_s_place_is_said_to_be_unusable(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("")
    with pytest.raises(SynthError) as error:
        Journal.open(tmp_path / "journal")
    assert only_code(error) == "E0953"


def test_a_folder_in_the_file_s_place_is_said_to_be_unusable(tmp_path: Path) -> None:
    (tmp_path / database.FILE).mkdir()
    with pytest.raises(SynthError) as error:
        Journal.open(tmp_path)
    assert only_code(error) == "E0953"


def test_a_full_disk_stores_nothing_and_says_so(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        pages = journal._writer.call(lambda connection: connection.execute("pragma page_count").fetchone()[0])
        journal._writer.call(lambda connection: connection.execute(f"pragma max_page_count = {pages}"))
        with pytest.raises(SynthError) as error:
            asyncio.run(_ask_for_much(journal))
        assert only_code(error) == "E0953"
        assert journal.get(b"m" * 16) is None


async def _ask_for_much(journal: Journal) -> None:
    async def much() -> bytes:
        return b"x" * 1_000_000

    await journal.get_or_run(b"m" * 16, much)


def test_a_journal_of_a_newer_synth_is_left_alone(tmp_path: Path) -> None:
    Journal.open(tmp_path).close()
    connection = sqlite3.connect(tmp_path / database.FILE)
    connection.execute(f"pragma user_version = {database.VERSION + 1}")
    connection.close()
    with pytest.raises(SynthError) as error:
        Journal.open(tmp_path)
    assert only_code(error) == "E0954"


def test_a_value_that_is_no_bytes_fails_its_caller_and_not_the_journal(tmp_path: Path) -> None:
    async def wrong() -> bytes:
        return object()  # type: ignore[return-value]

    with Journal.open(tmp_path) as journal:
        with pytest.raises(TypeError, match="an effect gives bytes"):
            asyncio.run(_run(journal, wrong))
        assert asyncio.run(_ask(journal)) == b"answer"


async def _run(journal: Journal, effect: object) -> None:
    await journal.get_or_run(b"k" * 16, effect)  # type: ignore[arg-type]
