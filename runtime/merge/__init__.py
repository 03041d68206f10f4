"""Two versions of datasets in; one that holds the rows of both, and what a person has to decide, out.

merged = merge(store, ours, theirs)
commit_merge(store, "main", merged, "Merge tone")
"""

from runtime.merge.committing import commit_merge
from runtime.merge.merging import merge, preview, revert
from runtime.merge.model import TAKES, Conflict, Merged, Resolution, TableMerge, Take

__all__ = [
    "TAKES",
    "Conflict",
    "Merged",
    "Resolution",
    "TableMerge",
    "Take",
    "commit_merge",
    "merge",
    "preview",
    "revert",
]
