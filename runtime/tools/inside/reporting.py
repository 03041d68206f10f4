"""What a tool found out in; one message to the supervisor, marked with a secret, out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

PACKAGES = "/packages"


def channel(secret_end: int, report_end: int) -> Callable[[Any], None]:
    """A function that sends its argument and ends the process. No program started later inherits the ends."""
    secret = os.read(secret_end, 64)
    os.close(secret_end)
    os.set_inheritable(report_end, False)
    write, end, dump = os.write, os._exit, json.dumps

    def send(report: Any) -> None:
        message = secret + dump(report).encode()
        while message:
            message = message[write(report_end, message) :]
        end(0)

    return send
