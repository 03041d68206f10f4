"""A compiled spec and a session in; what its steps ask of engines that these cannot do, found before any call, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from compiler import plan
from compiler.passes.lower.prompts import has_prefill
from compiler.types import STR, CheckedText, Choice, Generated, Optional, Type
from dsl import tree
from dsl.diagnostics import Diagnostic, SynthError
from dsl.source import Span
from runtime.build.program import Loaded
from runtime.build.session import Session
from runtime.engines.lower import lacking

_SETTINGS = {"top_k": 0, "min_p": 0, "repetition_penalty": 1}
"""Settings that not every engine knows, and what says nothing."""


@dataclass(frozen=True, slots=True)
class Need:
    """One step asks `role` for `features`; `place` is where it says so."""

    step: str
    place: Span
    role: str
    features: tuple[str, ...]


def enforce(chosen: Iterable[Loaded], session: Session) -> None:
    """Raises every E0804 of the datasets at once: nothing was asked, nothing was spent."""
    found = [unmet for loaded in chosen for unmet in unmet_needs(loaded.plan, session)]
    if found:
        raise SynthError(*found)


def unmet_needs(dataset: plan.DatasetPlan, session: Session) -> list[Diagnostic]:
    """One diagnostic for each step, role and feature."""
    return [
        replace(lack, span=need.place, label=f"{need.step} asks role `{need.role}`")
        for need in needs(dataset, session)
        for lack in lacking(session.engine_of(need.role), need.features)
    ]


def needs(dataset: plan.DatasetPlan, session: Session) -> Iterator[Need]:
    """What each step of the dataset needs of whoever it asks."""
    models = {item.role: item for item in dataset.models}
    prompts = {prompt.name: prompt for prompt in dataset.prompts}
    for step in dataset.of(plan.Gen):
        roles = (step.role,) if step.role in models else drawn(step.role, dataset)
        features = [*_form(step.answer), *_turn(prompts.get(step.prompt))]
        features += [setting.name.text for setting in step.settings if setting.name.text in _SETTINGS]
        for role in roles:
            wanted = tuple(dict.fromkeys((*features, *_said(models[role]))))
            yield Need(f"gen {step.name}", step.span, role, wanted)
    for judge in dataset.judges:
        asked = (*_verdict(judge, session), *_turn(judge.prompt))
        yield Need(f"judge {judge.name}", judge.node.name.span, judge.role, asked)


def drawn(name: str, dataset: plan.DatasetPlan) -> tuple[str, ...]:
    """The roles that a drawn name may stand for: those its distribution names, or all where it is not plain."""
    roles = [item.role for item in dataset.models]
    draws = [step for step in dataset.of(plan.Draw) if step.name == name]
    named = {node.name for draw in draws for node in tree.walk(draw.distribution) if isinstance(node, tree.Ref)}
    return tuple(role for role in roles if role in named) or tuple(roles)


def _verdict(judge: plan.JudgePlan, session: Session) -> tuple[str, ...]:
    """A reward model scores; any other is asked for a probability."""
    rewards = session.profile.binding(judge.role).kind == "reward" and session.engine_of(judge.role).capabilities.reward
    return () if judge.kind == "score" and rewards else ("logprobs",)


def _form(kind: Type) -> tuple[str, ...]:
    """A pattern or a choice can be checked and asked for again; what is written as JSON cannot."""
    while isinstance(kind, Generated | Optional):
        kind = kind.base
    return () if kind == STR or isinstance(kind, CheckedText | Choice) else ("json_schema",)


def _turn(prompt: plan.PromptPlan | None) -> tuple[str, ...]:
    if prompt is None or prompt.node.template is None:
        return ()
    opened = prompt.ends == "user" or (prompt.ends != "raw" and has_prefill(prompt))
    needed = {"raw": prompt.ends == "raw", "prefill": opened, "tokenize": _counts_tokens(prompt.node.template)}
    return tuple(name for name, wanted in needed.items() if wanted)


def _counts_tokens(template: tree.Template) -> bool:
    """Whether a text is cut to a number of tokens: `| truncate(tokens = 200)`."""
    calls = (part for part in tree.walk(template) if isinstance(part, tree.Filtered | tree.Call))
    named = (arg.name.text for call in calls for arg in call.args if arg.name is not None)
    return "tokens" in named


def _said(model: plan.ModelPlan) -> Iterator[str]:
    yield from (name for name, silent in _SETTINGS.items() if model.settings.get(name, silent) != silent)
