"""What an unknown name was probably meant as: a name of another file, a text, a role."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.analysis import analyse
from compiler.catalog import MemoryCatalog, library_files
from dsl import tree
from dsl.diagnostics import Diagnostic
from dsl.diagnostics.fixing import mend
from dsl.source import Source

PATH = "specs/a.synth"
SHARED = "edition 1\n\nrecord Article {\n  id: str\n}\n"
OTHER = 'edition 1\n\nfrom "shared.synth" import Article\n\nprompt ask(a: Article) """\n  {{ a.id }}\n"""\n'


def found(source: Source) -> tuple[Diagnostic, ...]:
    files = {source.path: source.text, "specs/shared.synth": SHARED, "specs/other.synth": OTHER}
    return analyse(source.path, MemoryCatalog(files)).diagnostics


def errors(text: str) -> list[Diagnostic]:
    return [one for one in found(Source(PATH, text)) if one.severity.value == "error"]


def spec(statements: str, head: str = "", role: str = "writer") -> str:
    gen = f'  gen x: str with {role} """\n    Say {{{{ i }}}}.\n  """\n'
    return f"edition 1\n\n{head}dataset d {{\n  each i in 1..3\n{statements}{gen}  emit {{ x = x }}\n}}\n"


@pytest.mark.parametrize("written,meant", [("helpfull", "helpful"), ("repetitve", "repetitive")])
def test_a_name_near_one_of_the_library_is_proposed_with_its_file(written: str, meant: str) -> None:
    text = spec("").replace("  emit", f'  filter {written}("a", x)\n  emit')
    [error] = errors(text)
    assert error.label == f"did you mean `{meant}` of `std/judges.synth`?"
    mended = mend(Source(PATH, text), found).text
    assert f"filter {meant}(" in mended and f'from "std/judges.synth" import {meant}\n' in mended


def test_one_edit_of_an_editor_writes_the_name_and_its_import() -> None:
    [error] = errors(spec("").replace("  emit", "  filter repetitve(x)\n  emit"))
    [fix] = error.fixes
    texts = [edit.text for edit in fix.edits]
    assert fix.safe and texts == ["repetitive", '\nfrom "std/judges.synth" import repetitive\n']


def test_a_type_near_one_that_the_project_declares_is_proposed() -> None:
    head = 'from "other.synth" import ask\n\nprompt b(page: Artcle) """\n  {{ page.id }} {{ ask(page) }}\n"""\n\n'
    label = next(error.label for error in errors(spec("", head)) if error.code == "E0207")
    assert label == "did you mean `Article` of `shared.synth`?"


def test_a_name_that_is_seen_comes_before_one_that_is_not_as_near() -> None:
    head = 'judge helpfully(a: str) -> bool by critic """\n  {{ a }}?\n"""\n\n'
    [error] = errors(spec("", head).replace("  emit", "  filter helpfuly(x)\n  emit"))
    assert error.label == "did you mean `helpfully`?"


def test_a_name_that_another_file_declares_is_not_said_to_be_a_text() -> None:
    [error] = errors(spec("  draw q ~ [topics]\n", 'from "other.synth" import ask\n\n').replace("topics", "Article"))
    assert error.help is None and error.fixes[0].title == 'import `Article` from "shared.synth"'


def test_a_list_of_names_that_nobody_knows_may_be_of_texts_or_of_roles() -> None:
    helps = [error.help or "" for error in errors(spec("  draw who ~ [alice, bob]\n"))]
    assert ['"alice"' in helps[0], '"bob"' in helps[1]] == [True, True]
    assert all("`with who`" in one for one in helps)


def test_beside_a_declared_role_an_unknown_name_is_a_role() -> None:
    head = "model writer { temperature = 0.2 }\n\n"
    [error] = errors(spec("  draw who ~ [writer, gpt].pick(1)\n", head))
    assert '"gpt"' not in (error.help or "") and "`with who`" in (error.help or "")


def test_a_drawn_role_that_looks_misspelt_is_told() -> None:
    head = "model writer { temperature = 0.2 }\n\n"
    warned = found(Source(PATH, spec("  draw who ~ [wrter, other]\n", head, role="who")))
    assert [one.label for one in warned if one.code == "W0206"] == ["did you mean `writer`?"]


LIBRARY = [analyse(path, MemoryCatalog()).model.files[path] for path in library_files()]
CALLABLE = sorted(
    node.name.text for file in LIBRARY for node in file.declarations if isinstance(node, tree.Prompt | tree.Judge)
)


@given(st.sampled_from(CALLABLE), st.data())
def test_a_library_name_with_a_letter_doubled_leads_to_a_name_that_is_there(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    wrong = name[: at + 1] + name[at:]
    text = spec("").replace("  emit", f"  filter {wrong}(x)\n  emit")
    mended = mend(Source(PATH, text), found).text
    assert not [error for error in errors(mended) if error.code in ("E0201", "E0204")]
