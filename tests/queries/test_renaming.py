"""Renames: every use follows, nothing else does, and the rows stay. `«…»` are the places that must change."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.analysis import Analysis, analyse
from compiler.queries.edited import Edited
from compiler.queries.renaming import CHANGES, Renaming
from dsl.diagnostics import Diagnostic
from runtime.sources.catalog import ProjectCatalog
from tests.queries.marked import marked

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("[a-z]*/[a-z]*.synth"))

RENAMED = {
    "a record": "record «Pa$|ge» { id: str }\nrecord Book { pages: «Page»[] }\n",
    "an argument, at its uses and by name": '''
prompt ask(«to$|ne»: str) """
  In a {{ «tone» }} way {% if «tone» == "dry" %}, please{% endif %}
"""
dataset notes {
  each tone in ["dry", "warm"]
  let messages = ask(«tone» = tone)
  emit { messages = messages }
}
''',
    "a let, but no field and no column of that name": """
record Claim { best: str }
dataset notes {
  each take in 1..3
  gen claims: Claim[] with writer \"\"\"
    Claim.
  \"\"\"
  let «be$|st» = take + 1
  let named = claims.where(best == "a")
  emit { best = «best», named = named }
}
""",
    "a name that another file imports": """
--- shared.synth
param «n»: int = 3
--- main.synth
from "shared.synth" import «n»
const twice = «$|n» * 2
""",
    "a role that nothing declares": '''
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
''',
}


@pytest.mark.parametrize("spec", RENAMED.values(), ids=RENAMED)
def test_every_use_follows_and_nothing_else(spec: str) -> None:
    case = marked(spec)
    renaming = case.analyse().rename(*case.cursor, "another")
    assert isinstance(renaming, Renaming), renaming
    assert {edit.text for edit in renaming.edits} == {"another"}
    assert tuple(sorted(edit.span for edit in renaming.edits)) == case.places
    assert renaming.changes == ()


SALTED = {
    "without settings": ("with writer\n", 'with writer { salt = "note" }\n'),
    "behind samples": ("with writer times 3\n", 'with writer times 3 { salt = "note" }\n'),
    "on one line": ("with writer { top_k = 3 }\n", 'with writer { top_k = 3, salt = "note" }\n'),
    "with a comma": ("with writer { top_k = 3, }\n", 'with writer { top_k = 3, salt = "note", }\n'),
    "on lines": (
        "with writer {\n    top_k = 3  # few\n  }\n",
        'with writer {\n    top_k = 3  # few\n    salt = "note"\n  }\n',
    ),
    "which is there": ('with writer { salt = "old" }\n', 'with writer { salt = "old" }\n'),
}


@pytest.mark.parametrize(("before", "after"), SALTED.values(), ids=SALTED)
def test_a_gen_that_is_renamed_keeps_its_seeds_and_back_again_its_bytes(before: str, after: str) -> None:
    spec = f'prompt ask() """\n  Ask.\n"""\ndataset notes {{\n  each take in 1..3\n  gen no$|te: str = ask() {before}'
    case = marked(f"{spec}  emit {{ text = note }}\n}}\n")
    analysis = case.analyse()
    there = applied(analysis, analysis.rename(*case.cursor, "answer"))
    text = case.files["main.synth"]
    assert there["main.synth"] == text.replace("note:", "answer:").replace("= note", "= answer").replace(before, after)
    assert analysis.catalog is not None
    again = analyse("main.synth", analysis.catalog, texts=there)
    assert again.ok
    assert applied(again, again.rename("main.synth", case.cursor[1], "note")) == {"main.synth": text}


def applied(analysis: Analysis, renaming: Renaming | Diagnostic) -> dict[str, str]:
    assert isinstance(renaming, Renaming), renaming
    edited = Edited.of(renaming.edits)
    return {path: edited.text(path, analysis.model.sources[path].text) for path in edited.by_file}


REFUSED = {
    "a built-in function": ("E1201", 'const n = wor$|ds("a b")\n', "another"),
    "a keyword": ("E1201", "con$|st n = 3\n", "another"),
    "a name of the library": ("E1201", 'from "std/judges.synth" import help$|ful\n', "another"),
    "a path": ("E1201", 'from "std/jud$|ges.synth" import helpful\n', "another"),
    "to no name": ("E1202", "const $|n = 3\n", "two words"),
    "to a name of a digit": ("E1202", "const $|n = 3\n", "2n"),
    "to a name that is taken": ("E1203", "const $|n = 3\nconst m = 4\n", "m"),
    "to a built-in type": ("E1203", "record Pa$|ge { id: str }\n", "Persona"),
    "to a word that cannot stand there": ("E1203", "const $|n = 3\nconst m = n + 1\n", "null"),
    "to one that another file has": (
        "E1203",
        '--- shared.synth\nparam $|n: int = 3\n--- main.synth\nfrom "shared.synth" import n\nconst m = n\n',
        "m",
    ),
    "to a column that the file does not have": (
        "E1203",
        'record Page { id: str, te$|xt: str }\ninput pages: Page = jsonl("pages.jsonl") { key = id }\n',
        "body",
    ),
    "where a statement that cannot be read names it too": (
        "E1203",
        "param $|n: int = 3\nconst m = = n\n",
        "k",
    ),
    "to a name that a list's method would take for its own": (
        "E1203",
        """
