"""What a test gives stands in the place of what it replaces: for every kind of source, and with every mistake told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from compiler.analysis import analyse
from compiler.catalog import MemoryCatalog
from dsl.diagnostics import Diagnostic
from runtime.build.session import Session
from runtime.build.suite import Suite
from runtime.config.project import Project
from runtime.engines.deterministic import DeterministicEngine
from runtime.sources.catalog import ProjectCatalog

SPEC = '''edition 1

record Page {
  id: str
  text: str
  lang: str = "en"
  topic: str?
}

record Long {
  id: str
  text: str where words(text) > 90
}

param most: int = 3
param folder: str = "pages.jsonl"

input pages: Page = jsonl(folder) { key = id }
input none: Long = jsonl(folder) { key = id }
personas readers = jsonl("readers.jsonl") { key = id }

dataset answers {
  each page from pages
  gen text: str with writer """
    {{ page.text }}
  """
  emit { id = page.id, text = text }
}

personas writers = answers

dataset notes {
  target = most
  each page from pages
  each take in 1..2
  draw tone ~ ["dry", "warm"]
  draw reader ~ readers
  draw shots ~ pages.pick(0..2)
  draw author ~ writers
  let lang = page.lang
  let topic = page.topic
  gen note: str with writer """
    {{ tone }} {{ take }} {{ author }} {{ reader }} {{ page.text }} {{ lang }} {% if most > 3 %}long{% endif %}
  """
  emit { note = note, lang = lang, topic = topic, shots = shots.count }
}

dataset empty {
  each page from none
  gen note: str with writer """
    {{ page.text }}
  """
  emit { note = note }
}
'''
WRITERS = '  given writers = [{ id: "w", text: "a clerk" }]\n  mock note = "x"\n'


def found(root: Path, body: str, dataset: str = "notes", **files: str) -> tuple[Diagnostic, ...]:
    """The failures of one test, or the mistakes in its spec."""
    pages = '{"id": "a", "text": "Loops end."}\n{"id": "b", "text": "Sets hold."}\n'
    given = {"pages.jsonl": pages, "readers.jsonl": '{"id": "r", "text": "a child"}\n', **files}
    for name, text in given.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    (root / "spec.synth").write_text(f'{SPEC}\ntest "t" of {dataset} {{\n{body}\n}}\n')
    project = Project.find(root)
    with Session(project, project.config.profile(), DeterministicEngine()) as session:
        analysis = analyse("spec.synth", ProjectCatalog(root, session.facts), upto="lower")
        if not analysis.ok:
            return analysis.errors
        results: list[Any] = []
        Suite(analysis, session, "main").run(lambda title: True, results.append)
    return tuple(one for result in results for one in result.failures)


@pytest.mark.parametrize(
    "body",
    [
        'given page = { id: "p", text: "t" }\n  expect that page.id == "p" and lang == "en" and topic == null',
        'given page = { id: "p", text: "t", lang: "de", topic: "x" }\n  expect that lang == "de" and topic == "x"',
        'given pages = [{ id: "p", text: "t" }]\n  expect that page.id == "p" and page.lang == "en"',
        "given take = 2\n  expect that take == 2",
        'given tone = "warm"\n  expect that tone == "warm"',
        'given readers = [{ id: "n", text: "a nurse", role: "new" }]\n  expect that reader.role == "new"',
        'given reader = { id: "n", text: "a nurse" }\n  expect that reader.text == "a nurse"',
        "given shots = []\n  expect that shots.count == 0",
        'given answers = [{ id: "q", text: "a pilot" }]\n  expect that author.text in ["a pilot", "a clerk"]',
        "given most = 7\n  expect that most == 7",
        'given page = fixture("page.json")\n  expect that page.text == "From a file." and lang == "en"',
        'given pages = fixture("pages.jsonl")\n  expect that page.id == "f1" and topic == "t"',
        'given page = { id: "p", text: fixture("page.txt") }\n  expect that page.text == "Two\\nlines."',
        'given folder = "others.jsonl"\n  expect that page.id == "other"',
    ],
)
def test_a_value_that_a_test_gives_is_what_the_row_has(tmp_path: Path, body: str) -> None:
    fixtures = {
        "fixtures/page.json": '{"id": "f", "text": "From a file."}',
        "fixtures/pages.jsonl": '{"id": "f1", "text": "One", "topic": "t"}\n{"id": "f2", "text": "Two"}\n',
        "fixtures/page.txt": "Two\nlines.\n",
        "others.jsonl": '{"id": "other", "text": "o"}\n',
    }
    assert found(tmp_path, f"{WRITERS}  {body}\n  expect kept", **fixtures) == ()


def test_what_is_given_on_the_command_line_stays_beside_what_a_test_gives(tmp_path: Path) -> None:
    from runtime.config.params import parse_param

    found(tmp_path, "  expect kept")
    body = '  given most = 9\n  mock note = "x"\n  given writers = [{ id: "w", text: "c" }]\n'
    (tmp_path / "more.jsonl").write_text('{"id": "more", "text": "m"}\n')
    text = f'{SPEC}\ntest "t" of notes {{\n{body}  expect that page.id == "more" and most == 9\n}}\n'
    (tmp_path / "spec.synth").write_text(text)
    project = Project.find(tmp_path)
    with Session(project, project.config.profile(), DeterministicEngine()) as session:
        typed = dict([parse_param('folder="more.jsonl"')])
        analysis = analyse("spec.synth", ProjectCatalog(tmp_path, session.facts), typed, upto="lower")
        results: list[Any] = []
        Suite(analysis, session, "main").run(lambda title: True, results.append)
    assert [result.failures for result in results] == [()]


@pytest.mark.parametrize(
    ("code", "at", "body", "dataset"),
    [
        ("E0911", "[]", "given pages = []\n  expect kept", "notes"),
        ("E0911", "[]", "given readers = []\n  expect kept", "notes"),
        ("E0911", '"t"', "expect kept", "empty"),
        ("E0318", 'fixture("short.json")', 'given page = fixture("short.json")\n  expect kept', "notes"),
        ("E0301", '[fixture("short.json")]', 'given reader = [fixture("short.json")]\n  expect kept', "notes"),
        ("E0301", 'fixture("number.json")', 'given tone = fixture("number.json")\n  expect kept', "notes"),
        ("E0621", '"broken.json"', 'given page = fixture("broken.json")\n  expect kept', "notes"),
        ("E0621", '"broken.jsonl"', 'given pages = fixture("broken.jsonl")\n  expect kept', "notes"),
        ("E0620", '"none.json"', 'given page = fixture("none.json")\n  expect kept', "notes"),
        ("E0202", "take", "given take = 1\n  given take = 2\n  expect kept", "notes"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_where_it_stands(
    tmp_path: Path, code: str, at: str, body: str, dataset: str
) -> None:
    fixtures = {
        "fixtures/short.json": '{"id": "f"}',
        "fixtures/number.json": "3",
        "fixtures/broken.json": '{"id": "f"',
        "fixtures/broken.jsonl": '{"id": "f", "text": "t"}\n{"id"\n',
    }
    mocks = WRITERS if dataset == "notes" else '  mock note = "x"\n'
    [failure] = found(tmp_path, f"{mocks}  {body}", dataset, **fixtures)
    assert failure.code == code
    assert failure.span is not None
    text = (tmp_path / "spec.synth").read_text()
    assert text[failure.span.start : failure.span.end].strip('"') == at.strip('"')


def test_a_broken_line_of_a_fixture_is_named(tmp_path: Path) -> None:
    files = {"fixtures/broken.jsonl": '{"id": "f", "text": "t"}\n\n{"id"\n'}
    [failure] = found(tmp_path, '  given pages = fixture("broken.jsonl")', **files)
    assert failure.notes[0].startswith("line 3: ")


def test_a_constant_is_not_given() -> None:
    spec = (
        'edition 1\nconst a = 1\ndataset d {\n  each i in 1..2\n  emit { i = i + a }\n}\ntest "t" {\n  given a = 2\n}\n'
    )
    assert [one.code for one in analyse("s.synth", MemoryCatalog({"s.synth": spec})).errors] == ["E0426"]
