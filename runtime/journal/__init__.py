"""Effects in; the value each was first answered with out, for ever: every effect is stored before it is used."""

from runtime.journal.journal import Journal, Stats
from runtime.journal.writer import Stored

__all__ = ["Journal", "Stats", "Stored"]
