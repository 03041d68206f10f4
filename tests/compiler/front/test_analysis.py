"""The analysis API: files reached through imports, the caller's parameters, an editor's texts, messages."""

from __future__ import annotations

import os
import subprocess
import sys

from compiler.analysis import analyse
from compiler.catalog import MemoryCatalog
from compiler.model import Kind
from dsl import tree
from dsl.diagnostics import Diagnostic, SynthError, render
from dsl.source import Source
from tests.compiler.front.project import FILES, TABLES, check, codes

RING = {
    "a.synth": 'edition 1\nfrom "lib/b.synth" import b\nconst a = 1\n',
    "lib/b.synth": 'edition 1\nfrom "../c.synth" import c\nconst b = c\n',
    "c.synth": 'edition 1\nfrom "a.synth" import a\nconst c = a\n',
}


def test_a_cycle_of_imports_prints_its_path_once() -> None:
    found = [d for d in check(RING["a.synth"], "a.synth", files=RING).diagnostics if d.code == "E0205"]
    assert [note for d in found for note in d.notes] == ["the cycle: a.synth → lib/b.synth → c.synth → a.synth"]


def test_a_cycle_is_told_in_whichever_of_its_files_one_looks_at() -> None:
    for path, text in RING.items():
        found = next(d for d in check(text, path, files=RING).diagnostics if d.code == "E0205")
        assert found.span is not None and found.span.path == path


def test_imports_are_relative_to_the_file_that_imports() -> None:
    files = {"specs/lib.synth": "edition 1\nconst a = 1\n"}
    analysis = check('edition 1\nfrom "lib.synth" import a\nconst b = a\n', "specs/x.synth", files=files)
    assert analysis.diagnostics == ()
    assert list(analysis.model.files) == ["specs/lib.synth", "specs/x.synth"]


def test_a_mistake_in_an_imported_file_stands_in_that_file() -> None:
    files = {"lib.synth": "edition 1\nconst a = 1 + true\n"}
    (found,) = check('edition 1\nfrom "lib.synth" import a\nconst b = a + 1\n', files=files).diagnostics
    assert found.code == "E0302" and found.span is not None and found.span.path == "lib.synth"


def test_a_spec_that_is_not_there_is_a_message() -> None:
    analysis = analyse("gone.synth", MemoryCatalog())
    assert codes(analysis) == ["E0203"] and not analysis.ok


def test_a_chain_too_long_to_follow_is_a_message() -> None:
    chain = "".join(f"const c{i} = c{i + 1}\n" for i in range(2000))
    assert codes(check(f"edition 1\n{chain}const c2000 = 1\n")) == ["E0211"]
    files = {f"f{i}.synth": f'edition 1\nfrom "f{i + 1}.synth" import a\n' for i in range(2000)}
    assert codes(check('edition 1\nfrom "f0.synth" import a\nconst b = a\n', files=files)) == ["E0211"]


def test_a_file_that_cannot_be_read_is_a_message() -> None:
    class Unreadable(MemoryCatalog):
        def read_text(self, path: str) -> str | None:
            raise SynthError(Diagnostic("E0608", f"`{path}` is not UTF-8"))

        def read_source(self, path: str) -> Source | None:
            if path == "x.synth":
                raise SynthError(Diagnostic("E0107", f"`{path}` is not UTF-8"))
            return super().read_source(path)

    assert codes(analyse("x.synth", Unreadable())) == ["E0107"]
    files = {"y.synth": 'edition 1\nfrom "x.synth" import a\nconst b = file("rules.txt")\n'}
    assert codes(analyse("y.synth", Unreadable(files))) == ["E0608", "E0107"]


def test_parameters_are_overridden_and_checked() -> None:
    text = "edition 1\nparam n: int = 3\nconst double = n * 2\n"
    assert check(text).model.params == {"n": 3}
    analysis = check(text, n="5")
    values = {symbol.name: value for symbol, value in analysis.model.values.items()}
    assert analysis.model.params == {"n": 5} and values["double"] == 10
    assert codes(check(text, n='"five"')) == ["E0301"]
    assert codes(check(text, m="5")) == ["E0720"]


def test_a_parameter_can_make_a_criterion_impossible() -> None:
    text = 'edition 1\nparam hard: bool = true\ncriteria asks() {\n  "a proof" when hard\n}\n'
    assert codes(check(text)) == []
    assert codes(check(text, hard="false")) == ["E0422"]


def test_constants_read_files_through_the_catalogue() -> None:
    analysis = check('edition 1\nconst rules = lines("rules.txt")\nconst n = len(rules)\n')
    values = {symbol.name: value for symbol, value in analysis.model.values.items()}
    assert values == {"rules": ["Be brief.", "Be kind."], "n": 2}


def test_an_editors_text_stands_in_for_the_file() -> None:
    catalog = MemoryCatalog({**FILES, "x.synth": "edition 1\nconst a = b\n"}, TABLES)
    assert codes(analyse("x.synth", catalog)) == ["E0201"]
    assert codes(analyse("x.synth", catalog, texts={"x.synth": "edition 1\nconst a = 1\n"})) == []


def test_elements_and_aligned_members_are_told_apart_for_lowering() -> None:
    analysis = check(
        "edition 1\ndataset d {\n  each i in 1..3\n"
        '  gen drafts: str with writer times 3 """\n    Write.\n  """\n'
        '  gen notes: str with writer """\n    Note {{ draft }}\n  """ for draft in drafts\n'
        "  let good = drafts.where(words(it) > i and words(notes) > 2)\n  emit { good = good }\n}\n"
    )
    assert analysis.ok
    kinds = {
        node.name: symbol.kind
        for node, symbol in analysis.model.symbols.items()
        if isinstance(node, tree.Ref) and node.name in ("it", "notes", "i", "drafts")
    }
    assert kinds == {"it": Kind.ELEMENT, "notes": Kind.ALIGNED, "i": Kind.AXIS, "drafts": Kind.GEN}


def test_the_message_of_the_language_page() -> None:
    prompt = 'prompt ask(reader: Persona) """\n  You are {{ reader.rol }}.\n"""\n'
    analysis = check(f'edition 1\n{prompt}personas readers = jsonl("readers.jsonl")\n')
    assert render(analysis.diagnostics, analysis.source) == (
        "error[E0312]: `reader` has no field `rol`\n"
        "  --> spec.synth:3:21\n"
        "   |\n"
        ' 2 | prompt ask(reader: Persona) """\n'
        "   |            ------ declared here as Persona\n"
        " 3 |   You are {{ reader.rol }}.\n"
        "   |                     ^^^ did you mean `role`?\n"
        "   = fields of Persona: id, text, role, age\n"
        "   = help: synth explain E0312\n"
    )


def test_messages_do_not_depend_on_the_hash_seed() -> None:
    script = (
        "from tests.compiler.front.project import check\n"
        "from dsl.diagnostics import render\n"
        "a = check('edition 1\\nconst a = b + wrds(\"x\") + [1].jion()\\nrecord R {\\n  a: Strin\\n}\\n')\n"
        "print(render(a.diagnostics, a.source))\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    texts = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**environment, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(texts) == 1 and "E0201" in texts.pop()


def test_a_record_that_lost_a_field_sets_off_no_mistakes_where_it_is_used() -> None:
    text = """edition 1
record Page { id: str  text: str }
input pages: Page = jsonl("pages.jsonl")
dataset d {
  each page from pages
  let words = page.text
  emit { id = page.id, words = words }
}
"""
    assert codes(check(text)) == ["E0101"]
