"""The three grammars mean the same: the parser's, the tree-sitter one, and TextMate's, on every spec there is."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dsl.grammar import keywords
from dsl.lexer import Lexer
from dsl.parser import parse_tokens, read_source
from dsl.source import Source
from dsl.template_pieces import Piece, Scanner, body_of
from dsl.tokens import Token
from tests.editors.grammar import Leaf, leaves, needs_compiler, parsed, walk
from tests.editors.test_vscode_agrees import FENCE, _tracked
from tests.editors.vscode import Scopes, at, needs_packages, scopes

pytestmark = [pytest.mark.editors, needs_compiler]

KINDS = {
    "STRING": {"string"},
    "INT": {"integer"},
    "NUMBER": {"number"},
    "QUANTITY": {"quantity"},
    "PERCENT": {"percent"},
    "COMMENT": {"comment", "doc_comment"},
    "DOC": {"doc_comment"},
}
SCOPES = {
    "template_text": r"string\.quoted\.triple",
    "string": r"string\.(?:quoted\.double|regexp)",
    "template_comment": r"comment\.block",
    "comment": "comment",
    "doc_comment": "comment",
    "marker": r"entity\.(?:name\.tag\.message|other\.attribute-name)|punctuation\.definition\.tag",
    **dict.fromkeys(("integer", "number", "quantity", "percent"), r"constant\.numeric|keyword\.other\.unit"),
}
"""What TextMate calls the leaves of the tree; a template's text is also in no hole and no tag."""


def specs() -> dict[str, str]:
    """The sound specs of the tree, and the sound examples of the documentation, by where they stand."""
    found = {str(path): read_source(path).text for path in _tracked("*.synth")}
    for page in _tracked("docs/*.md", "dsl/diagnostics/codes/*.md"):
        for number, block in enumerate(FENCE.findall(page.read_text(encoding="utf-8"))):
            found[f"{page}#{number}"] = block
    return {name: text for name, text in found.items() if not lexed(text)[1]}


def lexed(text: str) -> tuple[list[Token], bool]:
    """The parser's tokens, and whether it found a mistake."""
    source = Source("a.synth", text)
    lexer = Lexer(source)
    parsed = parse_tokens(source, lexer)
    return lexer.tokens, bool(parsed.diagnostics or parsed.file.broken)


@pytest.fixture(scope="module")
def sound() -> dict[str, str]:
    found = specs()
    assert len(found) > 200
    return found


def test_what_the_parser_reads_tree_sitter_reads(sound: dict[str, str]) -> None:
    assert [name for name, text in sound.items() if parsed(text).root_node.has_error] == []


def test_every_token_is_the_same_to_both(sound: dict[str, str]) -> None:
    assert [told for name, text in sound.items() for told in token_disagreements(name, text)] == []


def test_every_hole_tag_and_text_of_a_template_is_the_same_to_both(sound: dict[str, str]) -> None:
    assert [told for name, text in sound.items() for told in template_disagreements(name, text)] == []


def token_disagreements(name: str, text: str) -> Iterator[str]:
    tokens, _ = lexed(text)
    found = {leaf.start: leaf for leaf in leaves(text) if "template" not in leaf.within}
    for token in tokens:
        if token.type in ("_NL", "TEMPLATE"):
            continue
        leaf = found.get(token.start)
        if leaf is None or leaf.end != token.end or not _same(token, leaf):
            yield f"{name}: {token!r} at {token.start} is {leaf}"


def _same(token: Token, leaf: Leaf) -> bool:
    """A word is a keyword to the parser where it is a word of the grammar, not a name, to tree-sitter."""
    if token.word:
        return (leaf.kind in ("name", "type_name")) == (token.type == "NAME")
    return leaf.kind in KINDS.get(token.type, {leaf.kind})


def template_disagreements(name: str, text: str) -> Iterator[str]:
    ours = {(piece.kind, piece.start, piece.end) for piece in pieces(text) if piece.kind in ("hole", "tag", "comment")}
    theirs = {(kind, start, end) for kind, start, end in blocks(text)}
    yield from (f"{name}: {found} only here or there: {text[found[1] : found[2]]!r}" for found in sorted(ours ^ theirs))


def pieces(text: str) -> Iterator[Piece]:
    source = Source("a.synth", text)
    for token in lexed(text)[0]:
        if token.type == "TEMPLATE":
            yield from Scanner(source, *body_of(text, token.start + 3, token.end - 3)).scan().pieces


def blocks(text: str) -> Iterator[tuple[str, int, int]]:
    """Holes, tags and comments of the tree; what says `raw` counts as a comment."""
    raw, named = text.encode(), {"hole": "hole", "tag": "tag", "template_comment": "comment", "raw_tag": "comment"}
    for node, _ in walk(parsed(text).root_node):
        if node.type in named:
            start, end = (len(raw[:place].decode()) for place in (node.start_byte, node.end_byte))
            yield named[node.type], start, end


@needs_packages
def test_what_tree_sitter_takes_for_text_number_or_marker_textmate_does(sound: dict[str, str], tmp_path: Path) -> None:
    files = {tmp_path / f"{number}.synth": text for number, text in enumerate(sound.values())}
    for file, text in files.items():
        file.write_text(text, encoding="utf-8")
    found = scopes(files)
    assert [told for file, text in files.items() for told in textmate_disagreements(text, found[file])] == []


def textmate_disagreements(text: str, found: Scopes) -> Iterator[str]:
    for leaf in leaves(text):
        wanted = SCOPES.get(leaf.kind)
        places = [place for place in range(leaf.start, leaf.end) if not text[place].isspace()] if wanted else []
        for place in {*places[:1], *places[-1:]}:
            names = at(found, place)[1:]
            inside = any("meta.embedded" in name for name in names) and leaf.kind == "template_text"
            if inside or not any(re.match(str(wanted), name) for name in names or ("",)):
                yield f"{text[leaf.start : leaf.end][:40]!r}: {leaf.kind} is {names}"


def test_a_keyword_that_names_a_field_or_a_column_is_a_name() -> None:
    for word in sorted(keywords()):
        for shape in ("record R {{ {word}: str }}", "dataset d {{\n  emit {{ {word} = other.{word} }}\n}}"):
            text = shape.format(word=word) + "\n"
            assert lexed(text)[1] or list(token_disagreements(word, text)) == []


def test_damaged_specs_end_no_parse_and_lose_no_byte(sound: dict[str, str]) -> None:
    chance = random.Random(7)
    for _ in range(600):
        text = damaged(chance.choice(list(sound.values())), chance)
        tree = parsed(text)
        assert tree.root_node.end_byte <= len(text.encode())
        assert "\0" in text or not tree.root_node.has_error or lexed(text)[1]


def damaged(text: str, chance: random.Random) -> str:
    """Something is gone, twice there, or put where it has no business."""
    start = chance.randrange(len(text))
    end = min(len(text), start + chance.randrange(1, 40))
    new = chance.choice(
        ["", text[start:end] * 2, '"""', "{{", "%}", "}", "(", "\n", '"', "é", "\x00", "{% raw %}", "@user"]
    )
    return text[:start] + new + text[end:]
