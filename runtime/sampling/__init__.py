"""A row's key in; everything that is random about the row out, the same on any machine and in any order."""

from runtime.sampling.draws import Draws
from runtime.sampling.hashing import derive, draw_bits, row_bits, seed_of
from runtime.sampling.numbers import integer, normal, uniform, unit
from runtime.sampling.pool import Pool, shared_pool

__all__ = [
    "Draws",
    "Pool",
    "derive",
    "draw_bits",
    "integer",
    "normal",
    "row_bits",
    "seed_of",
    "shared_pool",
    "uniform",
    "unit",
]
