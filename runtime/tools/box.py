"""This machine's folders in; bubblewrap's command for a box that holds nothing else of it out."""

from __future__ import annotations

import site
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Literal

from runtime.tools.call import PACKAGES, Limits

Mode = Literal["user namespaces", "root"]
INSIDE = Path(__file__).parent / "inside"
_SYSTEM = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_LOADER = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives")
_NAMESPACES: dict[Mode, str] = {
    "user namespaces": "--unshare-user --uid 1000 --gid 1000",
    "root": "--cap-add CAP_SETUID --cap-add CAP_SETGID",
}
_ALWAYS = (
    "--unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup-try "
    "--die-with-parent --new-session --as-pid-1 --clearenv --hostname box"
)
_FOLDERS = ("/etc", "/packages", "/supervisor")
_SLACK = 2**20
"""Bytes beyond the limit, so that reaching it is seen before the disk is full."""
_START = "import sys; sys.path.insert(0, '/supervisor'); from inside.supervisor import main; main()"


@dataclass(frozen=True, slots=True)
class Way:
    """How a box can be made here: by which bubblewrap, as whom, and whether the kernel takes a seccomp filter."""

    bwrap: str
    mode: Mode
    seccomp: bool


def command(way: Way, limits: Limits, tool: str, filter_end: int | None) -> list[str]:
    """The box is made anew for each run, around the supervisor, and gone after it."""
    made = [way.bwrap, *_ALWAYS.split(), "--cap-drop", "ALL", *_NAMESPACES[way.mode].split()]
    made += [word for folder in _FOLDERS for word in ("--perms", "0755", "--dir", folder)]
    made += [*_system(), *_python_folders(), *_packages(tool), "--ro-bind", str(INSIDE), "/supervisor/inside"]
    made += ["--proc", "/proc", "--dev", "/dev", *_writable(limits)]
    made += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]
    made += ["--seccomp", str(filter_end)] if filter_end is not None else []
    made += [word for name, value in libraries().items() for word in ("--setenv", name, value)]
    return [*made, python(), "-I", "-S", "-c", _START]


def python() -> str:
    """Where this Python is, seen from inside."""
    base = Path(sys.base_prefix)
    folder = base if _is_system(base) else Path("/python")
    return str(folder / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}")


def libraries() -> dict[str, str]:
    """The variable that leads a Python outside the system's folders to its own shared library."""
    return {} if _is_system(Path(sys.base_prefix)) else {"LD_LIBRARY_PATH": "/python/lib"}


def _is_system(path: Path) -> bool:
    return path == Path("/usr") or Path("/usr") in path.parents


@cache
def _system() -> tuple[str, ...]:
    return tuple(_words(_system_folders()))


def _system_folders() -> Iterator[tuple[str, ...]]:
    yield "--ro-bind", "/usr", "/usr"
    for name in _SYSTEM:
        path = Path("/") / name
        if path.is_symlink():
            yield "--symlink", str(path.readlink()), str(path)
        elif path.is_dir():
            yield "--ro-bind", str(path), str(path)
    for name in _LOADER:
        yield "--ro-bind-try", f"/etc/{name}", f"/etc/{name}"


@cache
def _python_folders() -> tuple[str, ...]:
    """Python and its own library. What else is installed for it is covered by empty folders: it differs by machine."""
    base = Path(sys.base_prefix)
    bound = () if _is_system(base) else ("--ro-bind", str(base), "/python")
    installed = [Path(folder) for folder in site.getsitepackages([sys.base_prefix])]
    seen = [folder if _is_system(base) else Path("/python") / folder.relative_to(base) for folder in installed]
    covers = [str(at) for folder, at in zip(installed, seen, strict=True) if folder.is_dir()]
    return (*bound, *_words(("--size", "4096", "--tmpfs", at, "--remount-ro", at) for at in covers))


@cache
def _packages(tool: str) -> tuple[str, ...]:
    """Each importable file or folder of the tool's distributions, by itself."""
    found = {}
    for name in PACKAGES.get(tool, ()):
        for file in distribution(name).files or ():
            top = file.parts[0]
            if top != ".." and not top.endswith((".pth", "__pycache__")):
                found[top] = str(distribution(name).locate_file(top))
    return tuple(_words(("--ro-bind-try", source, f"/packages/{top}") for top, source in sorted(found.items())))


def _writable(limits: Limits) -> list[str]:
    """The program's own folder and shared memory, both in memory and both with an end."""
    size = str(limits.files + _SLACK)
    made = [word for at in ("/box", "/dev/shm") for word in ("--perms", "0777", "--size", size, "--tmpfs", at)]
    return [*made, "--symlink", "box", "/tmp"]


def _words(parts: Iterable[tuple[str, ...]]) -> Iterator[str]:
    return (word for part in parts for word in part)
