"""A store in; pull requests of its datasets, their rules, and what may be merged, out."""

from runtime.review.digest import ChangedRow, changed_rows, digest
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
from runtime.review.reviews import Reviews
from runtime.review.state import describe

__all__ = [
    "Approval",
    "ChangedRow",
    "Comment",
    "Event",
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
    "whoami",
]
