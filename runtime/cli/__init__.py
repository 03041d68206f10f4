"""A command line in; what it asked for on the screen and an exit code out. The console script `synth`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dsl.diagnostics import SourceOf, SynthError

DONE, DIFFERENT, MISTAKE, OUR_BUG, INTERRUPTED = 0, 1, 2, 70, 130


def main() -> None:
    """Runs the command; a user's mistake is rendered as diagnostics, and only our own bugs have a traceback to show."""
    from dsl.diagnostics import SynthError
    from runtime.cli.app import app

    try:
        app()
    except SynthError as error:
        _report(error)
        sys.exit(MISTAKE)
    except KeyboardInterrupt:
        print("\nstopped; run the same command again to go on where it was", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DONE)
    except Exception as error:
        if os.environ.get("SYNTH_DEBUG"):
            raise
        print(f"synth has a bug: {type(error).__name__}: {error}", file=sys.stderr)
        print("set SYNTH_DEBUG=1 to see where, and please report it", file=sys.stderr)
        sys.exit(OUR_BUG)


def _report(error: SynthError) -> None:
    from runtime.cli.console import report

    try:
        from runtime.cli.context import Context

        source_of: SourceOf = Context.here().source
    except Exception:  # a broken configuration is reported without quoting it
        source_of = lambda path: None  # noqa: E731
    report(error.diagnostics, source_of)
