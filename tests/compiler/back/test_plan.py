"""The plan: steps with digests and closures, what each reads and reruns, and what it says of a later edition."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from compiler import plan
from compiler.types import STR
from dsl.diagnostics import page
from tests.compiler.back.specs import GOLDEN, analysed, messages

SPEC = '''edition 1
record Page {
  id: str
  title: str
  text: str
}
input pages: Page = jsonl("pages.jsonl") { key = id }
judge kind(text: str) -> bool by critic """
  Kind? {{ text }}
"""
dataset out {
  each page from pages
  draw tone ~ weighted { a: 1, b: 1 }
  gen title: str with writer """
    A title for {{ page.text }}.
  """
  gen text: str with writer { temperature = 0.2 } """
    {{ title }} in {{ tone }}.
  """
  let size = words(text)
  gen other: str with small """
    Anything.
  """
  require size > 3 and kind(other) else retry 2
  require size < 90 else retry 1
  emit { text = text }
}
'''


def planned(text: str = SPEC, **options: object) -> plan.DatasetPlan:
    analysis = analysed(text, "plan", **options)  # type: ignore[arg-type]
    assert analysis.ok, messages(analysis)
    assert analysis.model.plan is not None
    return analysis.model.plan.datasets[-1]


def steps(text: str = SPEC) -> dict[str, plan.Step]:
    return {step.id: step for step in planned(text).steps}


def changed(pattern: str, replacement: str) -> set[str]:
    """Ids of the steps whose closure an edit changes."""
    edited = re.sub(pattern, replacement, SPEC)
    assert edited != SPEC
    before, after = steps(), steps(edited)
    return {name for name in before if name not in after or before[name].closure != after[name].closure}


def test_a_step_reads_what_it_names_and_a_closure_follows_what_is_read() -> None:
    found = steps()
    assert found["gen text"].reads == ("title", "tone")
    assert found["gen other"].reads == ()
    assert found["require 1"].reads == ("size", "other")


@pytest.mark.parametrize(
    ("pattern", "replacement", "expected"),
    [
        ("A title for", "The title of", {"gen title", "gen text", "let size", "require 1", "require 2", "emit out"}),
        ("a: 1, b: 1", "a: 2, b: 1", {"draw tone", "gen text", "let size", "require 1", "require 2", "emit out"}),
        ("Anything", "Something", {"gen other", "require 1"}),
        ("Kind\\?", "Good?", {"require 1"}),
        ("size < 90", "size < 80", {"require 2"}),
        ("# nothing|edition 1", "edition 1 # a comment", set()),
    ],
)
def test_an_edit_reaches_what_depends_on_it_and_nothing_else(
    pattern: str, replacement: str, expected: set[str]
) -> None:
    assert changed(pattern, replacement) == expected


def test_the_seed_and_the_dataset_are_behind_every_step() -> None:
    assert {step.closure for step in planned().steps}.isdisjoint(step.closure for step in planned(seed=5).steps)
    renamed = SPEC.replace("dataset out", "dataset other_name")
    assert {step.closure for step in planned().steps}.isdisjoint(step.closure for step in planned(renamed).steps)


def test_a_retry_runs_the_last_gen_behind_the_condition_and_what_was_made_from_it() -> None:
    found = steps()
    first, second = found["require 1"], found["require 2"]
    assert isinstance(first, plan.Require) and isinstance(second, plan.Require)
    assert (first.times, first.reruns) == (2, ("other",))
    assert (second.times, second.reruns) == (1, ("text",))


def test_what_dropped_by_may_say() -> None:
    first = steps()["require 1"]
    assert isinstance(first, plan.Require)
    assert first.names == ("size", "kind", "other")


def test_parts_hold_what_the_dataset_uses() -> None:
    found = planned()
    assert [(i.name, i.kind, dict(i.arguments), i.key) for i in found.inputs] == [
        ("pages", "jsonl", {"path": "pages.jsonl"}, "id")
    ]
    assert [p.name for p in found.prompts] == ["title_prompt", "text_prompt", "other_prompt"]
    assert dict(found.prompts[1].params) == {
        "title": found.prompts[1].params[0][1],
        "tone": found.prompts[1].params[1][1],
    }
    assert [(j.name, j.role, j.kind, j.threshold) for j in found.judges] == [("kind", "critic", "bool", 0.5)]
    assert [m.role for m in found.models] == ["writer", "small", "critic"]
    assert found.models[0].settings == {"temperature": 0.7, "max_tokens": 512}
    gen = next(step for step in found.of(plan.Gen) if step.name == "text")
    assert str(gen.type) == str(STR)


def test_titles_stand_on_one_line() -> None:
    for case in sorted(GOLDEN.glob("*/06_plan.txt")):
        assert '"""' not in re.sub(r'"""…"""', "", case.read_text(encoding="utf-8"))


def test_a_dataset_stands_after_the_one_it_reads() -> None:
    text = (GOLDEN / "datasets" / "input.synth").read_text(encoding="utf-8")
    assert text.index("dataset more") < text.index("dataset raw")
    made = _planned(text)
    assert [dataset.name for dataset in made.datasets] == ["raw", "more"] == list(made.order)
    assert [dataset.needs for dataset in made.datasets] == [(), ("raw",)]


def test_a_mix_stands_after_its_parts_and_before_what_reads_it() -> None:
    made = _planned((GOLDEN / "mix" / "input.synth").read_text(encoding="utf-8"))
    assert made.order == ("raw", "half", "weighed", "more")
    assert [part.share for part in made.mixes[1].parts] == [Fraction(2, 3), Fraction(1, 3)]


