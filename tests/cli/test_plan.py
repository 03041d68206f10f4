"""`synth plan`: the same plan as text, as JSON and as a file, and why each step is run or reused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

SPEC = (
    """edition 1

record Fact {
  id: str
  text: str
}

input facts: Fact = jsonl("facts.jsonl") { key = id }

dataset notes {
  each fact from facts
  gen note: str with writer """
    + '"""'
    + """
    Say it again: {{ fact.text }}
  """
    + '"""'
    + """
  gen title: str with writer """
    + '"""'
    + """
    A title for {{ note }}
  """
    + '"""'
    + """
  require words(title) > 0 else retry 2
  emit { note = note, title = title }
}
"""
)


@pytest.fixture
def notes(cli: Cli, tmp_path: Path) -> Path:
    (tmp_path / "synth.toml").write_text(
        '[engines.test]\nkind = "deterministic"\n\n[profile.default]\nengine = "test"\n'
    )
    (tmp_path / "notes.synth").write_text(SPEC)
    _facts(tmp_path, 3)
    return tmp_path


def _facts(root: Path, number: int) -> None:
    rows = ({"id": f"f{n}", "text": f"fact {n}"} for n in range(number))
    (root / "facts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_the_file_holds_what_json_prints(cli: Cli, notes: Path) -> None:
    told = cli("plan", "notes.synth", "-o", "plan.json", "--json")
    assert told.code == 0, told.err
    assert json.loads((notes / "plan.json").read_text()) == told.json
    assert "Plan:" in cli("plan", "notes.synth", "-o", "plan.json").out
    assert [path.name for path in notes.iterdir() if "plan" in path.name] == ["plan.json"]


def test_a_file_that_cannot_be_written_is_a_mistake(cli: Cli, notes: Path) -> None:
    told = cli("plan", "notes.synth", "-o", "nowhere/plan.json")
    assert told.code == 2
    assert "E1106" in told.err


def test_each_step_says_why_it_is_run_or_reused(cli: Cli, notes: Path) -> None:
    first = cli("plan", "notes.synth", "--explain").out
    assert "- no version of it is committed yet" in first
    assert "- 3 rows ask what the journal does not hold" in first
    assert "- what the rows that stop at note ask here is known only after it" in first
    assert "- a `retry` may bring a row here 3 times" in first
    assert max(map(len, first.splitlines())) <= 80
    assert cli("build", "notes.synth").code == 0
    _facts(notes, 4)
    told = cli("plan", "notes.synth", "--explain").out
    assert "- input facts changed: 3 rows → 4 rows" in told
    assert "- 3 of its calls are in the journal" in told
    assert "- 1 row asks what the journal does not hold" in told
    (notes / "notes.synth").write_text(SPEC.replace("A title for", "One title for"))
    told = cli("plan", "notes.synth", "--json").json[0]
    assert told["steps"][1]["why"][:2] == ["prompt title_prompt changed", "3 rows ask what the journal does not hold"]
    (notes / "notes.synth").write_text(SPEC.replace("writer", "writer { max_tokens = 90 }", 1))
    told = cli("plan", "notes.synth", "--json").json[0]
    assert "gen note max_tokens unset → 90" in told["steps"][0]["why"]
    assert told["steps"][1]["why"][0] == "it follows note, which changed"


def test_what_is_not_run_says_that_nothing_changed(cli: Cli, notes: Path) -> None:
    assert cli("build", "notes.synth").code == 0
    told = cli("plan", "notes.synth", "--explain").out
    assert "- statements, inputs and models are those of the version before" in told
    assert "answered anew" not in told
    (one,) = cli("plan", "notes.synth", "--json").json
    assert (one["how"], one["causes"]) == ("unchanged", [])


def test_new_words_are_the_only_cause_where_only_they_changed(cli: Cli, notes: Path) -> None:
    assert cli("build", "notes.synth").code == 0
    (notes / "notes.synth").write_text(SPEC.replace("dataset notes", "## What was said again.\ndataset notes"))
    (one,) = cli("plan", "notes.synth", "--json").json
    assert (one["how"], one["causes"]) == ("described", ["description changed"])
    assert "answered anew" not in " ".join(one["why"])


def test_a_step_under_a_condition_says_so(cli: Cli, notes: Path) -> None:
    spec = SPEC.replace(
        "  require words(title)",
        '  gen more: str with writer """\n    More.\n  """ when title == "x"\n  require words(title)',
    )
    (notes / "notes.synth").write_text(spec.replace("title = title }", "title = title, more = more }"))
    told = cli("plan", "notes.synth", "--explain")
    assert "- it is asked under a condition, which may hold for no row" in told.out, told.err
    assert "meet the target" not in told.out


def test_more_changes_than_a_line_holds_are_counted(cli: Cli, notes: Path) -> None:
    assert cli("build", "notes.synth").code == 0
    spec = SPEC.replace("gen note", "gen remark").replace("{{ note }}", "{{ remark }}").replace("= note,", "= remark,")
    (notes / "notes.synth").write_text(spec)
    first = cli("plan", "notes.synth").out.splitlines()[0]
    assert first.endswith(" more") and len(first) <= 80, first


def test_without_being_asked_it_gives_no_reasons(cli: Cli, notes: Path) -> None:
    assert "journal" not in cli("plan", "notes.synth").out


LOOP = """edition 1
dataset lines {
  each take in 1..5
  loop round in 1..40 carry text: str = "" {
    gen line: str with writer "@@
      Write on: {{ text }}
    @@"
    next text = line
    until words(text) > 3
  }
  emit { text = text }
}
""".replace("@@", '""')


def test_a_loop_whose_worst_case_exceeds_the_budget_is_warned_about_at_its_range(cli: Cli, notes: Path) -> None:
    (notes / "lines.synth").write_text(LOOP)
    assert "W0904" not in cli("plan", "lines.synth").err
    with (notes / "synth.toml").open("a") as settings:
        settings.write("\n[profile.default.budget]\ncalls = 100\n")
    told = cli("plan", "lines.synth")
    assert told.code == 0
    assert "warning[W0904]: the worst case is 600 calls, and the budget allows 100" in told.err
    assert "--> lines.synth:4:17" in told.err


TARGET = SPEC.replace("  each fact", "  target = 3\n  each fact").replace(
    "require words(title) > 0 else retry 2", "filter words(title) > 12"
)


def test_a_pilot_tries_candidates_over_all_and_a_build_asks_none_of_them_again(cli: Cli, notes: Path) -> None:
    (notes / "notes.synth").write_text(TARGET)
    _facts(notes, 40)
    before = cli("plan", "notes.synth")
    said = "tokens of prompts, counted by `test`. Answers and time are not known yet: `--pilot 20` measures them."
    assert said in " ".join(before.out.split())
    told = cli("plan", "notes.synth", "--pilot", "10", "--json")
    assert told.code == 0, told.err
    [found] = told.json
    assert (found["acceptance"]["attempted"], found["acceptance"]["in"]) == (10, "a pilot of 10")
    assert found["calls"]["reused"] + found["calls"]["maybe"] > 0 and found["tokens"] > 0
    again = cli("plan", "notes.synth", "--json").json[0]
    assert again["calls"] == found["calls"], "a second look asks nothing, and what the pilot asked is in the journal"
    shown = cli("plan", "notes.synth", "--pilot", "10").out
    assert "in a pilot of 10" in shown and "expected" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_plan_shows_what_reruns_what_follows_and_what_it_costs(cli: Cli, notes: Path) -> None:
    assert cli("build", "notes.synth").code == 0
    (notes / "notes.synth").write_text(SPEC.replace("Say it again", "Say it anew"))
    lines = cli("plan", "notes.synth").out.splitlines()
    steps = [line.partition(" · ~") for line in lines if line.startswith("  ~ ")]
    assert [step for step, _, _ in steps] == [
        "  ~ note                       rerun      3 calls",
        "  ~ title                      rerun      3–9 calls, follows note",
    ]
    assert all(tokens.endswith(" tokens") for _, _, tokens in steps)
    assert "2 steps to run, 0 calls reused, 6–12 new" in " ".join(lines)


def test_a_build_keeps_to_the_plan_that_it_is_given(cli: Cli, notes: Path) -> None:
    assert cli("plan", "notes.synth", "-o", "plan.json").code == 0
    assert cli("build", "notes.synth", "--plan", "plan.json").code == 0
    late = cli("build", "notes.synth", "--plan", "plan.json")
    assert late.code == 2 and "planned as to run, now unchanged" in late.err
    (notes / "notes.synth").write_text(SPEC.replace("Say it again", "Say it anew"))
    assert cli("plan", "notes.synth", "-o", "plan.json").code == 0
    (notes / "notes.synth").write_text(SPEC.replace("Say it again", "Say it once more"))
    other = cli("build", "notes.synth", "--plan", "plan.json")
    assert other.code == 2 and "E0913" in other.err
    assert "its statements, inputs, models or decisions have changed since" in other.err
    (notes / "notes.synth").write_text(SPEC.replace("Say it again", "Say it anew"))
    assert cli("build", "notes.synth", "--plan", "plan.json").code == 0


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"dataset": "notes"}]'])
def test_a_file_that_is_no_plan_is_a_mistake(cli: Cli, notes: Path, text: str) -> None:
    (notes / "plan.json").write_text(text)
    told = cli("build", "notes.synth", "--plan", "plan.json")
    assert told.code == 2 and "E0913" in told.err
    assert cli("build", "notes.synth", "--plan", "nowhere.json").code == 2


def test_tokens_that_no_tokenizer_counts_are_estimated_and_said_to_be(cli: Cli, notes: Path) -> None:
    (notes / "synth.toml").write_text(
        '[engines.far]\nkind = "openai"\nurl = "http://127.0.0.1:9"\nmodel = "m"\n[profile.default]\nengine = "far"\n'
    )
    told = cli("plan", "notes.synth")
    assert "tokens of prompts, at 4 characters a token." in " ".join(told.out.split())
    [found] = cli("plan", "notes.synth", "--json").json
    assert found["tokenizer"] is None and found["prompt_tokens"] > 0
