"""A project in; its pull requests on a page in the browser, until Ctrl-C, out."""

from __future__ import annotations

import os
import sys

import typer

from runtime.cli.console import say
from runtime.cli.context import Context
from runtime.cli.extras import need

EXTRA = ("starlette", "uvicorn")


def run(
    number: int = typer.Argument(None, metavar="N", help="Open this pull request.", min=1),
    port: int = typer.Option(0, "--port", metavar="N", min=0, max=65535, help="Listen here; 0 is any free port."),
    no_browser: bool = typer.Option(False, "--no-browser", help="Print the URL and open nothing."),
    who: str = typer.Option(None, "--as", metavar="NAME", help="Who reviews, in place of git's user."),
) -> None:
    """Review pull requests in the browser, on a page that this machine serves.

    Example: synth review 3 --no-browser
    """
    need("review", *EXTRA, code="E1117", what="the review page")
    from runtime.page.serve import serve
    from runtime.review import Reviews, whoami

    context = Context.here()
    if number is not None:
        Reviews(context.store).get(number)

    def ready(url: str) -> None:
        say(f"{url}\n\nThis URL lets in one browser, once. Ctrl-C stops the page.")
        sys.stdout.flush()
        if not no_browser:
            _browse(url)

    try:
        serve(context.project, context.store, who or whoami(context.project), port, number, ready)
    except KeyboardInterrupt:
        say("\nstopped")


def _browse(url: str) -> None:
    """Nothing where there is no screen: a browser in the terminal would take it over."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    import webbrowser

    webbrowser.open(url)
