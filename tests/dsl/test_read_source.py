"""Reading a file: encodings, sizes, line ends, and everything that can be wrong with a path."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from dsl.dump import dump_tree
from dsl.parser import MAX_BYTES, parse, parse_expression, read_source

TEXT = 'edition 1\nprompt a(x: str) """\n  Hi {{ x }}\n  there\n"""\n'


def code_of(data: bytes | Path) -> str:
    with pytest.raises(SynthError) as caught:
        read_source(data, "specs/a.synth")
    [found] = caught.value.diagnostics
    assert "specs/a.synth" in found.message
    return found.code


def test_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    plain = parse(read_source(TEXT.encode()))
    windows = parse(read_source(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()))
    assert plain.diagnostics == windows.diagnostics == ()
    assert dump_tree(plain.file) == dump_tree(windows.file)


def test_windows_line_ends_in_an_editor_buffer_are_read_too() -> None:
    from dsl.source import Source

    parsed = parse(Source("a.synth", TEXT.replace("\n", "\r\n")))
    assert parsed.diagnostics == ()
    assert dump_tree(parsed.file) == dump_tree(parse(Source("a.synth", TEXT)).file)


def test_file_that_is_not_utf8_is_a_message_with_the_place() -> None:
    with pytest.raises(SynthError) as caught:
        read_source(b'edition 1\nconst a = "caf\xe9"\n', "specs/a.synth")
    [found] = caught.value.diagnostics
    assert found.code == "E0112"
    assert found.notes == ("the byte 0xe9 at line 2, byte 15 of that line",)


def test_utf16_is_recognised() -> None:
    with pytest.raises(SynthError) as caught:
        read_source("edition 1".encode("utf-16"), "a")
    assert "UTF-16" in caught.value.diagnostics[0].notes[0]


def test_file_of_ten_megabytes_is_a_message(tmp_path: Path) -> None:
    file = tmp_path / "big.synth"
    file.write_bytes(b"#" * 10_000_000)
    assert code_of(file) == "E0113"
    assert code_of(b"#" * (MAX_BYTES + 1)) == "E0113"


def test_missing_file_and_folder_are_messages(tmp_path: Path) -> None:
    assert code_of(tmp_path / "gone.synth") == "E0114"
    assert code_of(tmp_path) == "E0114"
    assert code_of(Path("a\0b")) == "E0114"


def test_empty_files_are_fine() -> None:
    for data in (b"", b"\n\n", b"# only a comment", b"\xef\xbb\xbf", b"## a doc for nothing"):
        assert parse(read_source(data)).diagnostics == ()


@pytest.mark.parametrize(
    "text,message",
    [
        ("a +", "expected a value, found the end"),
        ("", "expected a value, found the end"),
        ("f(1", "unclosed `(`"),
        ("f(1]", "expected `)` to close the `(`, found `]`"),
        ("a)", "nothing is open here for this `)` to close"),
        ("a = 1", "expected the end, found `=`"),
        ("'x'", "a text stands between double quotes"),
        ("(" * 5_000 + ")" * 5_000, "expected a value, found `)`"),
        ("not " * 5_000 + "a", "nested too deep"),
    ],
)
def test_expression_of_the_command_line_explains_its_mistake(text: str, message: str) -> None:
    with pytest.raises(SynthError) as caught:
        parse_expression(text, "--where")
    assert caught.value.diagnostics[0].message == message


def test_expression_of_the_command_line_may_span_lines() -> None:
    assert dump_tree(parse_expression("a ==\n  1  # one", "--where")).startswith("Binary")
