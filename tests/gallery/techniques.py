"""The thirty techniques of the field, in the words that a README uses; `tests/gallery/page.py` makes their page.

Each has the spec that its proof builds, and a pattern of the text that no spec can do without that is said to show it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROMPTS, FORMS, JUDGES, COMPUTE, DATA = (
    f"test_technique_{part}.py" for part in ("prompts", "forms", "judges", "compute", "data")
)


@dataclass(frozen=True)
class Technique:
    """`proofs` are tests by the file that they stand in; `page` is a page of `docs`, with the heading that is meant."""

    name: str
    shown: str
    specs: tuple[str, ...]
    file: str
    proofs: tuple[str, ...]
    page: str
    short: str = ""
    """What is not there yet, or how the embedded model falls short of it."""


TECHNIQUES = (
    Technique(
        "personas",
        r"(?m)^personas ",
        ("support_mix",),
        PROMPTS,
        ("each_page_gives_a_persona_and_each_ticket_is_written_by_the_one_of_its_row",),
        "language/03-inputs.md#rows-of-another-dataset",
    ),
    Technique(
        "sampled criteria subsets",
        r"(?m)^criteria ",
        ("clean",),
        PROMPTS,
        ("criteria_are_drawn_shuffled_by_weight_and_condition_and_the_subset_is_a_column",),
        "language/04-draws.md#criteria",
    ),
    Technique(
        "noise in the prompt",
        r"draw \w+ ~ (int|uniform|normal)\(",
        ("sums",),
        PROMPTS,
        ("half_of_the_rows_have_two_random_words_in_place_of_a_persona",),
        "language/04-draws.md#draws",
    ),
    Technique(
        "several models",
        r"draw \w+ +~ \[\w+, \w+",
        ("distill",),
        PROMPTS,
        ("the_model_that_is_drawn_for_a_row_answers_it_and_is_a_column",),
        "language/06-gens.md#roles",
        "On the embedded model roles share their weights and differ by sampling; a profile binds them to several.",
    ),
    Technique(
        "few-shot examples",
        r"(?m)^  @assistant|\.pick\(\d\)|std/judges|std/claims",
        ("clean",),
        PROMPTS,
        ("two_real_examples_are_drawn_for_each_row_and_stand_before_what_is_asked",),
        "language/05-prompts.md#messages",
    ),
    Technique(
        "domain context",
        r"(?m)^const \w+ = file\(|{{ (text|document\.text|passage\.text) }}",
        ("support_mix",),
        PROMPTS,
        ("a_glossary_stands_once_in_each_prompt_before_all_that_varies",),
        "language/05-prompts.md#order",
    ),
    Technique(
        "constraints",
        r"where (len|words)\(|require (matches|words|language_of)\(",
        ("sums", "distill"),
        FORMS,
        (
            "a_pattern_is_decoded_where_the_engine_can_and_asked_for_again_where_it_cannot",
            "an_answer_of_the_wrong_length_is_asked_for_again",
        ),
        "language/08-filters.md#require",
        "No spec asks for a tense; the standard library's judge `in_tense` does.",
    ),
    Technique(
        "structured output",
        r"gen \w+: [A-Z]\w*",
        ("structured",),
        FORMS,
        (
            "a_record_is_decoded_under_its_schema_and_kept_with_its_types_or_not_at_all",
            "a_tool_s_arguments_are_decoded_under_the_schema_that_the_drawn_row_holds",
        ),
        "language/02-types.md",
    ),
    Technique(
        "binary judges",
        r"-> bool by|std/(judges|conversations)|supported_by",
        ("rubric",),
        JUDGES,
        ("a_yes_or_no_question_costs_one_token_and_its_probability_of_yes_is_a_column",),
        "language/07-judges.md",
    ),
    Technique(
        "additive rubrics",
        r"-> points by",
        ("rubric",),
        JUDGES,
        ("each_point_is_asked_alone_and_the_score_is_their_sum",),
        "language/07-judges.md#points",
    ),
    Technique(
        "judges are tested",
        r"gold = ",
        ("rubric",),
        JUDGES,
        ("a_judge_that_fails_its_own_cases_fails_the_build_before_a_row_is_begun",),
        "language/07-judges.md#cases-of-its-own",
    ),
    Technique(
        "layered filters",
        r"(?s)(filter|require) .*(filter|require) ",
        ("rubric",),
        JUDGES,
        ("each_layer_sees_what_the_cheaper_one_left_and_what_went_is_kept_with_its_reason",),
        "language/08-filters.md",
    ),
    Technique(
        "verified answers",
        r"(?m)^  run ",
        ("sums", "text_to_sql"),
        COMPUTE,
        (
            "a_program_computes_each_number_and_what_differs_from_it_is_dropped",
            "a_query_is_executed_and_one_that_fails_is_dropped",
        ),
        "tools.md",
    ),
    Technique(
        "code with tests",
        r"= pytest\(",
        ("tested_code",),
        COMPUTE,
        (
            "only_code_that_passes_its_tests_is_kept_and_pairs_with_what_failed",
            "a_rewrite_that_breaks_the_tests_is_dropped",
        ),
        "language/06-gens.md#run",
    ),
    Technique(
        "test-time compute",
        r"(?m) times ",
        ("best_of", "sums"),
        COMPUTE,
        (
            "the_best_of_several_is_the_likeliest_or_what_a_judge_or_a_reward_model_likes_best",
            "the_majority_of_samples_outvotes_the_one_that_is_wrong",
        ),
        "language/06-gens.md#samples-and-elements",
    ),
    Technique(
        "iterated wide search",
        r"(?m)^  loop ",
        ("bios",),
        COMPUTE,
        ("the_likeliest_claims_of_sixteen_samples_are_told_to_the_next_sixteen",),
        "language/14-loops.md",
    ),
    Technique(
        "confidence from consistency",
        r"consistency\(",
        ("known",),
        COMPUTE,
        ("a_claim_s_support_is_a_column_and_what_few_samples_say_is_left_out",),
        "language/07-judges.md#claims-that-samples-agree-on",
    ),
    Technique(
        "constitution",
        r"std/constitution",
        ("constitution",),
        JUDGES,
        ("a_drawn_principle_is_what_an_answer_is_criticised_rewritten_and_judged_by",),
        "language/12-imports.md",
    ),
    Technique(
        "reward model filter",
        r"-> score by",
        ("best_of",),
        JUDGES,
        ("what_a_reward_model_scores_too_low_is_not_kept",),
        "language/07-judges.md#scores",
        "The embedded engine serves no reward model; there a probability of yes is the score.",
    ),
    Technique(
        "preference pairs",
        r"emit dpo",
        ("distill",),
        DATA,
        ("a_demonstration_and_a_pair_of_chosen_and_rejected_come_from_the_same_row",),
        "language/09-emits.md#kinds",
    ),
    Technique(
        "no collapse",
        r"(?m)^mix |decontaminate ",
        ("clean",),
        DATA,
        ("what_quotes_the_evaluation_set_goes_and_half_of_the_rows_are_real",),
        "language/03-inputs.md#mixes",
    ),
    Technique(
        "diversity measured",
        r"audit distinct\(",
        ("clean",),
        DATA,
        ("near_copies_go_and_diversity_is_measured_at_every_build_and_in_the_diff",),
        "diff.md#measures",
        "Clusters of meaning and the coverage of each criterion are no measures yet: meaning acts in `dedup` and "
        "`select`, and a list of criteria is measured by its words.",
    ),
    Technique(
        "extremes",
        r"logprob",
        ("distill",),
        DATA,
        ("the_extremes_are_one_command_away",),
        "diff.md#asking-with-sql",
    ),
    Technique(
        "read the data",
        r"(?m)^  flag ",
        ("conversation",),
        DATA,
        (
            "rows_that_a_person_should_read_are_flagged_and_listed",
            "a_row_that_a_person_rejects_stays_away_from_the_next_build",
        ),
        "review.md#the-page",
    ),
    Technique(
        "cost known",
        r"(?m)^dataset ",
        ("distill",),
        DATA,
        ("a_plan_says_what_a_build_will_call_and_a_budget_stops_it",),
        "cli.md#synth-plan",
        "Tokens are planned once calls of the same cell were made. A budget of tokens and calls is never "
        "exceeded: each call reserves the most it may cost before it is sent.",
    ),
    Technique(
        "inconsistency tamed",
        r"temperature = .*(top_p|top_k|min_p|max_tokens) = ",
        ("distill",),
        FORMS,
        ("sampling_stands_in_the_spec_and_a_call_is_made_again_only_if_it_changed",),
        "language/06-gens.md#seeds",
    ),
    Technique(
        "log-probabilities",
        r"logprob",
        ("distill",),
        FORMS,
        ("the_log_probability_of_a_cell_is_kept_with_its_call_and_can_be_a_column",),
        "language/06-gens.md#gen",
    ),
    Technique(
        "many languages",
        r"language_of\(",
        ("languages",),
        FORMS,
        ("rows_are_told_in_each_language_and_what_is_in_another_is_dropped",),
        "language/04-draws.md#targets",
    ),
    Technique(
        "versioned data",
        r"(?m)^dataset ",
        ("clean",),
        DATA,
        ("every_build_is_a_commit_that_can_be_read_compared_and_queried",),
        "diff.md",
    ),
    Technique(
        "distillation",
        r"emit (sft|chat)",
        ("distill",),
        DATA,
        ("demonstrations_have_the_forms_that_trainers_read",),
        "language/09-emits.md#kinds",
    ),
)
SHOWN: Mapping[str, str] = {technique.name: technique.shown for technique in TECHNIQUES}
NAMED = re.compile(r"(?ms)^\* \*\*Techniques\*\*: (.*?)\.$")


def named(readme: Path) -> list[str]:
    found = NAMED.search(readme.read_text(encoding="utf-8"))
    return [name.strip() for name in " ".join(found[1].split()).split(",")] if found else []
