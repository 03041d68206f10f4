"""A verb about engines in; what they are, can do, or are started as, out. One function for each thing to do."""

from __future__ import annotations

import typer

from runtime.cli.options import Json, ProfileName

app = typer.Typer(
    help="""List the engines, check what they can do, start and stop servers.

    Without a verb it lists them.

    Example: synth engines check gpu
    """,
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
)
Name = typer.Argument(metavar="NAME", help="An engine of synth.toml.")
Port = typer.Option(None, "--port", metavar="N", help="Only the one at this port.")


@app.callback()
def engines(context: typer.Context, profile: str | None = ProfileName, as_json: bool = Json) -> None:
    if context.invoked_subcommand is None:
        _list(profile, as_json)


@app.command("list")
def list_(profile: str | None = ProfileName, as_json: bool = Json) -> None:
    """List the engines: where each is, whether it is up, who uses it.

    Example: synth engines list --json
    """
    _list(profile, as_json)


def _list(profile: str | None, as_json: bool) -> None:
    from runtime.cli.engines_list import show

    show(profile, as_json)


@app.command()
def check(
    engine: str = typer.Argument(metavar="NAME|URL", help="An engine of synth.toml, or a server's address."),
    kind: str | None = typer.Option(None, "--kind", metavar="KIND", help="What a URL is: sglang or openai."),
    model: str | None = typer.Option(None, "--model", metavar="NAME", help="The model to ask for at a URL."),
    key_env: str | None = typer.Option(None, "--api-key-env", metavar="VAR", help="The variable with a URL's key."),
    quick: bool = typer.Option(False, "--quick", help="Take no times."),
    as_json: bool = Json,
) -> None:
    """Ask an engine for everything builds need, and say what it can do.

    Exit 1 when it claims something that does not hold. Nothing is written.

    Example: synth engines check http://127.0.0.1:30000
    """
    from runtime.cli.engines_check import check as asked

    asked(engine, kind, model, key_env, quick, as_json)


@app.command()
def start(
    name: str = Name,
    flags: list[str] = typer.Argument(None, metavar="[-- FLAG…]", help="More flags of SGLang's own."),
    profile: str | None = ProfileName,
    deterministic: bool = typer.Option(False, "--deterministic", help="Keep seeds; slower."),
    port: int | None = typer.Option(None, "--port", metavar="N", min=1, max=65535, help="In place of that in `url`."),
    wait: float = typer.Option(600, "--wait", metavar="SECONDS", min=1, help="Give up when it is not ready by then."),
    detach: bool = typer.Option(False, "--detach", help="Come back when it is ready, and leave it running."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Print the command line, and start nothing."),
) -> None:
    """Start an engine's SGLang server, with the flags that builds need.

    Where SGLang is installed: `python` under [engines.NAME.start], or
    SYNTH_SGLANG_PYTHON. Ctrl-C stops it.

    Example: synth engines start gpu --detach
    """
    from runtime.cli.engines_start import start as started
    from runtime.engines.start.launch import Wanted

    started(name, profile, Wanted(deterministic, port, tuple(flags or ())), wait, detach, dry_run)


@app.command()
def stop(name: str = Name, port: int | None = Port) -> None:
    """Stop the servers that `synth engines start` started.

    Example: synth engines stop gpu
    """
    from runtime.cli.engines_start import stop as stopped

    stopped(name, port)


@app.command()
def logs(
    name: str = Name,
    port: int | None = Port,
    lines: int = typer.Option(40, "-n", "--lines", metavar="N", min=1, help="The last N lines."),
    follow: bool = typer.Option(False, "-f", "--follow", help="Go on while the server runs."),
) -> None:
    """Show the log of a server that was started here.

    Example: synth engines logs gpu -n 20
    """
    from runtime.cli.engines_start import logs as shown

    shown(name, port, lines, follow)
