"""TextMate's patterns and the parser mean the same by every word, text, number, comment and template."""

from __future__ import annotations

import re
import subprocess
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from dsl.grammar import keywords
from dsl.lexer import Lexer
from dsl.parser import parse_tokens, read_source
from dsl.source import Source
from dsl.tokens import Token
from tests.editors.vscode import MISSING, ROOT, Scopes, installed, scopes

pytestmark = [pytest.mark.editors, pytest.mark.skipif(not installed(), reason=MISSING)]
KEYWORD = re.compile(r"keyword\.(?!operator)|keyword\.operator\.word|constant\.language")
KINDS = {
    "STRING": r"string\.(?:quoted\.double|regexp)",
    "TEMPLATE": r"string\.quoted\.triple",
    "COMMENT": "comment",
    "DOC": "comment",
    **dict.fromkeys(("INT", "NUMBER", "QUANTITY", "PERCENT"), r"constant\.numeric"),
}
FENCE = re.compile(r"^```synth\n(.*?)^```", re.MULTILINE | re.DOTALL)


def disagreements(path: Path, found: Scopes) -> Iterator[str]:
    source = read_source(path)
    lexer = Lexer(source)
    parse_tokens(source, lexer)
    starts = [start for start, _, _ in found]
    for token in lexer.tokens:
        names = found[bisect_right(starts, token.start) - 1][2]
        if not _same(token, names):
            yield f"{path.name}:{source.position(token.start).line}: {token!r} is {names[-1]}"


def _same(token: Token, names: tuple[str, ...]) -> bool:
    if token.word:
        return bool(KEYWORD.match(names[-1])) == (token.type != "NAME")
    kind = KINDS.get(token.type)
    return kind is None or any(re.match(kind, name) for name in names)


def _tracked(*patterns: str) -> list[Path]:
    done = subprocess.run(["git", "ls-files", *patterns], capture_output=True, text=True, check=True, cwd=ROOT)
    return [ROOT / line for line in done.stdout.splitlines() if (ROOT / line).is_file()]


def _all(found: Mapping[Path, Scopes]) -> list[str]:
    return [told for path, tokens in found.items() for told in disagreements(path, tokens)]


def test_on_every_spec_of_the_tree() -> None:
    found = scopes(_tracked("*.synth"))
    assert len(found) > 100
    assert _all(found) == []


def test_on_every_example_of_the_documentation_that_is_no_mistake(tmp_path: Path) -> None:
    examples = [block for page in _tracked("docs/*.md") for block in FENCE.findall(page.read_text(encoding="utf-8"))]
    files = [tmp_path / f"{number}.synth" for number in range(len(examples))]
    for file, example in zip(files, examples, strict=True):
        file.write_text(example, encoding="utf-8")
    sound = [file for file in files if not _mistakes(file)]
    assert len(sound) > 80
    assert _all(scopes(sound)) == []


def _mistakes(file: Path) -> bool:
    source = Source(file.name, file.read_text(encoding="utf-8"))
    return bool(parse_tokens(source, Lexer(source)).diagnostics)


@pytest.mark.parametrize("shape", ["record R {{ {word}: str }}", "record R {{\n  {word}: str = other.{word}\n}}"])
def test_a_keyword_that_names_a_field_is_a_name(shape: str, tmp_path: Path) -> None:
    assert _named(shape, tmp_path) == []


@pytest.mark.parametrize(
    "statement",
    [
        "emit {{ {word} = 1 }}",
        "emit {{\n    {word} = 1\n  }}",
        "let x = f(\n    {word} = 1)",
        "let x = {{ {word}: a.{word} }}",
    ],
)
def test_a_keyword_that_names_a_column_or_an_argument_is_a_name(statement: str, tmp_path: Path) -> None:
    assert _named(f"dataset d {{{{\n  {statement}\n}}}}", tmp_path) == []


def _named(shape: str, folder: Path) -> list[str]:
    """What the grammars disagree on where any of the keywords stands in the place of a name."""
    files = []
    for word in sorted(keywords()):
        file = folder / f"{word}.synth"
        file.write_text(shape.format(word=word) + "\n", encoding="utf-8")
        files += [] if _mistakes(file) else [file]
    assert len(files) > 50
    return _all(scopes(files))
