"""A folder's name in; a project in it that checks, tests and builds at once, out."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import typer

from dsl.diagnostics import Diagnostic, SynthError
from runtime.cli.console import say
from runtime.cli.origin import UNKNOWN, requirement

RENAMED = {"gitignore": ".gitignore", "editorconfig": ".editorconfig", "vscode": ".vscode", "github": ".github"}
"""What would act on synth's own repository under their real names."""


def run(folder: str = typer.Argument(metavar="DIR", help="A folder that is empty, or not there yet.")) -> None:
    """Start a project that builds at once: configuration, one spec, inputs, a test.

    Example: synth new my_data
    """
    target = Path(folder)
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise SynthError(_taken(folder, target))
        _copy(resources.files("runtime.cli") / "project", target)
        _name_synth(target / "requirements.txt")
    except OSError as error:
        raise SynthError(_unwritable(folder, error)) from None
    say(f"made a project in {folder}\n")
    say(f"  cd {folder}" if target.resolve() != Path.cwd() else "next:")
    say("  synth check")
    say("  synth build specs/questions.synth")


def _copy(template: Traversable, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for item in sorted(template.iterdir(), key=lambda found: found.name):
        place = target / RENAMED.get(item.name, item.name)
        if item.is_dir():
            _copy(item, place)
        else:
            place.write_bytes(item.read_bytes())


def _name_synth(requirements: Path) -> None:
    text = requirements.read_text(encoding="utf-8")
    requirements.write_text(text.replace(UNKNOWN, requirement()), encoding="utf-8")


def _taken(folder: str, target: Path) -> Diagnostic:
    what = "is not empty" if target.is_dir() else "is a file"
    return Diagnostic("E1102", f"`{folder}` {what}", help="give the name of a new folder: nothing is ever overwritten")


def _unwritable(folder: str, error: OSError) -> Diagnostic:
    reason = (error.strerror or str(error)).lower()
    return Diagnostic("E1104", f"`{folder}` cannot be written: {reason}", help="choose a folder that is yours")
