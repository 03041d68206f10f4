"""A session and a dataset in; who says what its texts mean out: the model that ships with synth, or an engine's.

`meaning = { engine = "emb", kind = "embedding" }` among a profile's roles has an engine do it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from compiler import plan
from dsl.diagnostics import Diagnostic, SynthError
from runtime.build.budget import Allowance
from runtime.build.program import Loaded
from runtime.build.progress import Progress
from runtime.build.session import Session
from runtime.config.model import MEANING
from runtime.embeddings import used
from runtime.embeddings.vectors import Encoder

EncoderOf = Callable[[plan.Step], Encoder | None]
"""Whose vectors a statement compares; None for those of the package."""


def packaged(step: plan.Step) -> None:
    """Nobody is asked: the model that ships with synth."""


def is_served(session: Session, dataset: plan.DatasetPlan) -> bool:
    """Whether an engine is asked what the dataset's texts mean."""
    return session.profile.binding(MEANING).kind == "embedding" and used.compares(dataset)


def identities(session: Session, dataset: plan.DatasetPlan) -> dict[str, str]:
    """The embedding model, as it stands among a version's models; empty where nothing is compared by meaning."""
    if not is_served(session, dataset):
        return used.models(dataset)
    return {used.ROLE: session.engine_of(MEANING).identity}


def enforce(chosen: Iterable[Loaded], session: Session) -> None:
    """E0811 where the engine that is to embed cannot: nothing was asked yet."""
    if not any(is_served(session, loaded.plan) for loaded in chosen):
        return
    engine = session.engine_of(MEANING)
    if not engine.capabilities.embed:
        raise SynthError(_cannot(session, engine.name))


def asking(session: Session, dataset: plan.DatasetPlan, progress: Progress, allowance: Allowance) -> EncoderOf:
    """Encoders for a build. One serves all statements, so that what they ask for together shares an exchange."""
    if not is_served(session, dataset):
        return packaged
    from runtime.build.embedding import Served

    served = Served(session.engine_of(MEANING), session.journal, progress, allowance)
    return lambda step: served


def recorded(session: Session, dataset: plan.DatasetPlan) -> EncoderOf:
    """Encoders that know what the journal holds, one for each statement."""
    if not is_served(session, dataset):
        return packaged
    from runtime.build.embedding import Recorded

    identity = session.engine_of(MEANING).identity
    found = {step.id: Recorded(identity, session.journal, step.title) for step in comparing(dataset)}
    return lambda step: found.get(step.id)


def comparing(dataset: plan.DatasetPlan) -> list[plan.Step]:
    """The statements that compare meanings, in order."""
    return [step for step in dataset.steps if getattr(step, "method", None) == "meaning"]


def _cannot(session: Session, engine: str) -> Diagnostic:
    place = session.project.config.place("profile", session.profile.name, "roles", MEANING)
    return Diagnostic(
        "E0811",
        f"engine `{engine}` makes no embeddings",
        place,
        label="statements that compare `by meaning` would ask it for vectors",
        help="bind `meaning` to an embedding server, or leave the line out: a model ships with synth",
    )
