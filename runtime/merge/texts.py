"""The long texts that calls of three versions were given in; those that ours lacks, out.

A text is named by its own digest: two sides never have another one under a name, and none is taken away, for calls of
either side may name it. The next build leaves out what no call names any more.
"""

from __future__ import annotations

from runtime.diff.shards import Differing
from runtime.merge.apply import Delta
from runtime.merge.sides import Three
from runtime.query.scratch import parquet


def of_both(three: Three) -> Delta:
    """Relative to ours."""
    theirs = Differing(three.theirs, three.ours).paths
    if not theirs:
        return Delta()
    ours = parquet(Differing(three.ours, three.theirs).paths, "_key")
    return Delta(three.scratch.arrow(f"select * from {parquet(theirs)} where _key not in (select _key from {ours})"))
