"""The outline of a file, as a tree of names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.queries.symbols import Outline
from tests.queries.marked import marked

SPEC = '''
enum Mood { calm, angry }
record Page { id: str, text: str? }
prompt ask(page: Page) """
  {{ page.text }}
"""
dataset notes {
  each take in 1..3
  gen note: str with writer """
    Write.
  """
  filter words(note) > 3
  loop i in 1..3 carry sum: int = 0 { let more = sum + i
    next sum = more }
  emit sft as pairs { messages = [user(note)] }
  audit share(kept) > 10%
}
test "it is kept" { expect kept }
'''

TREE = """
enum Mood
  member calm
  member angry
record Page
  field id: str
  field text: str?
prompt ask
  argument page: Page
dataset notes
  each take: int
  gen note: str
  filter words(note) > 3
  loop i
    let more: int
  emit pairs: sft
    column messages: Message[1]
  audit share(kept) > 10%
test it is kept
"""


def drawn(found: Iterable[Outline], indent: str = "") -> Iterator[str]:
    for item in found:
        yield f"{indent}{item.kind} {item.name}" + (f": {item.detail}" if item.detail else "")
        yield from drawn(item.children, indent + "  ")


def test_the_outline_names_what_a_file_declares() -> None:
    found = marked(SPEC).analyse().symbols("main.synth")
    text = "\n".join(drawn(found)).replace("enum Mood: Mood", "enum Mood")
    assert text == TREE.strip().replace("enum Mood: Mood", "enum Mood")


def test_names_lie_in_what_they_name() -> None:
    def check(items: Iterable[Outline]) -> None:
        for item in items:
            assert item.span.start <= item.name_span.start <= item.name_span.end <= item.span.end, item
            check(item.children)

    check(marked(SPEC).analyse().symbols("main.synth"))


def test_what_can_be_read_of_a_broken_file_is_in_its_outline() -> None:
    found = marked("enum Mood { calm }\nrecord Page { id str }\nconst n = = 3\nparam k: int = 3\n").analyse()
    names = [item.name for item in found.symbols("main.synth")]
    assert names[0] == "Mood" and names[-1] == "k"
