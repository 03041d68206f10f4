"""The specs that the language is shown by check without a mistake; thirty slips of the pen in them are told apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.catalog import library, library_files
from tests.compiler.front.project import check, codes

ROOT = Path(__file__).parents[3]
SPEC = (ROOT / "specs" / "python_qa.synth").read_text(encoding="utf-8")


EXAMPLES = sorted((ROOT / "tests" / "dsl" / "examples").glob("*.synth"))


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_the_examples_have_no_mistake(path: Path) -> None:
    """The one warning is true: `support_mix` imports `helpful` and does not use it."""
    found = codes(check(path.read_text(encoding="utf-8"), path.name))
    assert found == (["W0202"] if path.stem == "support_mix" else [])


def test_the_first_spec_has_no_mistake() -> None:
    assert codes(check(SPEC)) == []


@pytest.mark.parametrize("path", library_files())
def test_the_library_has_no_mistake(path: str) -> None:
    source = library(path)
    assert source is not None
    assert codes(check(source.text, path)) == []


SLIPS = [
    ("from passages", "from pasages", "E0201"),
    ("import answered_by, repetitive", "import answerd_by, repetitive", "E0204"),
    ('"std/judges.synth"', '"std/judge.synth"', "E0203"),
    ("{{ shot.reader }}", "{{ shot.readr }}", "E0312"),
    ("{{ passage.text }}\n  Reader", "{{ passage }}\n  Reader", "E0304"),
    ('rules | join("; it ")', "rules", "E0304"),
    ('rules | join("; it ")', 'rules | jion("; it ")', "E0306"),
    ('rules | join("; it ")', "rules | upper", "E0307"),
    ("shots.rows) with writer { max_tokens = 40", "shots) with writer { max_tokens = 40", "E0301"),
    ("ask(passage, reader, rules, shots.rows)", "ask(passage, reader, rules)", "E0310"),
    ("ask(passage, reader, rules, shots.rows)", "ask(passage, reader, rules, shots.rows, 3)", "E0311"),
    ("ask(passage, reader, rules, shots.rows)", "ask(reader, reader, rules, shots.rows)", "E0301"),
    ("max_tokens = 40", 'max_tokens = "40"', "E0301"),
    ("max_tokens = 40", "max_token = 40", "E0320"),
    ("temperature = 0.3", "temperature = -0.3", "E0319"),
    ("asks(passage).pick(2)", "asks(passage).pick(7)", "E0423"),
    ("asks(passage).pick(2)", "asks(passage)", "E0406"),
    ("draw reader ~ readers", "draw reader ~ reader", "E0206"),
    ("else retry 1", "else retry 1 from questions", "E0409"),
    ("require words(answer) in 4..60 else retry 1", "require words(passage.text) > 4 else retry 1", "E0408"),
    ("words(answer) in 4..60", "words(answer) in 60..4", "E0317"),
    ("words(answer) in 4..60", "words(answer)", "E0303"),
    ("words(answer) in 4..60", "answer > 4", "E0302"),
    ("[^?]{12,110}[?]", "[^?{12,110}[?", "E0327"),
    ("minhash(0.8)", "minhsh(0.8)", "E0421"),
    ("minhash(0.8)", "minhash(8)", "E0319"),
    ("emit sft", "emit stf", "E0415"),
    ("messages = [user(question), assistant(answer)]", "message = [user(question), assistant(answer)]", "E0416"),
    ("messages = [user(question), assistant(answer)]", "messages = [question, answer]", "E0301"),
    ("target = wanted", "targets = wanted", "E0404"),
    ("each take in 1..takes", "each take from 1..takes", "E0434"),
    ("audit kept / attempted >= 10%", "audit kep / attempted >= 10%", "E0201"),
    ("audit distinct(question, ngram = 2) >= 0.5", "audit words(question) >= 5", "E0430"),
    ("  answer: str\n}", "  answer: str\n  url: str\n}", "E0602"),
    ('jsonl("inputs/shots.jsonl")', 'jsnol("inputs/shots.jsonl")', "E0601"),
    ("param takes: int = 2", "param takes: int = 2.5", "E0301"),
    ("param takes: int = 2", "param takes: integer = 2", "E0207"),
    ("edition 1", "edition 1\nparam takes: int = 1", "E0202"),
    ('text: fixture("break.txt")', 'text: fixture("brake.txt")', "E0620"),
    ("mock question =", "mock questions =", "E0426"),
    ("expect dropped by answer", "expect dropped by reader", "E0428"),
    ("given passage = { id:", "given passage = { ids:", "E0318"),
    ("edition 1", "edition 2", "E0213"),
]


def test_four_faults_of_four_kinds_give_four_messages() -> None:
    text = SPEC
    for right, wrong in (
        ("param wanted: int = 12", "param wanted int = 12"),
        ("{{ shot.reader }}", "{{ shot.readr }}"),
        ("gen question: str = ask(", "gen question str = ask("),
        ("minhash(0.8)", "minhash(8)"),
    ):
        assert right in text
        text = text.replace(right, wrong, 1)
    assert codes(check(text)) == ["E0101", "E0312", "E0101", "E0319"]


@pytest.mark.parametrize(("right", "wrong", "code"), SLIPS, ids=[f"{wrong[:40]}" for _, wrong, _ in SLIPS])
def test_a_slip_gives_its_own_message_and_no_other_error(right: str, wrong: str, code: str) -> None:
    assert right in SPEC
    found = [c for c in codes(check(SPEC.replace(right, wrong, 1))) if c.startswith("E")]
    assert set(found) == {code}
