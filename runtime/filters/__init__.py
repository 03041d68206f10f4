"""Values of candidates in, in candidate order; which of them repeat an earlier one, out."""

from runtime.filters.dedup import (
    Deduplicator,
    Duplicate,
    ExactDeduplicator,
    MinhashDeduplicator,
    deduplicator,
)
from runtime.filters.gate import OrderedGate

__all__ = [
    "Deduplicator",
    "Duplicate",
    "ExactDeduplicator",
    "MinhashDeduplicator",
    "OrderedGate",
    "deduplicator",
]
