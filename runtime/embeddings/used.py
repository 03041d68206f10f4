"""A dataset's plan in; the identity of the embedding model behind it out, where a statement compares meanings."""

from __future__ import annotations

from compiler import plan

ROLE = "by meaning"
"""Under this name the model stands among a version's models; no role can have it."""


def compares(dataset: plan.DatasetPlan) -> bool:
    """Whether a statement of the dataset compares meanings."""
    return any(getattr(step, "method", None) == "meaning" for step in dataset.steps)


def models(dataset: plan.DatasetPlan) -> dict[str, str]:
    """Empty where nothing is compared by meaning; so that another model is another version of the data elsewhere."""
    if not compares(dataset):
        return {}
    from runtime.embeddings.model import embedder

    return {ROLE: embedder().identity}
