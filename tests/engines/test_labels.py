"""One-token judgements: a label counts however it is spelt, and never for another."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engines import Answer
from runtime.engines.labels import IMPOSSIBLE, apart, judgement, log_sum, scored, spellings


def test_a_label_counts_with_its_space_and_its_case() -> None:
    logs = {" Yes": math.log(0.25), "yes": math.log(0.25), "No": math.log(0.2), "Maybe": math.log(0.3)}
    found = scored(("yes", "no"), logs)
    assert found == {"yes": pytest.approx(math.log(0.5)), "no": pytest.approx(math.log(0.2))}


def test_a_label_that_is_not_there_is_none() -> None:
    assert scored(("yes", "no"), {"Perhaps": -0.1}) == {"yes": None, "no": None}


def test_labels_that_differ_by_case_alone_keep_apart() -> None:
    assert spellings(("A", "a")) == {"A": ("A",), "a": ("a",)}


@given(st.lists(st.text("aAbB1 ", min_size=1, max_size=4), min_size=1, max_size=5, unique=True))
def test_no_spelling_belongs_to_two_labels(labels: list[str]) -> None:
    forms = [form for found in spellings(tuple(labels)).values() for form in found]
    assert len(forms) == len(set(forms))
    assert set(labels) <= set(forms)


@given(st.lists(st.floats(-80, 0), min_size=1, max_size=6))
def test_probabilities_are_summed(values: list[float]) -> None:
    assert math.isclose(math.exp(log_sum(values)), sum(map(math.exp, values)), rel_tol=1e-9)


def test_the_judgement_is_the_likeliest_label() -> None:
    answer = judgement({"1": -2.0, "2": -0.5, "3": -0.5}, prompt_tokens=9)
    assert answer.text == "2"
    assert answer.logprob == -0.5
    assert answer.probability("1") == pytest.approx(math.exp(-2) / (math.exp(-2) + 2 * math.exp(-0.5)))


def test_a_label_that_cannot_happen_is_no_fault_and_survives_the_journal() -> None:
    answer = judgement({"yes": -math.inf, "no": -1.0}, prompt_tokens=1)
    assert Answer.from_json(answer.to_json()) == answer
    assert answer.label_mass == pytest.approx(math.exp(-1))
    assert answer.probability("yes") == 0.0


def test_a_digit_does_not_count_for_the_number_that_it_begins() -> None:
    logs = {"1": math.log(0.6), "2": math.log(0.3), "10": math.log(0.45)}
    found = apart(logs, {"10": "1"})
    assert found == {"1": pytest.approx(math.log(0.15)), "2": logs["2"], "10": logs["10"]}
    assert apart(logs, {"10": "10"}) == logs, "a label of one token took nothing from another"
    assert apart({"1": -1.0, "10": -1.0}, {"10": "1"})["1"] == IMPOSSIBLE
