"""A folder in; the project it belongs to, out: its root, its state folder and its configuration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dsl.diagnostics import Diagnostic, SynthError
from dsl.source import Source
from runtime.config.load import read_config
from runtime.config.model import Config
from runtime.config.paths import placed

FILE = "synth.toml"
STATE = ".synth"


@dataclass(frozen=True)
class Project:
    """`root` is the folder that paths in messages and in the store are relative to; `state_dir` may not exist yet."""

    root: Path
    state_dir: Path
    config: Config

    @classmethod
    def find(cls, start: Path) -> Project:
        """The project that `start` lies in, with its configuration read."""
        root = cls.root_of(start)
        return cls(root, root / STATE, load_config(root / FILE))

    @staticmethod
    def root_of(start: Path) -> Path:
        """The nearest folder at or above `start` with a `synth.toml`, else with a `.synth`, else `start` itself."""
        start = start.resolve()
        folders = [folder for folder in (start, *start.parents) if folder.is_dir()]
        root = next((f for f in folders if (f / FILE).is_file()), None)
        return root or next((f for f in folders if (f / STATE).is_dir()), folders[0])

    def path(self, path: Path | str) -> str:
        """A path as messages print it: relative to the root, with `/`; absolute when it is outside."""
        absolute = Path(path).resolve() if not Path(path).is_absolute() else Path(path)
        return absolute.relative_to(self.root).as_posix() if absolute.is_relative_to(self.root) else str(absolute)


def once(files: Iterable[Path]) -> list[Path]:
    """Each file under one name: a link to another of them is not one more."""
    found = list(files)
    real = {file for file in found if not file.is_symlink()}
    return [file for file in found if file in real or file.resolve() not in real]


def load_config(path: Path) -> Config:
    """The configuration in `path`; the default one when there is no such file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise SynthError(Diagnostic("E0701", f"`{path.name}` cannot be read: {reason}")) from None
    return placed(read_config(Source(path.name, text)), path.parent)
