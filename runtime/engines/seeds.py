"""A seed of 64 bits in; one of as many bits as a server takes, out."""

from __future__ import annotations

EVERYWHERE = 31
"""Bits that every server takes."""


def folded(seed: int, bits: int = EVERYWHERE) -> int:
    """Seeds that differ in their upper half alone still differ."""
    return (seed ^ (seed >> 32)) & ((1 << bits) - 1)
