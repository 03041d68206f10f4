"""What Pygments colours of a spec: nothing lost, nothing taken for an error, words by their place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Error, Keyword, Name, Operator, String, _TokenType

from compiler.highlight import SynthLexer
from tests.docs.specs import blocks

ROOT = Path(__file__).parents[2]
SPECS = [
    file
    for folder in ("specs", "dsl/std", "tests", "runtime")
    for file in sorted((ROOT / folder).rglob("*.synth"))
    if file.is_file()
]
PAGES = [block.text for page in (ROOT / "docs").rglob("*.md") for block in blocks(page.read_text(encoding="utf-8"))]
PIECES = st.sampled_from(
    ['"""', "{{", "}}", "{%", "%}", "{#", '"', "\n", "  @user\n", "gen x: ", "…", "§", "\r\n", "a.b("]
)


def coloured(text: str) -> list[tuple[_TokenType, str]]:
    return [(kind, found) for _, kind, found in SynthLexer().get_tokens_unprocessed(text)]


def of(text: str, word: str) -> list[_TokenType]:
    return [kind for kind, found in coloured(text) if found == word]


def test_every_spec_is_coloured_whole_and_without_an_error() -> None:
    assert len(SPECS) > 50
    for text in [file.read_text(encoding="utf-8") for file in SPECS] + PAGES:
        found = coloured(text)
        assert "".join(part for _, part in found) == text
        assert [part for kind, part in found if kind is Error] == []


@given(st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=12).map("".join))
def test_any_text_at_all_is_kept_with_its_places(text: str) -> None:
    at = 0
    for place, _, part in SynthLexer().get_tokens_unprocessed(text):
        assert (place, part) == (at, text[at : at + len(part)]) and part
        at += len(part)
    assert at == len(text)


def test_a_word_is_a_keyword_where_the_language_has_it_and_a_name_elsewhere() -> None:
    assert of("dataset d {\n  each page from pages\n}", "from") == [Keyword]
    assert of("record R {\n  model: str\n}", "model") == [Name]
    assert of("model writer {\n  temperature = 0.7\n}", "model") == [Keyword.Declaration]
    assert of("emit { by = it.model }", "model") == [Name.Attribute]


def test_a_template_has_its_markers_holes_and_the_words_of_its_tags() -> None:
    text = 'prompt p(xs: str[]) """\n  @user\n  {% for x in xs %}{{ x.name | join(", ") }}{% endfor %}\n  @home\n"""\n'
    assert of(text, "  @user\n") == [Keyword.Namespace]
    assert of(text, "  @home\n") == [String]
    assert of(text, "for") == of(text, "endfor") == [Keyword]
    assert of(text, "in") == [Operator.Word]
    assert of(text, "name") == [Name.Attribute]


def test_pygments_finds_the_lexer_by_name_and_by_file() -> None:
    assert isinstance(get_lexer_by_name("synth"), SynthLexer)
    assert isinstance(get_lexer_for_filename("questions.synth"), SynthLexer)


@pytest.mark.parametrize("text", ['prompt p() """\n  never closed', 'gen x: str with w ""\n  a\n"""', '{{ "', "“no”"])
def test_what_is_broken_is_coloured_all_the_same(text: str) -> None:
    assert "".join(part for _, part in coloured(text)) == text
