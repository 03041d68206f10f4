"""Mistakes that people make, typed into the first spec and its project, each through the command line.

Every one has its own code, the line where it stands, exit code 2, a way out, and never a traceback.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.conftest import REPOSITORY, Cli

SPEC = "specs/python_qa.synth"
TOML = "synth.toml"


@dataclass(frozen=True)
class Mistake:
    """What is done to the project, and what the message must say. `at` is a text in the line of its place."""

    name: str
    code: str
    make: Callable[[Path], None]
    at: str | None
    file: str = SPEC
    command: tuple[str, ...] = ("check", SPEC)


def slip(right: str, wrong: str) -> Callable[[Path], None]:
    """The spec with one text in the place of another."""

    def make(root: Path) -> None:
        text = (root / SPEC).read_text()
        assert right in text
        (root / SPEC).write_text(text.replace(right, wrong, 1))

    return make


def written(file: str, text: str | bytes) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        (root / file).write_bytes(text if isinstance(text, bytes) else text.encode())

    return make


def nothing(_: Path) -> None:
    """The project is right; the mistake is in the call."""


def importing_itself(root: Path) -> None:
    slip("edition 1\n", 'edition 1\n\nfrom "shared.synth" import Page\n')(root)
    shared = 'edition 1\n\nfrom "python_qa.synth" import Shot\n\nrecord Page {\n  shot: Shot\n}\n'
    (root / "specs/shared.synth").write_text(shared)


def without_a_column(root: Path) -> None:
    file = root / "specs/inputs/shots.jsonl"
    file.write_text(file.read_text().replace('"answer":', '"reply":'))


def without_the_input(root: Path) -> None:
    (root / "specs/inputs/shots.jsonl").unlink()


ENUM = "edition 1\n\nenum Level { low, high }\n"
MISTAKES = (
    Mistake("a field that is not there", "E0312", slip("shot.reader }}", "shot.readr }}"), "shot.readr"),
    Mistake("a value of the wrong type", "E0301", slip("max_tokens = 40", 'max_tokens = "40"'), '"40"'),
    Mistake("an unknown filter in a template", "E0306", slip("| join(", "| jion("), "jion"),
    Mistake("an unclosed brace", "E0103", slip("  answer: str\n}", "  answer: str\n"), "record Shot {"),
    Mistake("a misspelt setting behind tabs", "E0404", slip("  target =", "\t\ttargets ="), "targets"),
    Mistake("a file of 10 MB", "E0113", written(SPEC, b"# data\n" * 1_500_000), None),
    Mistake("a file that is not UTF-8", "E0112", written(SPEC, b'edition 1\nconst a = "\xe9"\n'), None),
    Mistake("files that import each other", "E0205", importing_itself, "shared.synth"),
    Mistake("an input that is not there", "E0606", without_the_input, "shots.jsonl"),
    Mistake("a column that the file does not have", "E0602", without_a_column, "shots.jsonl"),
    Mistake("a misspelt value of an enum", "E0305", slip("edition 1\n", ENUM + "const l = Level.hihg\n"), "hihg"),
    Mistake("a retry of what cannot change", "E0408", slip("words(answer) in 4..60", "takes > 1"), "takes > 1"),
    Mistake("an unclosed template", "E0107", slip('{{ question }}\n"""', "{{ question }}\n"), "prompt reply"),
    Mistake("an unknown function", "E0201", slip("words(answer)", "wrods(answer)"), "wrods"),
    Mistake("an unknown input", "E0201", slip("from passages", "from pasages"), "pasages"),
    Mistake("an import that is not in the file", "E0204", slip("import answered_by", "import answerd_by"), "answerd"),
    Mistake("a library that is not there", "E0203", slip("std/judges", "std/judge"), "std/judge."),
    Mistake("an unclosed string", "E0102", slip('"asks why, not how" ', '"asks why, not how '), "asks why"),
    Mistake("a name declared twice", "E0202", slip("param wanted", "param takes: int = 1\nparam wanted"), "int = 1"),
    Mistake("an edition of the future", "E0213", slip("edition 1", "edition 2"), "edition 2"),
    Mistake("an argument too few", "E0310", slip("rules, shots.rows)", "rules)"), "rules) with"),
    Mistake("a misspelt keyword", "E0110", slip("  filter not", "  fliter not"), "fliter"),
    Mistake("a broken pattern", "E0327", slip("|When)", "|When"), "|When"),
    Mistake("more criteria than there are", "E0423", slip("pick(2)", "pick(7)"), "pick(7)"),
    Mistake("a similarity above 1", "E0319", slip("minhash(0.8)", "minhash(8)"), "minhash(8)"),
    Mistake("an unknown shape of rows", "E0415", slip("emit sft", "emit stf"), "emit stf"),
    Mistake("an audit that is no condition", "E0303", slip("kept / attempted >= 10%", "kept"), "audit kept"),
    Mistake("a mock of what is not called", "E0426", slip("mock question", "mock questions"), "mock questions"),
    Mistake("a fixture that is not there", "E0620", slip("break.txt", "brake.txt"), "brake.txt"),
    Mistake("a loop in a template left open", "E0504", slip("  {% endfor %}\n", ""), "{% for shot"),
    Mistake("a bracket left open", "E0103", slip("assistant(answer)]", "assistant(answer)"), "messages = ["),
    Mistake("a range upside down", "E0317", slip("in 4..60", "in 60..4"), "60..4"),
    Mistake("an unknown engine kind", "E0801", written(TOML, '[engines.gpu]\nkind = "sglng"\n'), "sglng", TOML),
    Mistake("an unknown setting", "E0702", written(TOML, '[store]\nknd = "git"\n'), "knd", TOML),
    Mistake("a configuration that is no TOML", "E0701", written(TOML, "[store\n"), "[store", TOML),
    Mistake("a spec that is not there", "E0114", nothing, None, command=("check", "specs/python_q.synth")),
    Mistake("an unknown profile", "E0706", nothing, None, command=("plan", SPEC, "--profile", "gpu")),
    Mistake("a param of the wrong type", "E0301", nothing, None, command=("plan", SPEC, "-p", "takes=many")),
    Mistake("an unknown param", "E0720", nothing, None, command=("plan", SPEC, "-p", "take=3")),
    Mistake("a param without a value", "E0707", nothing, None, command=("plan", SPEC, "-p", "takes")),
)


