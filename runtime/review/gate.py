"""A change and a branch in; whether it may go there, and the merge of an approved pull request, out.

A protected branch takes only the approved diff of an open pull request. What is merged is the commit that was looked
at, never a branch's name, and rules and digest are looked at again whenever the target moved meanwhile.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dsl.diagnostics import SynthError
from runtime.review import mistakes
from runtime.review.model import PullRequest
from runtime.review.recorded import in_force
from runtime.review.reviews import Reviews
from runtime.review.rules import Case, judged
from runtime.store.port import BranchMoved, Change, Commit, CommitId, CommitRequest, Store

if TYPE_CHECKING:
    from runtime.config.model import Config

ATTEMPTS = 10
PULL, DIGEST, REVIEWED = "pull", "digest", "reviewed"
"""Keys of a merge commit's metadata: the number, the digest that was approved, the newest event that was known."""


def refuse_direct(store: Store, config: Config, branch: str, what: str = "it takes no commit directly") -> None:
    """E1086 for a protected branch. The first commit of a branch is free: there is nothing to compare it with."""
    head = store.head(branch)
    if head is not None and in_force(store, config, branch, head) is not None:
        raise mistakes.protected(branch, what)


def enforce(store: Store, config: Config, source: CommitId, target_branch: str) -> int | None:
    """None where the branch is not protected; else the open pull request that brings exactly this commit.

    E1086 when there is none, E1085 when it does not meet the rules.
    """
    head = store.head(target_branch)
    if in_force(store, config, target_branch, head) is None:
        return None
    reviews = Reviews(store)
    open_ = [pull for pull in reviews.list() if pull.target == target_branch]
    for pull in open_:
        if store.head(pull.source) == source:
            check(reviews, config, pull, head, source)
            return pull.number
    known = f" (open: {', '.join(f'#{pull.number} `{pull.source}`' for pull in open_)})" if open_ else ""
    raise mistakes.protected(target_branch, f"commit {source[:10]} is no open pull request's{known}")


def merge_pull(
    store: Store, config: Config, number: int, by: str, digest: str | None = None, reviews: Reviews | None = None
) -> Commit:
    """Merges the pull request's commit as it is now, when every rule is met; records it; safe to repeat.

    `digest` is that of the diff the person saw (E1087 when it is another one by now). E1061 with conflicts.
    """
    reviews = reviews or Reviews(store)
    pull = reviews.get(number)
    if (done := _made(store, pull)) is not None:
        _record(reviews, pull, by, done)
        return done
    if pull.state != "open":
        raise mistakes.not_in_state(pull, "open")
    target, source = reviews.heads(pull)
    for attempt in range(ATTEMPTS):
        seen = check(reviews, config, reviews.get(number), target, source)
        if digest is not None and (len(digest) < mistakes.SHORT or not seen.startswith(digest)):
            raise mistakes.moved(number, digest, seen)
        digest = seen
        try:
            made = store.commit(_request(store, pull, target, source, by, seen))
        except BranchMoved as moved:
            if attempt == ATTEMPTS - 1:
                raise
            target = moved.head
        else:
            _record(reviews, pull, by, made)
            return made
    raise AssertionError("unreachable")


def check(reviews: Reviews, config: Config, pull: PullRequest, target: CommitId | None, source: CommitId) -> str:
    """E1085 unless the rules are met at these two commits; the digest of the diff between them."""
    seen = reviews.digest_of(target, source)
    policy = in_force(reviews.store, config, pull.target, target)
    if policy is not None:
        found = judged(Case(reviews.store, policy, seen_as(pull, seen), target, source))
        if not all(rule.met for rule in found):
            raise mistakes.unmet(pull.target, f"pull request #{pull.number}", found, pull.number)
    return seen


def seen_as(pull: PullRequest, digest: str) -> PullRequest:
    """The pull request with its reviews held against this digest."""
    reviews = tuple(replace(review, stale=review.digest != digest) for review in pull.approvals)
    return replace(pull, approvals=reviews)


def _request(
    store: Store, pull: PullRequest, target: CommitId | None, source: CommitId, by: str, seen: str
) -> CommitRequest:
    return CommitRequest(
        branch=pull.target,
        changes=_changes(store, pull, target, source),
        message=f"Merge pull request #{pull.number}: {pull.title}",
        build_id=f"pull-{pull.number}-{seen[:32]}-{(target or '')[:16]}",
        expected=target,
        metadata={PULL: str(pull.number), DIGEST: seen, REVIEWED: pull.events[-1].id, "by": by},
        merged=source,
    )


def _changes(store: Store, pull: PullRequest, target: CommitId | None, source: CommitId) -> dict[str, Change]:
    from runtime.merge import merge
    from runtime.merge.committing import check as check_merge

    if target is None:
        raise mistakes.no_branch(pull.target, store.branches())
    merged = merge(store, target, source)
    if merged.up_to_date:
        raise mistakes.nothing(pull.source, pull.target)
    check_merge(merged)
    return dict(merged.changes)


def _made(store: Store, pull: PullRequest) -> Commit | None:
    """The merge that an earlier attempt made, though it was not recorded, or recorded already."""
    head = store.head(pull.target)
    if pull.merge is not None:
        return store.get(pull.merge.commit)
    if pull.state != "open" or head is None:
        return None
    source = store.head(pull.source)
    at: CommitId | None = head
    while at is not None and (source is None or store.merge_base(at, source) == source):
        commit = store.get(at)
        if commit.metadata.get(PULL) == str(pull.number) and (source is None or source in commit.parents):
            return commit
        at = commit.parents[0] if commit.parents else None
    return None


def _record(reviews: Reviews, pull: PullRequest, by: str, made: Commit) -> None:
    if pull.merge is None:
        try:
            reviews.record_merged(pull.number, by, made.id, digest=made.metadata.get(DIGEST))
        except SynthError:
            if reviews.get(pull.number).merged_commit != made.id:
                raise
