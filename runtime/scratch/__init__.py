"""What would not fit into memory in; the same from disk, a piece at a time, out. Its files have no names, and go."""

from runtime.scratch.mapped import Mapped, room
from runtime.scratch.rows import ScratchRows
from runtime.scratch.spool import Spool

__all__ = ["Mapped", "ScratchRows", "Spool", "room"]
