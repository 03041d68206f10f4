"""A store in; pull requests of its datasets, their rules, and what may be merged, out."""

from runtime.review.digest import ChangedRow, changed_rows, digest
from runtime.review.flags import FlaggedRow, flagged_rows
from runtime.review.gate import enforce, merge_pull, refuse_direct
from runtime.review.identity import email, whoami
from runtime.review.model import (
    Approval,
    Comment,
    Event,
    Merge,
    Place,
    PullRequest,
    ReadRow,
    Rule,
)
from runtime.review.opening import open_reviews
from runtime.review.reviews import Reviews
from runtime.review.rules import rules
from runtime.review.state import describe

__all__ = [
    "Approval",
    "ChangedRow",
    "Comment",
    "Event",
    "FlaggedRow",
    "Merge",
    "Place",
    "PullRequest",
    "ReadRow",
    "Reviews",
    "Rule",
    "changed_rows",
    "describe",
    "digest",
    "email",
    "enforce",
    "flagged_rows",
    "merge_pull",
    "open_reviews",
    "refuse_direct",
    "rules",
    "whoami",
]
