"""An editor's messages on stdin in; the language server's answers on stdout, until the editor leaves, out."""

from __future__ import annotations

import typer

from runtime.cli.extras import need

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
    need("lsp", *EXTRA, code="E1290", what="the language server")
    from runtime.lsp.server import run as serve

    serve(tcp)
