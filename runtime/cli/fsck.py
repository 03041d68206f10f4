"""A project in; every fault of its store, and what was mended, out."""

from __future__ import annotations

from dataclasses import asdict

import typer

from runtime.cli.console import paint, plural, say, say_json
from runtime.cli.context import Context
from runtime.cli.options import Json

WAYS_OUT = {
    "git": "what another clone has comes back with `git fetch`; what a spec makes, with `synth build`",
    "lakefs": "what the server's storage has lost, its backup has; what a spec makes comes with `synth build`",
}


def run(
    mend: bool = typer.Option(False, "--mend", help="Put back what this machine has an intact copy of."),
    as_json: bool = Json,
) -> None:
    """Read the whole store and say what is damaged. Exit 1 when something is.

    Every branch and tag, every commit, every manifest and every row: each is
    compared with the digest that it was stored under.

    Example: synth fsck --mend
    """
    from runtime.upkeep.fsck import Fsck

    context = Context.here()
    check = Fsck(context.store, mend)
    faults = []
    for fault in check.faults():
        faults.append(fault)
        if not as_json:
            mended = paint("mended", "green") if fault.mended else paint("damaged", "red")
            say(f"{mended}  {fault.where}, in commit {fault.commit[:10]}\n         {fault.why}")
    left = sum(not fault.mended for fault in faults)
    if as_json:
        say_json({**asdict(check.look), "faults": [asdict(fault) for fault in faults]})
    else:
        _sum(check.look.commits, check.look.files, check.look.size, len(faults), left)
    if left and not as_json:
        say(WAYS_OUT[context.project.config.store.kind])
    if left:
        raise typer.Exit(1)


def _sum(commits: int, files: int, size: int, faults: int, left: int) -> None:
    looked = f"{plural(commits, 'commit')}, {plural(files, 'file')}, {size / 2**20:,.1f} MB"
    if not faults:
        say(f"nothing is wrong: {looked}")
        return
    say(f"{plural(faults, 'fault')}, {faults - left:,} mended: {looked}")
