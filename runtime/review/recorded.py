"""The configuration and a protected branch in; the policy in force there, out: the stricter of what both say.

A policy that is recorded in the branch travels with it, and only an approved pull request changes it. So neither the
`synth.toml` that lies on somebody's disk nor anything in the source of a pull request can make it laxer.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import orjson

from dsl.diagnostics import Diagnostic, SynthError
from runtime.store.port import Change, CommitId, CommitRequest, Store
from runtime.tables.canonical import canonical_json

if TYPE_CHECKING:
    from runtime.config.model import Config
    from runtime.store.port import Commit

POLICY_PATH = "_synth/review.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Policy:
    """`signers` is the text of a file of allowed signers, "" for none."""

    branches: tuple[str, ...] = ()
    approvals: int = 0
    author_may_approve: bool = True
    audits: Literal["green", "any"] = "any"
    flags: Literal["read", "any"] = "any"
    signatures: Literal["required", "allowed"] = "allowed"
    signers: str = ""

    def stricter(self, other: Policy) -> Policy:
        """What meets it meets both. The signers are one's own, where there are any."""
        return Policy(
            branches=tuple(sorted({*self.branches, *other.branches})),
            approvals=max(self.approvals, other.approvals),
            author_may_approve=self.author_may_approve and other.author_may_approve,
            audits="green" if "green" in (self.audits, other.audits) else "any",
            flags="read" if "read" in (self.flags, other.flags) else "any",
            signatures="required" if "required" in (self.signatures, other.signatures) else "allowed",
            signers=self.signers or other.signers,
        )


def configured(config: Config) -> Policy:
    """What `[review]` of synth.toml says. E1092 for signers that cannot be read."""
    said = config.review
    return Policy(
        said.branches,
        said.approvals,
        said.author_may_approve,
        said.audits,
        said.flags,
        said.signatures,
        _signers(config) if said.allowed_signers else "",
    )


def _signers(config: Config) -> str:
    path = Path(config.review.allowed_signers or "")
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SynthError(
            Diagnostic(
                "E1092",
                f"the allowed signers `{path.name}` cannot be read: {why}",
                config.place("review", "allowed_signers"),
                help="one line for each person: ada@example.org ssh-ed25519 AAAA…",
            )
        ) from None


def policy_bytes(store: Store, commit: CommitId | None) -> bytes | None:
    """The recorded policy as it is stored; None where there is none."""
    if commit is None or not any(entry.path == POLICY_PATH for entry in store.entries(commit, POLICY_PATH)):
        return None
    return store.read(commit, POLICY_PATH)


def recorded(store: Store, commit: CommitId | None) -> Policy | None:
    """E1010 when the file is none that this synth can read: a branch is not open because its rules are unreadable."""
    data = policy_bytes(store, commit)
    if data is None:
        return None
    try:
        found = orjson.loads(data)
        if found.pop("format") != FORMAT:
            raise ValueError("format")
        return Policy(**{**found, "branches": tuple(found["branches"])})
    except (ValueError, KeyError, TypeError, AttributeError):
        message = "the recorded review policy is none that this synth can read"
        raise SynthError(Diagnostic("E1010", message, notes=(f"`{POLICY_PATH}` of commit {commit}",))) from None


def in_force(store: Store, config: Config, branch: str, head: CommitId | None) -> Policy | None:
    """The policy that a change of `branch` has to meet, its head being `head`; None where it is not protected."""
    own, local = recorded(store, head), configured(config)
    found = [policy for policy in (own, local) if policy and branch in policy.branches]
    if not found:
        return None
    return found[0].stricter(found[1]) if len(found) == 2 else found[0]


def policy_text(policy: Policy) -> bytes:
    """What `_synth/review.json` holds."""
    return canonical_json({"format": FORMAT, **asdict(policy)})


def record(store: Store, branch: str, policy: Policy) -> Commit:
    """One commit on `branch` that changes nothing but the recorded policy."""
    head, text = store.head(branch), policy_text(policy)
    return store.commit(
        CommitRequest(
            branch=branch,
            changes={POLICY_PATH: text},
            message="Record the review policy",
            build_id=f"policy-{(head or 'none')[:32]}",
            expected=head,
        )
    )


def merged_policy(store: Store, base: CommitId | None, ours: CommitId | None, theirs: CommitId | None) -> bytes | None:
    """The policy that a merge leaves: ours, unless theirs alone has changed it. Merging takes none away."""
    kept, new = policy_bytes(store, ours), policy_bytes(store, theirs)
    return new if new is not None and kept == policy_bytes(store, base) else kept


def policy_change(
    store: Store, base: CommitId | None, ours: CommitId | None, theirs: CommitId | None
) -> dict[str, Change]:
    """What a merge changes of it."""
    left = merged_policy(store, base, ours, theirs)
    return {} if left == policy_bytes(store, ours) else {POLICY_PATH: left}
