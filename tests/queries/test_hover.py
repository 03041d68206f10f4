"""What is told of a place: the cursor is `$|`, the answer stands beside it."""

from __future__ import annotations

import pytest

from compiler.queries import words
from dsl.grammar import keywords
from dsl.words import STATEMENTS
from tests.queries.marked import marked

SPEC = '''
## How a page feels.
enum Mood { calm, angry }
record Page {
  id: str
  ## All of it.
  text: str
}
input pages: Page = jsonl("pages.jsonl") { key = id }
param samples: int = 4
criteria asks(page: Page) {
  "one"  weight 3
  "two"  when len(page.text) > 9
}
## Asks about a page.
prompt ask(page: Page, tone: str = "dry") """
  @system
  You ask.
  @user
  In a {{ tone }} way, about {{ page.text | upper }}
"""
dataset notes {
  target = 3
  each page from pages
  each take in 1..samples
  draw mood ~ Mood
  draw asked ~ asks(page).pick(1)
  ## The question.
  gen drafts: str = ask(page, tone = mood) with writer times samples { temperature = 0.9, attempts = 2 }
  let best = drafts.first
  filter words(best) > 3
  emit sft { prompt = [user("a")], response = best }
}
'''

CASES = [
    ("Mo$|od { calm", "enum Mood { calm, angry }", "Mood", "How a page feels.", ()),
    ("page.te$|xt |", "text: str", "str", "All of it.", ()),
    ("asks(page).pick", None, None, None, None),
    ("jso$|nl(", 'jsonl("rows.jsonl")', None, "One JSON object a line.", ()),
    ("= as$|k(page, tone", 'prompt ask(page: Page, tone: str = "dry")', "Message[]", "Asks about a page.", None),
    ("tone = moo$|d)", "draw mood: Mood ~ Mood", "Mood", None, ("one of 2, drawn by the row's seed",)),
    ("each ta$|ke", "each take: int in 1..samples", "int", None, ("4 values",)),
    (
        "first\n  filter words(be$|st",
        "let best: str = drafts.first",
        "str",
        None,
        (),
    ),
    (
        "dra$|fts.first",
        "gen drafts: str = ask(page, tone = mood) with writer times samples",
        "str[4]",
        "The question.",
        ("4 samples", "asked at most 2 times"),
    ),
    ("tempera$|ture = 0.9", "temperature = 0.7", None, words.SETTINGS["temperature"].doc, ()),
    ("targ$|et = 3", "target = 5_000", None, words.SETTINGS["target"].doc, ()),
    ("emit sf$|t", words.EMITS["sft"].form, None, words.EMITS["sft"].doc, ()),
    ("ti$|mes samples", "times 4", None, words.KEYWORDS["times"].doc, ()),
    ("draw as$|ked", None, "str[]", None, None),
    ("~ as$|ks(page", "criteria asks(page: Page)", "criteria", None, None),
    ("par$|am samples", "param n: int = 3", None, words.KEYWORDS["param"].doc, ()),
    ("param sam$|ples", "param samples: int = 4", "int", None, ("value: 4",)),
    ("with wri$|ter", "model writer", None, None, None),
    ("@sys$|tem", "@system", None, words.MARKERS["system"].doc, ()),
]


@pytest.mark.parametrize(("at", "title", "kind", "doc", "facts"), CASES, ids=[case[0] for case in CASES])
def test_hover_tells(
    at: str, title: str | None, kind: str | None, doc: str | None, facts: tuple[str, ...] | None
) -> None:
    plain = at.replace("$|", "")
    assert SPEC.count(plain) == 1, plain
    case = marked(SPEC.replace(plain, at if "$|" in at else f"{at}$|"))
    found = case.analyse().hover(*case.cursor)
    assert found is not None
    shown = (found.title, found.type, found.doc, found.facts)
    wanted = (title, kind, doc, facts)
    kept = [(one, two) for one, two in zip(shown, wanted, strict=True) if two is not None]
    assert all(one == two for one, two in kept), shown
    assert found.span.start <= case.cursor[1] <= found.span.end


def test_a_criterias_weights_are_told() -> None:
    case = marked(SPEC.replace("~ asks(page)", "~ as$|ks(page)"))
    found = case.analyse().hover(*case.cursor)
    assert found is not None
    assert found.facts == ("“one”: weight 3 of 4", "“two”: weight 1 of 4, under its condition")


def test_a_function_shows_its_signature_its_doc_and_an_example() -> None:
    case = marked(SPEC.replace("filter words", "filter wor$|ds"))
    found = case.analyse().hover(*case.cursor)
    assert found is not None
    assert found.title.startswith("words(")
    assert found.doc and found.facts[0].startswith("Example: ")


def test_between_names_and_in_texts_there_is_nothing_to_tell() -> None:
    for at in ("You a$|sk.", "= 3\n $| each"):
        case = marked(SPEC.replace(at.replace("$|", ""), at))
        assert case.analyse().hover(*case.cursor) is None, at


def test_every_word_of_the_language_has_a_form_and_a_doc() -> None:
    assert set(keywords()) - set(words.KEYWORDS) == set()
    assert STATEMENTS - set(words.KEYWORDS) == set()


def test_every_setting_reader_and_kind_has_a_form_and_a_doc() -> None:
    from compiler.passes.types.settings import GEN, JUDGE, RUN
    from compiler.passes.types.sources import READER_SETTINGS
    from compiler.prelude import APART, DEDUP, EMITS, OVERLAP, READERS, SETTINGS, TOOLS, TYPES

    settings = {*GEN, *JUDGE, *RUN, *SETTINGS, *(name for block in READER_SETTINGS.values() for name in block)}
    assert settings - set(words.SETTINGS) == set()
    assert set(TOOLS) == set(words.TOOLS)
    assert set(READERS) == set(words.READERS)
    assert set(EMITS) == set(words.EMITS)
    assert {*DEDUP, *OVERLAP, *APART} == set(words.COMPARING)
    assert set(TYPES) - set(words.TYPES) == set()


BUILT_IN = '''
personas readers = jsonl("readers.jsonl") { key = id }
prompt ask(reader: Persona, messages: Message[]) """
  {{ reader.text }} {{ reader.role }}
  {% for message in messages %}{{ message.content }}{% endfor %}
"""
'''


@pytest.mark.parametrize(
    ("field", "kind", "doc"),
    [
        ("reader.text", "str", "Who the persona is"),
        ("reader.role", "str?", "The part that the persona plays"),
        ("message.content", "str", "What is said."),
    ],
)
def test_a_field_that_no_file_declares_has_its_type_and_a_doc(field: str, kind: str, doc: str) -> None:
    case = marked(BUILT_IN.replace(field, f"{field[:-1]}$|{field[-1]}"))
    found = case.analyse().hover(*case.cursor)
    assert found is not None and found.type == kind
    assert found.doc is not None and found.doc.startswith(doc)
    assert found.place is None
