"""What an engine raises reaches a user as a diagnostic, whatever command asked it and for whatever."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.mock.answers import GET, NOT_FOUND, POST, http
from runtime.cli import run
from tests.engines.threaded import listening, talking

SPEC = '''edition 1
prompt ask(item: int) """
  Say something about the number {{ item }}.
"""
dataset rows {
  each item in 1..3
  gen text: str = ask(item) with writer { max_tokens = 20 }
  emit { text = text }
}
'''
COMMANDS = (["build", "--branch", "made"], ["preview"], ["plan"], ["test"])


@contextmanager
def sglang(routes: dict[bytes, bytes]) -> Iterator[str]:
    """The URL of a server that answers as SGLang does, but on `routes`."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with talking(writer):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = await reader.readexactly(int(head.lower().rsplit(b"content-length: ", 1)[1]))
                path = head.split(b" ")[1]
                answer = routes.get(path) or (POST[path](body) if path in POST else GET.get(path, NOT_FOUND))
                writer.write(answer)

    with listening(handle) as url:
        yield url


def told(url: str, command: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    (folder / "synth.toml").write_text(
        f'[engines.far]\nkind = "sglang"\nurl = "{url}"\nretries = 1\n[profile.default]\nengine = "far"\n'
    )
    (folder / "rows.synth").write_text(SPEC)
    monkeypatch.chdir(folder)
    return run([command[0], "rows.synth", *command[1:]])


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command[0]))
@pytest.mark.parametrize(
    "routes",
    [
        {b"/detokenize": NOT_FOUND},
        {b"/tokenize": http({"tokens": 7})},
        {b"/tokenize": http([1, 2])},
        {b"/generate": http({"error": "out of luck"}, b"400 Bad Request")},
        {b"/generate": http([])},
    ],
    ids=["no /detokenize", "a number for tokens", "a list for an object", "refused", "no answer"],
)
def test_a_server_that_answers_otherwise_than_sglang_is_no_bug_of_synth(
    routes: dict[bytes, bytes],
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with sglang(routes) as url:
        code = told(url, command, tmp_path, monkeypatch)
    said = capsys.readouterr().err
    assert "bug" not in said and "Traceback" not in said
    assert code == 0 or (code == 2 and "error[E0" in said)


def test_a_build_says_which_route_of_which_engine_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with sglang({b"/detokenize": NOT_FOUND}) as url:
        assert told(url, ["build", "--branch", "made"], tmp_path, monkeypatch) == 2
    said = capsys.readouterr().err
    assert "error[E0905]: engine `far` refuses a request" in said and "/detokenize answered 404" in said
