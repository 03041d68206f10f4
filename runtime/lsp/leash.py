"""One end of a pipe whose other end the server holds in; the end of this command, when the server is gone, out.

A server that is killed ends nothing it runs. What the system still does for it is to close its pipes.
"""

from __future__ import annotations

import os
import signal
from threading import Thread


def hold(descriptor: int) -> None:
    """Called first thing in a command that leads a process group of its own: all of that ends."""
    os.set_inheritable(descriptor, False)
    Thread(target=_end, args=(descriptor,), name="leash", daemon=True).start()


def _end(descriptor: int) -> None:
    os.read(descriptor, 1)  # nothing is ever written
    os.killpg(os.getpgrp(), signal.SIGKILL)
