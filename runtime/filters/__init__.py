"""Values of candidates in, in candidate order; which of them repeat an earlier one, or overlap another set, out."""

from runtime.filters.batches import OrderedBatches
from runtime.filters.compare import Index, index
from runtime.filters.dedup import Deduplicator, Duplicate, deduplicator
from runtime.filters.overlap import Overlaps, Reference, overlaps

__all__ = [
    "Deduplicator",
    "Duplicate",
    "Index",
    "OrderedBatches",
    "Overlaps",
    "Reference",
    "deduplicator",
    "index",
    "overlaps",
]
