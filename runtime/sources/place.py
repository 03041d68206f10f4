"""A source as a spec calls it in; the files it reads, in order, out. Nothing outside the project is ever read."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Options:
    """What stands in an input's braces besides its key.

    `chunk` and `overlap` are words, for documents; `split` and `config` name a part of a Hugging Face dataset.
    """

    chunk: int | None = None
    overlap: int = 0
    split: str | None = None
    config: str | None = None


@dataclass(frozen=True)
class Where:
    """One call such as `jsonl("inputs/*.jsonl")`.

    `argument` is its path, glob or query; paths are relative to `base` (the spec's folder) and confined to `root` (the
    project's); `span` is the call's place for messages.
    """

    kind: str
    argument: str
    root: Path
    base: Path
    span: Span | None = None
    options: Options = Options()

    def shown(self, path: Path) -> str:
        """A file as messages print it: relative to the project, with `/`."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()

    def error(self, code: str, message: str, *notes: str, label: str = "", help: str | None = None) -> SynthError:  # noqa: A002
        return SynthError(Diagnostic(code, message, self.span, label, notes=notes, help=help))

    def file(self) -> Path:
        """The one file that the argument names."""
        path = self._path(self.argument)
        self.confine(path)
        if not path.is_file():
            raise self._missing(path)
        return path

    def folder(self) -> Path:
        """The one folder that the argument names."""
        path = self._path(self.argument)
        self.confine(path)
        if not path.is_dir():
            raise self._missing(path)
        return path

    def files(self, suffixes: tuple[str, ...] = ()) -> tuple[Path, ...]:
        """All files that the argument names, sorted by path: a file, a glob, or a folder with files of `suffixes`."""
        found = tuple(self.named(suffixes))
        for path in found:
            self.confine(path)
        if not found:
            raise self._missing(self._path(self.argument), suffixes)
        return found

    def stem(self) -> Path:
        """The folder that the names of found files are relative to: the argument up to its first wildcard."""
        parts = PurePosixPath(self.argument).parts
        fixed = next((i for i, part in enumerate(parts) if glob.has_magic(part)), len(parts))
        folder = self._path("/".join(parts[:fixed]))
        return folder if folder.is_dir() else folder.parent

    def named(self, suffixes: tuple[str, ...] = ()) -> list[Path]:
        """As `files`, and no complaint when there are none."""
        path = self._path(self.argument)
        self.confine(self.stem())
        if path.is_dir():
            return sorted((p for p in path.rglob("*") if p.suffix.lower() in suffixes and p.is_file()), key=_order)
        if glob.has_magic(self.argument) and not path.exists():
            names = glob.glob(self.argument, root_dir=self.base, recursive=True)  # noqa: PTH207 (`**` as in a shell)
            return sorted((found for found in map(self._path, names) if found.is_file()), key=_order)
        return [path] if path.is_file() else []

    def _path(self, name: str) -> Path:
        return Path(os.path.normpath(self.base / name))

    def confine(self, path: Path) -> None:
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise self.error(
                "E0607",
                f"`{self.argument}` is outside the project",
                f"the project is {self.root}",
                help="copy the file into the project; what a dataset is made from is versioned with it",
            )

    def _missing(self, path: Path, suffixes: tuple[str, ...] = ()) -> SynthError:
        if path.is_dir():
            return self._empty(suffixes)
        folder = path.parent
        siblings = [item.name for item in folder.iterdir()] if folder.is_dir() else []
        message = (
            f"no file matches `{self.argument}`" if glob.has_magic(self.argument) else f"no file `{self.argument}`"
        )
        return self.error(
            "E0606",
            message,
            f"looked in {self.shown(self.base) if self.base != self.root else 'the folder of the project'}",
            label=did_you_mean(path.name, siblings),
            help="paths are relative to the folder of the spec",
        )

    def _empty(self, suffixes: tuple[str, ...]) -> SynthError:
        if not suffixes:
            return self.error("E0606", f"`{self.argument}` is a folder, not a file", help="name a file in it")
        wanted = " or ".join(f"`{suffix}`" for suffix in suffixes)
        help_ = "files are looked for in its subfolders too"
        return self.error("E0606", f"the folder `{self.argument}` has no {wanted} file", help=help_)


def _order(path: Path) -> str:
    return path.as_posix()
