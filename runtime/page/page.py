"""A project, its store and a person in; pull requests as the page shows them, and as the person changes them, out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dsl.diagnostics import Diagnostic, SynthError
from runtime.config.project import Project
from runtime.page.answers import as_json
from runtime.page.comparison import Comparison, Comparisons, Recent
from runtime.page.differences import counts
from runtime.review import PullRequest, Reviews, refuse_direct, rules
from runtime.review.json import said_json, summary_json
from runtime.review.outcome import outcome
from runtime.store.port import CommitId, Store, Unavailable

Json = Any
Pair = tuple[CommitId | None, CommitId]
REMEMBERED = 256
"""Pairs of commits of which the counts and the outcome of merging are kept: commits never change."""


@dataclass
class Page:
    """Used by one thread at a time. `who` is the person who was let in: whatever the page does, they did."""

    project: Project
    store: Store
    who: str
    reviews: Reviews
    comparisons: Comparisons = field(init=False)
    _known: Recent = field(default_factory=lambda: Recent(REMEMBERED))

    def __post_init__(self) -> None:
        self.comparisons = Comparisons(self.store)

    def compared(self, pull: PullRequest) -> Comparison:
        """What the source did since it parted from the target. E1084 where the source is gone."""
        target, source = self.reviews.heads(pull)
        base = self.store.merge_base(target, source) if target is not None else None
        return self.comparisons.of(base, source)

    def counts(self, pull: PullRequest) -> Json:
        """Of each dataset; nothing where the branch is gone."""
        try:
            comparison = self.compared(pull)
        except SynthError:
            return []
        return self._known.get_or(("counts", comparison.base, comparison.head), lambda: counts(comparison))

    def listed(self, pull: PullRequest) -> Json:
        return {**summary_json(pull), "datasets": self.counts(pull)}

    def shown(self, pull: PullRequest) -> Json:
        rules = self._rules(pull)
        conflicts, problems = self._outcome(pull)
        met = all(rule["met"] for rule in rules) and not conflicts and not problems
        return {
            **summary_json(pull),
            **said_json(pull),
            **self._commits(pull),
            "rules": rules,
            "mergeable": pull.state == "open" and met,
            "conflicts": conflicts,
            "problems": problems,
        }

    def _commits(self, pull: PullRequest) -> Json:
        """Null where the branch is gone: what was said about it can be read all the same."""
        try:
            comparison = self.compared(pull)
            digest = self.reviews.digest(pull)
        except SynthError:
            return {"head": None, "base": None, "digest": None}
        return {"head": comparison.head, "base": comparison.base, "digest": digest}

    def _rules(self, pull: PullRequest) -> list[Json]:
        if pull.state == "closed":
            return []
        try:
            found = rules(self.store, self.project.config, pull)
        except SynthError as error:
            return [{"name": one.code, "met": False, "text": one.message} for one in error.diagnostics]
        return [{"name": rule.name, "met": rule.met, "text": rule.text} for rule in found]

    def _outcome(self, pull: PullRequest) -> tuple[int, list[Json]]:
        """What stands in the way of merging: conflicts, and what is wrong with the result."""
        if pull.state != "open":
            return 0, []
        try:
            pair = self.reviews.heads(pull)
        except SynthError as error:
            return 0, as_json(error.diagnostics)
        try:
            found: tuple[int, list[Json]] = self._known.get_or(("outcome", pair), lambda: self._previewed(pair))
        except Unavailable as error:
            return 0, as_json(error.diagnostics)
        return found

    def _previewed(self, pair: Pair) -> tuple[int, list[Json]]:
        try:
            found = outcome(self.store, *pair)
        except Unavailable:
            raise  # it will pass, and must not be remembered
        except SynthError as error:
            return 0, as_json(error.diagnostics)
        return len(found.conflicts), as_json(found.problems)

    def check_open(self, pull: PullRequest) -> None:
        """E1115 for one whose rows nobody decides about any more, E1086 where its source takes no commit."""
        if pull.state != "open":
            message = f"pull request #{pull.number} is {pull.state}: its rows are decided"
            raise SynthError(Diagnostic("E1115", message, help="`synth decide` decides about the rows of any branch"))
        refuse_direct(self.store, self.project.config, pull.source)
