"""A store in; what is wrong with its reviews and its protected branches, as they can be checked afterwards, out.

The gate can be walked around by whoever can write to the store. This cannot: it trusts the commits' own digests, the
policy that each branch held before each change, the chain of events and their signatures, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic, SynthError
from runtime.review import events
from runtime.review.digest import digest
from runtime.review.gate import PULL, REVIEWED, seen_as
from runtime.review.log import BRANCH
from runtime.review.model import Event, Merge, PullRequest
from runtime.review.outdated import Outdated, outdated
from runtime.review.recorded import Policy, configured, policy_bytes, recorded
from runtime.review.rules import Case, judged
from runtime.review.signing import holds
from runtime.review.state import pull_request
from runtime.store.port import Commit, CommitId, Store, Unavailable

if TYPE_CHECKING:
    from runtime.config.model import Config


@dataclass(frozen=True, slots=True)
class Finding:
    """`where` is a commit's id, an event's path, or a branch; `what` says what is wrong there."""

    where: str
    what: str


@dataclass
class History:
    """`commits` were checked, `before` were made before a policy was recorded.

    `outdated` are told and not wrong: of the protected branches, and of all where none is.

    `recorded` are those of the branches that hold a policy themselves.
    """

    branches: tuple[str, ...] = ()
    recorded: tuple[str, ...] = ()
    events: int = 0
    merges: int = 0
    commits: int = 0
    before: int = 0
    findings: list[Finding] = field(default_factory=list)
    outdated: list[Outdated] = field(default_factory=list)


def verify_history(store: Store, config: Config, branch: str | None = None) -> History:
    """The log of reviews, and one protected branch or all of them. E1093 for a branch that is not protected."""
    branches = _branches(store, config, branch)
    found = History(branches, tuple(name for name in branches if policy_bytes(store, store.head(name)) is not None))
    known = _log(store, found)
    local = configured(config)
    _signatures(known, _signers(store, local, found.branches), found)
    for name in found.branches:
        _Walk(store, local, name, known, found).run()
    heads = [head for name, head in store.branches().items() if name in found.branches or not found.branches]
    found.outdated = sorted({one for head in heads for one in outdated(store, head)})
    return found


def _branches(store: Store, config: Config, wanted: str | None) -> tuple[str, ...]:
    """Those that synth.toml protects, and those whose own recorded policy does."""
    found = []
    for name, head in store.branches().items():
        policy = recorded(store, head)
        if name in config.review.branches or (policy is not None and name in policy.branches):
            found.append(name)
    if wanted is None:
        return tuple(found)
    if wanted not in found:
        help_ = 'add it to synth.toml: [review] branches = ["main"]'
        raise SynthError(Diagnostic("E1093", f"branch `{wanted}` is not protected, or not there", help=help_))
    return (wanted,)


def _signers(store: Store, local: Policy, branches: Sequence[str]) -> str:
    """Everyone who may sign anything: a signature by none of them is a forgery."""
    policies = [policy for name in branches if (policy := recorded(store, store.head(name)))]
    return "\n".join(dict.fromkeys(policy.signers for policy in (local, *policies) if policy.signers))


# --- the log ---


def _log(store: Store, found: History) -> Sequence[Event]:
    """The events that can be read, in order; what is wrong with the others is found."""
    head = store.head(BRANCH)
    if head is None:
        return ()
    _only_grows(store, head, found)
    good: list[Event] = []
    for path in sorted(_paths(store, head), key=lambda path: (events.parse_path(path) or (0, 0, ""))[1]):
        try:
            good.append(events.read(path, store.read(head, path)))
        except Unavailable:
            raise
        except SynthError as error:
            found.findings.append(Finding(path, error.diagnostics[0].message))
    found.events = len(good)
    found.findings += _chain(good)
    return good


def _paths(store: Store, head: CommitId) -> list[str]:
    return [entry.path for entry in store.entries(head)]


def _only_grows(store: Store, head: CommitId, found: History) -> None:
    """Each commit of the log adds events to the one before, and takes none away."""
    for commit in store.log(BRANCH):
        parent = commit.parents[0] if commit.parents else None
        changes = store.changed(parent, commit.id)
        if changes.removed or changes.changed or len(commit.parents) > 1:
            found.findings.append(Finding(commit.id, "takes events out of the log of reviews, or rewrites them"))


def _chain(good: Sequence[Event]) -> Iterator[Finding]:
    before = ""
    for place, event in enumerate(good, start=1):
        if event.seq != place or event.before != before:
            yield Finding(events.path_of(event), f"does not follow the event before it: event {place} is missing")
            return
        before = event.id


def _signatures(known: Sequence[Event], signers: str, found: History) -> None:
    if not signers:
        return
    for event in known:
        if event.signature and not holds(event, signers):
            what = f"the signature of {event.by} under #{event.pull}: {event.kind} does not hold"
            found.findings.append(Finding(events.path_of(event), what))


# --- a branch ---


@dataclass
class _Walk:
    """From the branch's head to its first commit, by first parents."""

    store: Store
    local: Policy
    branch: str
    events: Sequence[Event]
    found: History

    def run(self) -> None:
        head = self.store.head(self.branch)
        assert head is not None
        merges = self._merges()
        has_policy = policy_bytes(self.store, head) is not None
        at: CommitId | None = head
        while at is not None:
            commit = self.store.get(at)
            parent = commit.parents[0] if commit.parents else None
            self._commit(commit, parent, merges.pop(at, None), has_policy)
            at = parent
        for pull in merges.values():
            what = f"pull request #{pull.number} was merged as {pull.merged_commit}, which is not there"
            self._add(self.branch, what)

    def _merges(self) -> dict[CommitId, PullRequest]:
        found: dict[CommitId, PullRequest] = {}
        for number in sorted({event.pull for event in self.events}):
            own = [event for event in self.events if event.pull == number]
            if own[0].kind != "opened":
                continue
            pull = pull_request(own)
            if pull.merge is not None and pull.target == self.branch:
                found[pull.merge.commit] = pull
        return found

    def _policy(self, parent: CommitId | None, has_policy: bool) -> Policy | None:
        """What was in force when the commit was made; None for what came before any policy."""
        if parent is None:
            return None
        policy = recorded(self.store, parent) if has_policy else self.local
        if policy is None or self.branch not in policy.branches:
            return None
        return policy if policy.signers else policy.stricter(Policy(signers=self.local.signers))

    def _commit(self, commit: Commit, parent: CommitId | None, pull: PullRequest | None, has_policy: bool) -> None:
        policy = self._policy(parent, has_policy)
        if policy is None:
            self.found.before += 1
            return
        self.found.commits += 1
        if pull is None or pull.merge is None:
            self._add(commit.id, _direct(commit))
            return
        self.found.merges += 1
        for what in self._merge(commit, parent, pull, pull.merge, policy):
            self._add(commit.id, f"pull request #{pull.number}: {what}")

    def _merge(
        self, commit: Commit, parent: CommitId | None, pull: PullRequest, merge: Merge, policy: Policy
    ) -> Iterator[str]:
        """Whether what was merged is what was approved, and was approved enough."""
        if merge.target != parent or merge.source not in commit.parents:
            yield "the log of reviews says that other commits were merged"
            return
        reviewed = commit.metadata.get(REVIEWED)
        if reviewed and reviewed not in {event.id for event in self.events}:
            yield "was merged by reviews that the log does not have any more"
        if digest(self.store, merge.target, commit.id) != merge.digest:
            yield "the commit holds other rows than were approved"
        before = [event for event in pull.events if event.seq < _seq(pull, merge)]
        then = seen_as(pull_request(before), digest(self.store, merge.target, merge.source))
        for rule in judged(Case(self.store, policy, then, merge.target, merge.source)):
            if not rule.met:
                yield f"was merged against the rule {rule.name}: {rule.text}"

    def _add(self, where: str, what: str) -> None:
        self.found.findings.append(Finding(where, what))


def _seq(pull: PullRequest, merge: Merge) -> int:
    return next(event.seq for event in pull.events if event.id == merge.event)


def _direct(commit: Commit) -> str:
    told: Mapping[str, str] = commit.metadata
    subject = commit.message.partition("\n")[0]
    if PULL in told:
        return f"says that it merges pull request #{told[PULL]}, which the log of reviews does not: `synth pr merge`"
    return f"came by no pull request: {subject} ({commit.author})"
