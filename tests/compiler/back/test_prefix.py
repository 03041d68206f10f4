"""What prompts are made of, what rows share of them, in which order axes are run, and what is warned about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler import plan
from compiler.prefix.late import Measured, slow_late
from compiler.prefix.model import Prefix, Segment
from compiler.prefix.order import read_anew
from compiler.prefix.share import sharing, together
from dsl import tree
from dsl.diagnostics import Diagnostic
from dsl.source import Span
from tests.compiler.back.specs import analysed, messages

HEAD = """edition 1
record Page {
  id: str
  title: str
  text: str
}
record Shot {
  question: str
  answer: str
}
input pages: Page = jsonl("pages.jsonl") { key = id }
input shots: Shot = jsonl("shots.jsonl")
const rules = lines("rules.txt")
"""
LONG = "Every answer has one sentence, says what is asked for and nothing else, and uses the words of the text itself, "
LONG += "never more of them than it needs. "


def planned(body: str) -> plan.DatasetPlan:
    analysis = analysed(HEAD + body, "plan")
    assert analysis.ok and analysis.model.plan is not None, messages(analysis)
    return analysis.model.plan.datasets[-1]


def dataset(prompt: str, axes: str = "each page from pages\n  each take in 1..3", more: str = "") -> str:
    gen = f'gen line: str with writer """{prompt}"""'
    return f"dataset out {{\n  {axes}\n  {gen}\n  {more}\n  emit {{ line = line }}\n}}\n"


def told(body: str) -> list[Diagnostic]:
    return [found for found in analysed(HEAD + body, "plan").diagnostics if found.code.startswith("W05")]


def varies(prefix: Prefix) -> list[tuple[str, tuple[str, ...]]]:
    found = ((" ".join(segment.text.split()), tuple(sorted(segment.varies))) for segment in prefix.segments)
    return [(text, by) for text, by in found if not text.startswith("@")]


# --- segments ---


def test_a_let_stands_for_what_it_is_made_from() -> None:
    lets = '\n  let head = page.title + " "\n  let first = rules.first'
    (prefix,) = planned(dataset("{{ head }} {{ first }}", "each page from pages" + lets)).prefixes
    assert varies(prefix) == [("{{ head }}", ("page",)), ("{{ first }}", ())]


def test_a_declared_prompts_parameters_stand_for_what_they_are_given() -> None:
    body = 'prompt ask(a: str, b: int) """{{ a }} and {{ b }}"""\n'
    body += "dataset out {\n each page from pages\n each take in 1..3\n"
    body += " gen line: str = ask(b = take, a = page.text) with writer\n emit { line = line }\n}\n"
    (prefix,) = planned(body).prefixes
    assert varies(prefix) == [("{{ a }}", ("page",)), ("and", ()), ("{{ b }}", ("take",))]


def test_examples_of_a_source_are_the_same_for_every_row_and_a_loop_over_a_rows_list_is_not() -> None:
    text = "{% for shot in shots.rows %}\n@user\n{{ loop.index }} {{ shot.question }}\n{% endfor %}\n@user\n"
    text += "{% for word in words %}{{ word }}{% endfor %}"
    (prefix,) = planned(
        dataset(text).replace("  gen line", "  let words = [page.title, page.text]\n  gen line")
    ).prefixes
    assert [by for _, by in varies(prefix)] == [(), ("page",)]


def test_a_condition_on_a_constant_is_decided_and_one_on_a_row_varies_with_it() -> None:
    text = "{% if rules.count > 1 %}Several rules.{% else %}One rule.{% endif %} {% if take > 1 %}Again.{% endif %}"
    (prefix,) = planned(dataset(text)).prefixes
    assert varies(prefix) == [("Several rules.", ()), ("{% if take > 1 %}", ("take",))]


def test_a_judge_is_read_once_for_each_kind_of_question() -> None:
    body = 'judge good(text: str) -> points by critic """{{ text }}""" {\n +1 "Is it short?"\n +1 "Is it true?"\n}\n'
    body += dataset("A line on {{ page.title }}.", more="filter good(line) > 0 and good(page.text) > good(page.title)")
    line, of_line, of_page = planned(body).prefixes
    assert (line.cell, of_line.cell, of_page.cell) == ("line", "good", "good")
    assert varies(of_line) == [("{{ text }}", ("line",)), ("each point", ("good",))]
    assert varies(of_page)[0] == ("{{ text }}", ("page",))
    assert of_line.asks == 2


def test_constants_are_measured_and_what_only_a_row_knows_is_guessed() -> None:
    (prefix,) = planned(dataset('Rules: {{ rules | join(" ") }} Text: {{ page.text }}')).prefixes
    shown = {segment.text.strip(): (segment.tokens, segment.known) for segment in prefix.segments}
    assert shown['{{ rules | join(" ") }}'] == (len("Be kind. Be brief.") // 4 + 1, True)
    assert not shown["{{ page.text }}"][1]


# --- the order of axes ---


def test_the_axis_whose_value_stands_first_is_outermost() -> None:
    by_tone = "{{ tone }}\n{{ page.text }}"
    axes = 'each page from pages\n  each tone in ["dry", "warm"]'
    assert planned(dataset(by_tone, axes)).order == ("tone", "page")
    assert planned(dataset("{{ page.text }}\n{{ tone }}", axes)).order == ("page", "tone")


@pytest.mark.parametrize("statement", ["target = 4", "dedup line by exact", "select 4 by len(line)"])
def test_an_order_that_the_result_shows_is_the_specs(statement: str) -> None:
    axes = 'each page from pages\n  each tone in ["dry", "warm"]'
    first, later = (statement + "\n  ", "") if statement.startswith("target") else ("", statement)
    assert planned(dataset("{{ tone }}\n{{ page.text }}", first + axes, later)).order == ("page", "tone")


def test_an_order_that_saves_nothing_is_not_changed() -> None:
    axes = 'each page from pages\n  each tone in ["dry", "warm"]'
    assert planned(dataset("A line.", axes)).order == ("page", "tone")
    mixed = planned(dataset("{{ mood }}: {{ tone }} {{ page.text }}", axes + "\n  draw mood ~ [1, 2]"))
    assert mixed.order == ("page", "tone")


def text(varies: str, tokens: int) -> Segment:
    names = frozenset(varies.split())
    part = tree.TemplateText(span=Span("x", 0, 0), text=varies)
    return Segment(text=varies or "fixed", varies=names, tokens=tokens, known=True, part=part)


SEGMENTS = st.lists(
    st.builds(text, st.sampled_from(["", "a", "b", "a b", "c", "gen"]), st.integers(1, 50)), min_size=1, max_size=6
)


@given(SEGMENTS, st.permutations(["a", "b", "c"]))
def test_what_an_order_reads_anew_is_what_walking_through_the_rows_reads_anew(
    segments: list[Segment], order: list[str]
) -> None:
    """Neighbours differ in the axis that moved and in those inside it, which begin again."""
    counts, anew, before = {"a": 2, "b": 3, "c": 4}, 0, None
    places = [
        (x, y, z) for x in range(counts[order[0]]) for y in range(counts[order[1]]) for z in range(counts[order[2]])
    ]
    for number, place in enumerate(places):
        values = dict(zip(order, place, strict=True)) | {"gen": number}
        now = [tuple(values[name] for name in sorted(segment.varies)) for segment in segments]
        if before is not None:
            same = next((at for at, (one, other) in enumerate(zip(before, now, strict=True)) if one != other), None)
            anew += sum(segment.tokens for segment in segments[same:]) if same is not None else 0
        before = now
    assert read_anew(order, counts, [Prefix(cell="x", prompt="x", segments=tuple(segments))]) == anew


# --- what can be shared ---


@given(SEGMENTS)
def test_the_best_share_is_that_of_a_trie_over_all_rows(segments: list[Segment]) -> None:
    counts = {"a": 2, "b": 3, "c": 4}
    seen, every, anew = set[object](), 0, 0
    for number in range(24):
        values = {"a": number % 2, "b": number // 2 % 3, "c": number // 6, "gen": number}
        path: tuple[object, ...] = ()
        for place, segment in enumerate(segments):
            path = (*path, place, *(values[name] for name in sorted(segment.varies)))
            every += segment.tokens
            anew += segment.tokens if path not in seen else 0
            seen.add(path)
    prefix = Prefix(cell="x", prompt="x", segments=tuple(segments))
    found = sharing(prefix, [segment.tokens for segment in segments], True, counts, 24)
    assert found.cached == pytest.approx(1 - anew / every)
    assert together([found]) == pytest.approx(found.cached)


def test_samples_of_one_prompt_share_all_of_it() -> None:
    prefix = Prefix(cell="x", prompt="x", segments=(text("a", 100),), asks=8)
    assert sharing(prefix, [100], True, {"a": 5}, 5).cached == 7 / 8


# --- warnings ---


def test_instructions_behind_a_rows_value_are_told_with_how_long_they_are() -> None:
    (found,) = told(dataset("{{ page.text }}\n" + LONG))
    assert found.code == "W0501" and "`page`" in found.message
    assert any(f"about {-(-len(LONG.strip()) // 4)} tokens" in note for note in found.notes)


@pytest.mark.parametrize("prompt", [LONG + "{{ page.text }}", "{{ page.text }}\nAnswer in one word.", LONG])
def test_a_prompt_with_nothing_to_win_is_not_told(prompt: str) -> None:
    assert not told(dataset(prompt))


def test_a_value_that_many_rows_share_behind_one_that_changes_quicker_is_w0502() -> None:
    late = Prefix(cell="x", prompt="x", segments=(text("b", 4), text("a", 200)))
    (found,) = slow_late([Measured(late, [4, 200])], {"a": 10, "b": 5}, 50)
    assert found.code == "W0502" and "`a` stands behind `b`" in found.message
    early = Prefix(cell="x", prompt="x", segments=(text("a", 200), text("b", 4)))
    assert not slow_late([Measured(early, [200, 4])], {"a": 10, "b": 5}, 50)


def test_a_short_value_and_one_that_no_two_rows_share_are_not_told() -> None:
    late = Prefix(cell="x", prompt="x", segments=(text("b", 4), text("a", 200)))
    assert not slow_late([Measured(late, [4, 8])], {"a": 10, "b": 5}, 50)
    assert not slow_late([Measured(late, [4, 200])], {"a": 10, "b": 1}, 10)
