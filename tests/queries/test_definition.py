"""From a name to where it is declared, for every kind of name: the cursor is `$|`, the answer `«…»`."""

from __future__ import annotations

import pytest

from dsl.source import Span
from tests.queries.marked import marked

CASES = {
    "a record's type": "record «Page» { id: str }\nrecord Book { pages: Pa$|ge[] }\n",
    "a field behind a dot": """
record Page { id: str, «text»: str }
input pages: Page = jsonl("pages.jsonl") { key = id }
dataset notes {
  each page from pages
  let long = len(page.te$|xt)
  emit { long = long }
}
""",
    "a field in a template's hole": '''
record Page { id: str, «text»: str }
prompt ask(page: Page) """
  About {{ page.te$|xt }}
"""
''',
    "a prompt's argument in its template": '''
prompt ask(«page»: str) """
  About {{ pa$|ge }}
"""
''',
    "a named argument of a prompt": '''
prompt ask(«tone»: str) """
  In a {{ tone }} tone
"""
dataset notes {
  each take in 1..3
  gen note: str = ask(to$|ne = "dry") with writer
  emit { note = note }
}
''',
    "an element of a template's for": '''
prompt ask(rows: str[]) """
  {% for «row» in rows %}{{ ro$|w }}{% endfor %}
"""
''',
    "an element of a gen's for": '''
dataset notes {
  each take in 1..3
  gen drafts: str with writer times 3 """
    Write.
  """
  gen better: str with writer """
    Improve {{ dra$|ft }}
  """ for «draft» in drafts
  emit { better = better }
}
''',
    "a field of the element, in a list's method": '''
record Claim { «text»: str }
dataset notes {
  each take in 1..3
  gen claims: Claim[] with writer """
    Claim.
  """
  let short = claims.where(len(te$|xt) < 9)
  emit { short = short }
}
''',
    "an element's own member of a list made for these elements": '''
dataset notes {
  each take in 1..3
  gen drafts: str with writer times 3 """
    Write.
  """
  gen «stars»: int with critic """
    Rate {{ draft }}
  """ for draft in drafts
  emit { best = drafts.best(by = sta$|rs) }
}
''',
    "an enum's member": """
enum Mood { «calm», angry }
dataset notes {
  each mood in Mood
  let well = mood == Mood.ca$|lm
  emit { well = well }
}
""",
    "a text that is an enum's member": """
enum Mood { «calm», angry }
dataset notes {
  each mood in Mood
  let well = mood == "ca$|lm"
  emit { well = well }
}
""",
    "a role": """
model «writer» { temperature = 1.0 }
dataset notes {
  each take in 1..3
  gen note: str with wri$|ter \"\"\"
    Write.
  \"\"\"
  emit { note = note }
}
""",
    "a pool of criteria": """
criteria «asks»(n: int) {
  "one"
  "two"
}
dataset notes {
  each take in 1..3
  draw asked ~ as$|ks(take).pick(1)
  emit { asked = asked }
}
""",
    "the gen that a retry runs again": """
dataset notes {
  each take in 1..3
  gen «note»: str with writer \"\"\"
    Write.
  \"\"\"
  require words(note) < 9 else retry 2 from no$|te
  emit { note = note }
}
""",
    "what a loop carries, behind next": """
dataset notes {
  each take in 1..3
  loop i in 1..3 carry «sum»: int = 0 { next su$|m = sum + i }
  emit { sum = sum }
}
""",
    "a column of another dataset": """
dataset notes {
  each take in 1..3
  emit { «number» = take }
}
dataset sums {
  each note from notes
  emit { twice = note.num$|ber * 2 }
}
""",
    "a column in an audit": """
dataset notes {
  each take in 1..3
  emit { «number» = take }
  audit mean(num$|ber) > 1
}
""",
    "a column of a named table in an audit": """
dataset notes {
  each take in 1..3
  emit as rest { «number» = take }
  audit mean(rest.num$|ber) > 1
}
""",
    "a part of a mix": """
dataset «notes» {
  each take in 1..3
  emit { number = take }
}
mix train { no$|tes: 100% }
""",
    "what a test mocks": '''
dataset notes {
  each take in 1..3
  gen «note»: str with writer """
    Write.
  """
  emit { note = note }
}
test "it" of notes { mock no$|te = "a" }
''',
    "a field of a value in a test": """
record Page { id: str, «text»: str }
input pages: Page = jsonl("pages.jsonl") { key = id }
dataset notes {
  each page from pages
  emit { text = page.text }
}
test "it" { given page = { id: "a", te$|xt: "b" } }
""",
    "the key of an input": 'record Page { «id»: str }\ninput pages: Page = jsonl("pages.jsonl") { key = i$|d }\n',
    "a parameter in an expression": "param «n»: int = 3\nconst twice = $|n * 2\n",
    "a name of another file": """
--- shared.synth
param «n»: int = 3
--- main.synth
from "shared.synth" import n
const twice = $|n * 2
""",
    "an imported name in its import": """
--- shared.synth
param «n»: int = 3
--- main.synth
from "shared.synth" import $|n
""",
    "a field declared in another file": '''
--- shared.synth
record Page { «text»: str }
--- main.synth
from "shared.synth" import Page
prompt ask(page: Page) """
  {{ page.te$|xt }}
"""
''',
    "a name between the mistakes of a half-typed file": """
param «n»: int = 3
const broken = = 4
const twice = $|n * 2
record Bro {
""",
}