@pytest.fixture
def root(tmp_path: Path, cli: Cli) -> Path:
    """A project with the first spec."""
    shutil.copytree(REPOSITORY / "specs", tmp_path / "specs", ignore=shutil.ignore_patterns(".*", "__pycache__"))
    (tmp_path / TOML).write_text("")
    return tmp_path


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_told_at_its_place_with_a_way_out(cli: Cli, root: Path, mistake: Mistake) -> None:
    mistake.make(root)
    told = cli(*mistake.command)
    assert told.code == 2, told
    assert "Traceback" not in told.err
    message = _message(told.err, mistake.code)
    if mistake.at is not None:
        text = (root / mistake.file).read_text()
        line = text[: text.index(mistake.at)].count("\n") + 1
        assert f"--> {mistake.file}:{line}:" in message
    assert _way_out(message)


def _message(text: str, code: str) -> str:
    """The one message with this code."""
    found = [part for part in text.split("\n\n") if part.startswith(f"error[{code}]")]
    assert found, text
    return found[0]


def _way_out(message: str) -> bool:
    """A label under the place, a note or help besides the pointer to the page that every message has."""
    label = re.search(r"^ +\|[ ^-]+\w", message, re.MULTILINE)
    notes = [line for line in message.split("\n") if line.lstrip().startswith("= ") and "synth explain" not in line]
    return bool(label or notes)
