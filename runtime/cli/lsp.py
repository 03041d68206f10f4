"""An editor's messages on stdin in; the language server's answers on stdout, until the editor leaves, out."""

from __future__ import annotations

from importlib.util import find_spec

import typer

from dsl.diagnostics import Diagnostic, SynthError

EXTRA = ("pygls", "lsprotocol")


def run(
    tcp: int | None = typer.Option(None, "--tcp", metavar="PORT", min=1, max=65535, help="Serve one port of loopback."),
    stdio: bool = typer.Option(False, "--stdio", help="Serve stdin and stdout, as without any option."),
) -> None:
    """Serve an editor, over stdin and stdout.

    Editors start it themselves. It makes no model call and runs nothing of the
    folder that is opened, but for the commands that one gives in the editor.

    Example: synth lsp --tcp 2087
    """
    _check_installed()
    from runtime.lsp.server import run as serve

    serve(tcp)


def _check_installed() -> None:
    """E1290 without the extra: nothing else of synth needs it."""
    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        raise SynthError(
            Diagnostic(
                "E1290",
                "the language server is not installed",
                notes=(f"missing: {', '.join(missing)}",),
                help="pip install 'synth[lsp]'",
            )
        )