record Claim { text: str }
dataset notes {
  each take in 1..3
  gen claims: Claim[] with writer \"\"\"
    Claim.
  \"\"\"
  let sm$|all = "a"
  let named = claims.where(text == small)
  emit { named = named }
}
""",
        "text",
    ),
}


@pytest.mark.parametrize(("code", "spec", "new"), REFUSED.values(), ids=REFUSED)
def test_a_rename_that_cannot_be_is_refused_with_the_reason(code: str, spec: str, new: str) -> None:
    case = marked(spec)
    found = case.analyse().rename(*case.cursor, new)
    assert isinstance(found, Diagnostic), found
    assert found.code == code
    assert found.span is not None and found.span.path == case.cursor[0]


def test_a_name_that_is_taken_is_refused_for_that() -> None:
    case = marked(
        "dataset d {\n  each take in 1..3\n  let o$|ne = take\n  let two = take\n  emit { one = one, two = two }\n}\n"
    )
    found = case.analyse().rename(*case.cursor, "two")
    assert isinstance(found, Diagnostic) and "E0202 in " in str(found.notes), found


def test_what_cannot_keep_the_rows_says_what_changes() -> None:
    for spec, what in (
        ("dataset notes {\n  each take in 1..3\n  draw $|x ~ int(1..9)\n  emit { x = x }\n}\n", "draw"),
        ("dataset not$|es {\n  each take in 1..3\n  emit { x = take }\n}\n", "dataset"),
        ("dataset notes {\n  each take in 1..3\n  emit { $|x = take }\n}\n", "column"),
        ("enum Mood { ca$|lm }\nrecord Page { mood: Mood }\n", "member"),
        ("record Page { mo$|od: str }\n", "field"),
        ("model wri$|ter { top_k = 2 }\ndataset d {\n  draw who ~ [writer]\n  emit { x = who }\n}\n", "drawn"),
    ):
        case = marked(spec)
        found = case.analyse().rename(*case.cursor, "another")
        assert isinstance(found, Renaming), found
        assert found.changes == (CHANGES[what],)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_renaming_there_and_back_leaves_every_byte_of_a_real_spec(spec: Path) -> None:
    """One name of each kind, which no other has."""
    catalog = ProjectCatalog(spec.parent)
    before = analyse(spec.name, catalog)
    text = before.model.sources[spec.name].text
    seen: set[str] = set()
    for use in before.index.of_file(spec.name):
        if not use.declares or use.subject.what in seen:
            continue
        seen.add(use.subject.what)
        renaming = before.rename(spec.name, use.span.start, "zz_renamed")
        if isinstance(renaming, Diagnostic):
            assert use.subject.what in ("field", "member", "column", "argument"), renaming
            continue
        there = applied(before, renaming)
        after = analyse(spec.name, catalog, texts=there)
        assert [found.code for found in after.diagnostics] == [found.code for found in before.diagnostics]
        moved = Edited.of(renaming.edits).moved(use.span)
        assert applied(after, after.rename(spec.name, moved.start, use.subject.name))[spec.name] == text, use
