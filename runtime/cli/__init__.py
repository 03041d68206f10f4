"""A command line in; what it asked for on the screen and an exit code out. The console script `synth`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

DONE, DIFFERENT, MISTAKE, OUR_BUG, INTERRUPTED = 0, 1, 2, 70, 130
GATES = frozenset({"E0901", "E0902", "E0903", "E0920", "E1085", "E1061", "E1062"})
"""An audit, a test of the spec, a judge's gold cases: the spec is right, and what it made is not as it asks; or a
pull request that does not meet the rules yet."""


def main() -> None:
    """The console script."""
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # `synth log | head`: nobody is left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = DONE
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Runs the command and gives its exit code. Mistakes are rendered; only our own bugs have a traceback to show."""
    from dsl.diagnostics import SynthError
    from runtime.cli.mistaken import told, wants_json

    as_json = wants_json(arguments)
    try:
        return _run(arguments)
    except SynthError as error:
        told(error, as_json)
        return DIFFERENT if all(found.code in GATES for found in error.diagnostics) else MISTAKE
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and _refused(error, as_json):
            return MISTAKE
        if os.environ.get("SYNTH_DEBUG"):
            raise
        print(f"synth has a bug: {type(error).__name__}: {error}", file=sys.stderr)
        print("set SYNTH_DEBUG=1 for the traceback, and please report it", file=sys.stderr)
        return OUR_BUG


def _run(arguments: Sequence[str]) -> int:
    import typer

    from runtime.cli.app import app
    from runtime.cli.mistaken import misused, wants_json
    from runtime.cli.noted import forget

    forget()
    try:
        code = app(list(arguments) or ["--help"], prog_name="synth", standalone_mode=False)
    except typer.TyperException as error:  # a mistake in the call: an unknown option, an argument too few
        misused(error, wants_json(arguments))
        return MISTAKE
    except SystemExit as error:  # typer's answer to a pipe that nobody reads any more
        raise BrokenPipeError from error
    except typer.Abort:
        return _interrupted()
    return _interrupted() if code == INTERRUPTED else code or DONE


def _interrupted() -> int:
    print("\nstopped; run the same command again to go on where it was", file=sys.stderr)
    return INTERRUPTED


def _refused(error: OSError, as_json: bool) -> bool:
    """Whether it was the disk or its rights, and was told."""
    from dsl.diagnostics import SynthError
    from runtime.cli.disk import refused
    from runtime.cli.mistaken import told

    found = refused(error)
    if found is not None:
        told(SynthError(found), as_json)
    return found is not None
