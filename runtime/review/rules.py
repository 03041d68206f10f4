"""A pull request and the policy in force in; each rule, met or not, out. What `synth merge` and the page ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from runtime.review.flags import FlaggedRow, flagged_in
from runtime.review.identity import email
from runtime.review.model import Approval, PullRequest, Rule
from runtime.review.outcome import Outcome, outcome
from runtime.review.recorded import Policy, in_force
from runtime.review.signing import holds
from runtime.store.port import CommitId, Store

if TYPE_CHECKING:
    from runtime.config.model import Config


def rules(store: Store, config: Config, pull: PullRequest) -> tuple[Rule, ...]:
    """Of the diff as it is now, or as it was merged. None of them where the target is not protected."""
    target, source = store.head(pull.target), store.head(pull.source)
    if pull.merge is not None:
        target, source = pull.merge.target, pull.merge.source
    if source is None:
        return (Rule("branch", False, f"`{pull.source}` is gone"),)
    policy = in_force(store, config, pull.target, target)
    return () if policy is None else judged(Case(store, policy, pull, target, source))


@dataclass(frozen=True)
class Case:
    """A pull request at two commits. Reviews that are not of their diff must be marked stale in `pull` already."""

    store: Store
    policy: Policy
    pull: PullRequest
    target: CommitId | None
    source: CommitId

    @cached_property
    def outcome(self) -> Outcome:
        return outcome(self.store, self.target, self.source)

    def trusted(self, review: Approval) -> bool:
        """Whether the review is signed, where that is asked for."""
        if self.policy.signatures == "allowed":
            return True
        event = next(event for event in self.pull.events if event.id == review.event)
        return holds(event, self.policy.signers)


def judged(case: Case) -> tuple[Rule, ...]:
    """Each rule of the policy that asks for anything."""
    found = [_approvals(case), _changes(case)]
    if case.policy.audits == "green":
        found.append(_audits(case))
    if case.policy.flags == "read":
        found.append(_flags(case))
    return tuple(found)


def _latest(pull: PullRequest) -> Sequence[Approval]:
    """What each person said last."""
    return tuple({email(review.by): review for review in pull.approvals}.values())


def _approvals(case: Case) -> Rule:
    policy, counts = case.policy, 0
    left_out = {"stale": 0, "by the author": 0, "without a valid signature": 0}
    for review in _latest(case.pull):
        if review.verdict != "approve":
            continue
        if review.stale:
            left_out["stale"] += 1
        elif email(review.by) == email(case.pull.author) and not policy.author_may_approve:
            left_out["by the author"] += 1
        elif not case.trusted(review):
            left_out["without a valid signature"] += 1
        else:
            counts += 1
    others = "".join(f", {count} {why}" for why, count in left_out.items() if count)
    return Rule("approvals", counts >= policy.approvals, f"{counts} of {policy.approvals} given{others}")


def _changes(case: Case) -> Rule:
    """Holds until that person approves: a new diff alone does not say that it is what they asked for."""
    asked = [review.by for review in _latest(case.pull) if review.verdict == "request_changes"]
    return Rule("changes", not asked, f"asked for by {', '.join(asked)}" if asked else "nobody asks for any")


def _audits(case: Case) -> Rule:
    """As the build found them, for what is taken whole; as the merge finds them, for what it puts together."""
    failed = [
        f"{pair.dataset}: {title}"
        for pair in case.outcome.pairs
        if pair.after.manifest is not None
        for title in pair.after.manifest.failed
    ]
    failed += [problem.message for problem in case.outcome.problems]
    return Rule("audits", not failed, "; ".join(failed) if failed else "all hold")


def _flags(case: Case) -> Rule:
    unread = list(unread_rows(case))
    shown = ", ".join(f"{row.place.dataset} {row.place.key}" for row in unread[:3])
    more = f" and {len(unread) - 3:,} more" if len(unread) > 3 else ""
    return Rule("flags", not unread, f"{shown}{more} not read yet" if unread else "every flagged row is read")


def unread_rows(case: Case) -> Iterator[FlaggedRow]:
    """Flagged rows that nobody has read as they are now, and nobody has decided about."""
    read = {(*_row(row.place.dataset, row.place.table, row.place.key), row.hash) for row in case.pull.read}
    decided: dict[str, set[tuple[str, str, str]]] = {}
    for row in flagged_in(case.outcome):
        dataset = row.place.dataset
        at = _row(dataset, row.place.table, row.place.key)
        if (*at, row.hash) in read:
            continue
        if dataset not in decided:
            decided[dataset] = set(_decided(case.store, case.source, dataset))
        if at not in decided[dataset]:
            yield row


def _row(dataset: str, table: str, key: str) -> tuple[str, str, str]:
    return dataset, table, key


def _decided(store: Store, source: CommitId, dataset: str) -> Iterator[tuple[str, str, str]]:
    """Rows about which a person's decision stands."""
    from runtime.decisions import state

    for standing in state(store, source, dataset):
        if standing.state == "applied":
            yield _row(dataset, standing.decision.table, standing.decision.key)
