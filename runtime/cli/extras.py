"""An extra that a verb needs in; a message that says how to install it, where a package of it is missing, out."""

from __future__ import annotations

from importlib.util import find_spec

from dsl.diagnostics import Diagnostic, SynthError


def need(extra: str, *packages: str, code: str, what: str) -> None:
    """Raises the diagnostic `code`; `what` is the part of synth that is missing."""
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        notes = (f"missing: {', '.join(missing)}",)
        raise SynthError(
            Diagnostic(code, f"{what} is not installed", notes=notes, help=f"pip install 'PATH/TO/synth[{extra}]'")
        )
