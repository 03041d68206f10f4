"""A journal and a dataset in; which of its gens were never asked here before, out.

An answer that is not there yet may come out as an earlier one did: then what is asked about it is in the journal. Not
so where a gen never asked anything: no seed of another step is its own.
"""

from __future__ import annotations

from compiler import plan
from runtime.journal import Journal
from runtime.tables.manifest import Manifest


def never(journal: Journal, dataset: plan.DatasetPlan, previous: Manifest | None) -> frozenset[str]:
    """Gens whose calls have seeds of their own, of a dataset that no version of is committed."""
    if previous is not None:
        return frozenset()
    facts = {step.name: _fact(dataset, step) for step in dataset.of(plan.Gen) if not _is_greedy(dataset, step)}
    known = journal.facts(facts.values())
    return frozenset(name for name, fact in facts.items() if fact not in known)


def note(journal: Journal, dataset: plan.DatasetPlan) -> None:
    """Before anything is asked: from now on the gens may have answers."""
    facts = [_fact(dataset, step) for step in dataset.of(plan.Gen)]
    known = journal.facts(facts)
    if set(facts) - set(known):
        journal.set_facts(dict.fromkeys(facts, b""))


def _fact(dataset: plan.DatasetPlan, step: plan.Gen) -> str:
    return f"asked:{dataset.seed}:{dataset.name}:{step.salt or step.name}"


def _is_greedy(dataset: plan.DatasetPlan, step: plan.Gen) -> bool:
    """At temperature 0, or one that only a row knows, a call's key may leave the seed out."""
    if any(setting.name.text == "temperature" for setting in step.settings):
        return True
    roles = {item.role: item.settings.get("temperature", 1) for item in dataset.models}
    return not all(roles.values())
