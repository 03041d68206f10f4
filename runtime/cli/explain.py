"""A code in; its page, with a bad and a good example, out."""

from __future__ import annotations

import typer

from runtime.cli.console import say


def run(code: str = typer.Argument(help="A code such as E0312.")) -> None:
    """Explain a message's code.

    Example: synth explain E0312
    """
    from dsl.diagnostics import Diagnostic, SynthError, codes, explain, nearest

    page = explain(code.upper())
    if page is None:
        guess = nearest(code.upper(), codes())
        raise SynthError(
            Diagnostic(
                "E1101",
                f"there is no code `{code}`",
                help=f"did you mean `{guess}`?" if guess else "a code is a letter and four digits, as in E0312",
            )
        )
    say(page)