def test_how_rows_were_made_is_no_part_of_what_reads_them() -> None:
    text = (GOLDEN / "datasets" / "input.synth").read_text(encoding="utf-8")
    before, after = _planned(text), _planned(text.replace("{{ page.text }}", "Page: {{ page.text }}"))
    assert before.datasets[0].data != after.datasets[0].data
    assert before.datasets[1].data == after.datasets[1].data


def _planned(text: str) -> plan.Plan:
    made = analysed(text, "plan").model.plan
    assert made is not None
    return made


@pytest.mark.parametrize("code", ["W0501"])
def test_the_page_of_a_code_shows_it_and_its_way_out(code: str) -> None:
    found = page(code)
    assert found is not None
    files = {"inputs/house_rules.txt": "Be brief.\nBe kind.\n"}
    bad = analysed(found.bad[0].text, "plan", files)
    good = analysed(found.good[0].text, "plan", files)
    assert [d.code for d in bad.diagnostics] == [code]
    assert not good.diagnostics, messages(good)


def test_what_is_looked_up_by_a_row_is_the_rows_own() -> None:
    spec = """edition 1
const desert = "the desert, where it has not rained for eleven years, and where the last well is two days' walk away, "
const styles = { dry: desert + "says the man who dug it.", warm: "the sea" }
dataset out {
  each tone in ["dry", "warm"]
  gen line: str with writer \"\"\"
    Write in a {{ tone }} tone, of {{ styles[tone] }}.
    HERE
  \"\"\"
  emit { line = line }
}
"""
    own, shared = analysed(spec.replace("HERE", ""), "plan"), analysed(spec.replace("HERE", "{{ styles.dry }}"), "plan")
    assert not own.diagnostics, messages(own)
    assert [found.code for found in shared.diagnostics] == ["W0501"]


def test_what_is_reckoned_with_verdicts_is_a_plain_number() -> None:
    spec = """edition 1
judge liked(text: str) -> score by scorer \"\"\"
  {{ text }}
\"\"\"
judge rich(text: str) -> points by critic \"\"\"
  {{ text }}
\"\"\" {
  +1 "Is it?"
}
dataset out {
  each take in ["a", "b"]
  let more = liked(take) - liked("x")
  let less = -liked(take)
  let whole = rich(take) + rich("x")
  let either = if take == "a" then liked(take) else rich(take)
  let all = [liked(take), rich(take), 1]
  emit { more = more, less = less, whole = whole, either = either, all = all }
}
"""
    (emit,) = _planned(spec).datasets[0].of(plan.Emit)
    assert {column.name: str(column.type) for column in emit.columns} == {
        "more": "float",
        "less": "float",
        "whole": "int",
        "either": "float",
        "all": "float[3]",
    }


LOOP = """edition 1
param rounds: int = 2
dataset out {
  each i in 1..3
  let start = "a"
  loop round in 1..rounds carry best: str = start, other: str = "b" {
    gen text: str with writer \"\"\"
      Better than {{ best }}.
    \"\"\"
    require words(text) > 3 else retry 1
    gen note: str with writer \"\"\"
      Note {{ text }}.
    \"\"\"
    next best = note
    next other = other + "c"
    until words(best) > 9
  }
  require words(best) > 4 else retry 2 from text
  emit { best = best, other = other }
}
"""


def loop_steps(text: str = LOOP) -> dict[str, plan.Step]:
    analysis = analysed(text, "plan")
    assert analysis.ok and analysis.model.plan is not None, messages(analysis)
    return {step.id: step for step in analysis.model.plan.datasets[0].all_steps()}


def test_the_steps_of_a_loop_stand_in_it_and_are_found_by_their_kind() -> None:
    analysis = analysed(LOOP, "plan")
    assert analysis.model.plan is not None
    (found,) = analysis.model.plan.datasets
    (loop,) = (step for step in found.steps if isinstance(step, plan.Loop))
    assert [step.id for step in loop.steps][:3] == ["gen text", "require 1", "gen note"]
    assert [step.name for step in found.of(plan.Gen)] == ["text", "note"]
    assert (loop.rounds, loop.title) == (2, 'loop round in 1..rounds carry best: str = start, other: str = "b"')


@pytest.mark.parametrize(
    ("old", "new", "changed", "kept"),
    [
        ('start = "a"', 'start = "x"', {"gen text", "gen note", "next best"}, {"next other"}),
        ("Note {{", "Notes {{", {"gen text", "gen note", "next best"}, {"next other"}),
        ('other + "c"', 'other + "d"', {"next other"}, {"gen text", "gen note", "next best"}),
        ("words(best) > 9", "words(best) > 8", {"until 1", "emit out"}, {"gen text", "gen note", "next best"}),
    ],
)
def test_a_round_depends_on_what_the_rounds_before_made_of_what_is_carried(
    old: str, new: str, changed: set[str], kept: set[str]
) -> None:
    before, after = loop_steps(), loop_steps(LOOP.replace(old, new))
    differ = {name for name in before if before[name].closure != after[name].closure}
    assert changed <= differ and not kept & differ


def test_a_retry_in_a_loop_and_after_it_asks_again_what_came_of_the_gen() -> None:
    found = loop_steps()
    inside, after = found["require 1"], found["require 2"]
    assert isinstance(inside, plan.Require) and isinstance(after, plan.Require)
    assert inside.reruns == ("text",)
    assert after.reruns == ("text", "note")
