"""`synth test` as it is typed: several specs, a filter, exit codes, JSON, snapshots, and the cost of a live run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.workshop import ENGINE
from tests.cli.conftest import Cli

SPEC = '''edition 1

dataset notes {
  each take in 1..2
  gen note: str with writer """
    Write note {{ take }}.
  """
  filter words(note) > 1
  emit { note = note }
}

test "a note of two words is kept" of notes {
  mock note = "Two words."
  expect kept
}

test "a shorter one is dropped" of notes {
  mock note = "One."
  expect dropped by note
}
'''
ASKING = '\ntest "the model writes" of notes {\n  expect that len(note) > 0\n}\n'
FAILING = '\ntest "never" of notes {\n  mock note = "One."\n  expect kept\n}\n'
LIBRARY = 'edition 1\n\nprompt ask(text: str) """\n  {{ text }}\n"""\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "synth.toml").write_text(ENGINE.format(settings=""))
    (tmp_path / "notes.synth").write_text(SPEC)
    return tmp_path


def test_without_a_spec_all_of_the_project_are_tested_and_a_library_has_nothing_to_test(cli: Cli, root: Path) -> None:
    (root / "more").mkdir()
    (root / "more" / "others.synth").write_text(SPEC.replace("notes", "others"))
    (root / "library.synth").write_text(LIBRARY)
    done = cli("test")
    assert done.code == 0, done.err
    assert "4 tests passed, 0 failed" in done.out
    assert done.out.index("others: a note") < done.out.index("notes: a note")


def test_a_test_that_fails_is_exit_1_and_the_others_still_run(cli: Cli, root: Path) -> None:
    (root / "notes.synth").write_text(SPEC + FAILING)
    (root / "others.synth").write_text(SPEC.replace("notes", "others"))
    done = cli("test", "notes.synth", "others.synth")
    assert done.code == 1
    assert "✗ notes: never" in done.out
    assert "4 tests passed, 1 failed" in done.out
    assert "E0902" in done.err


def test_a_mistake_in_one_spec_is_exit_2_and_the_others_still_run(cli: Cli, root: Path) -> None:
    (root / "broken.synth").write_text(SPEC.replace("words(note)", "wrds(note)"))
    done = cli("test")
    assert done.code == 2
    assert "2 tests passed, 0 failed" in done.out
    assert "did you mean `words`?" in done.err
    [wrong, *_] = [one for one in cli("test", "--json").json if not one["passed"]]
    assert (wrong["spec"].endswith("broken.synth"), wrong["test"], wrong["failures"][0]["code"]) == (
        True,
        None,
        "E0201",
    )


def test_a_filter_chooses_by_words_of_the_title(cli: Cli, root: Path) -> None:
    (root / "notes.synth").write_text(SPEC + FAILING)
    assert "1 test passed, 0 failed" in cli("test", "-k", "TWO words").out
    assert cli("test", "-k", "never").code == 1
    none = cli("test", "-k", "nevr")
    assert none.code == 2
    assert "E0912" in none.err
    assert "did you mean `never`?" in none.err


def test_json_is_one_list_that_holds_the_failures_and_nothing_else_is_printed(cli: Cli, root: Path) -> None:
    (root / "notes.synth").write_text(SPEC + FAILING)
    done = cli("test", "notes.synth", "--json")
    assert (done.code, done.err) == (1, "")
    assert [(one["dataset"], one["test"], one["passed"]) for one in done.json] == [
        ("notes", "a note of two words is kept", True),
        ("notes", "a shorter one is dropped", True),
        ("notes", "never", False),
    ]
    [failure] = done.json[2]["failures"]
    assert (failure["code"], failure["place"]["start"]["line"]) == ("E0902", 24)


def test_a_test_that_is_not_mocked_names_the_call_and_live_asks_and_says_what_it_cost(cli: Cli, root: Path) -> None:
    (root / "notes.synth").write_text(SPEC + ASKING)
    silent = cli("test", "notes.synth")
    assert silent.code == 1
    assert "nothing answers `note`" in silent.err
    assert "synth test --live" in " ".join(silent.err.split())
    asked = cli("test", "notes.synth", "--live")
    assert (asked.code, asked.err) == (0, "")
    assert "  1 call made, 0 reused, " in asked.out
    assert "  0 calls made, 1 reused, 0 tokens" in cli("test", "notes.synth", "--live").out
    [*_, last] = cli("test", "notes.synth", "--live", "--json").json
    assert last["calls"] == {"made": 0, "reused": 1, "tokens": 0}


def test_snapshots_are_written_compared_and_cleared_away(cli: Cli, root: Path) -> None:
    assert "2 snapshots written, 0 unchanged, 0 removed" in cli("test", "--update").out
    folder = root / "notes.snapshots"
    assert sorted(file.name for file in folder.iterdir()) == [
        "a-note-of-two-words-is-kept.txt",
        "a-shorter-one-is-dropped.txt",
    ]
    (root / "notes.synth").write_text(SPEC.replace("Write note", "Write a note"))
    differs = cli("test")
    assert differs.code == 1
    assert "- Write note 1." in differs.err
    assert "+ Write a note 1." in differs.err
    assert cli("test", "-k", "shorter", "--update").code == 0
    assert [one["snapshot"] for one in cli("test", "--json").json] == ["differs", "same"]
    (root / "notes.synth").write_text(SPEC.replace("a shorter one", "another"))
    assert cli("test", "--update", "-k", "another").code == 0
    stale = cli("test")
    assert stale.code == 0
    assert "warning[W0903]: `notes.snapshots/a-shorter-one-is-dropped.txt`" in stale.err
    assert "0 snapshots written, 2 unchanged, 1 removed" in cli("test", "--update").out
    assert cli("test").err == ""


def test_a_folder_that_cannot_be_written_is_no_traceback(cli: Cli, root: Path) -> None:
    (root / "notes.snapshots").write_text("in the way")
    done = cli("test", "--update")
    assert done.code == 2
    assert "E1106" in done.err


def test_an_empty_folder_says_how_to_begin(cli: Cli) -> None:
    done = cli("test")
    assert (done.code, "synth new" in done.out) == (0, True)