@pytest.mark.parametrize("spec", CASES.values(), ids=CASES)
def test_a_name_leads_to_its_declaration_and_back(spec: str) -> None:
    case = marked(spec)
    analysis = case.analyse()
    (place,) = case.places
    assert analysis.definition(*case.cursor) == place
    uses = analysis.references(*case.cursor)
    assert place in uses
    assert any(use.path == case.cursor[0] and use.start <= case.cursor[1] <= use.end for use in uses)
    assert analysis.references(place.path, place.start) == uses
    without = analysis.references(*case.cursor, declaration=False)
    assert set(uses) - set(without) == {place}


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ('from "std/judges.synth" imp$|ort helpful\n', None),
        ('from "std/jud$|ges.synth" import helpful\n', "std/judges.synth"),
        ('const rules = lines("ru$|les.txt")\n', "rules.txt"),
        ('record Page { id: str }\ninput pages: Page = jsonl("pa$|ges.jsonl")\n', "pages.jsonl"),
    ],
)
def test_a_path_leads_to_its_file(spec: str, path: str | None) -> None:
    case = marked(spec)
    assert case.analyse().definition(*case.cursor) == (Span(path, 0, 0) if path else None)


def test_a_name_of_the_library_leads_into_the_library() -> None:
    case = marked('from "std/judges.synth" import help$|ful\n')
    analysis = case.analyse()
    place = analysis.definition(*case.cursor)
    assert place is not None
    source = analysis.source("std/judges.synth")
    assert source is not None and source.slice(place) == "helpful"


def test_what_is_built_in_is_declared_nowhere() -> None:
    case = marked('const n = wor$|ds("a b")\n')
    assert case.analyse().definition(*case.cursor) is None


def test_roles_that_nothing_declares_are_one_by_their_name() -> None:
    case = marked('''
dataset notes {
  each take in 1..3
  gen one: str with «wri$|ter» """
    Write.
  """
  gen two: str with «writer» """
    Write {{ one }}
  """
  emit { two = two }
}
''')
    analysis = case.analyse()
    assert analysis.definition(*case.cursor) is None
    assert analysis.references(*case.cursor) == case.places


def test_here_says_what_a_place_stands_in() -> None:
    case = marked('''
dataset notes {
  each take in 1..3
  gen note: str with writer """
    Write {{ ta$|ke }}
  """
  emit { note = note }
}
''')
    found = case.analyse().here(*case.cursor)
    assert found is not None and found.dataset is not None and found.statement is not None
    assert found.dataset.name.text == "notes"
    assert type(found.statement).__name__ == "Gen"
    assert found.symbol is not None and found.symbol.kind.value == "axis"
    assert str(found.type) == "int"
