"""How many examples a slow property is tried on in each run in; that number, or what `make soak` asks for, out."""

from __future__ import annotations

import os

SOAK = "SYNTH_TEST_EXAMPLES"


def few(number: int) -> int:
    return int(os.environ.get(SOAK, str(number)))
