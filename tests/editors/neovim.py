"""A folder in; a real Neovim in it, with the plugin on its runtime path and nothing else, driven by keys, out."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from threading import Timer
from typing import Any, Protocol

import pynvim
import pytest

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "editors" / "neovim"
WAIT = 20.0
"""Seconds until what should come counts as never coming; machines of tests are slow."""
PATIENCE = 60.0
"""Seconds after which an editor is taken to wait for a person to answer a prompt."""

needs_neovim = pytest.mark.skipif(shutil.which("nvim") is None, reason="not run: no Neovim (apt-get install neovim)")


class Seen(Protocol):
    """What is looked for, until it is there."""

    def __call__(self) -> Any: ...


@dataclass(frozen=True)
class Neovim:
    nvim: Any
    folder: Path

    def open(self, name: str) -> None:
        self.nvim.command(f"edit! {self.folder / name}")

    def fresh(self) -> None:
        """No text is open; the server stays."""
        self.keys("<C-\\><C-n>")
        self.nvim.command("silent only! | silent %bwipeout!")

    def lua(self, code: str, *arguments: Any) -> Any:
        return self.nvim.exec_lua(code, *arguments)

    def keys(self, keys: str) -> None:
        self.nvim.input(keys)

    @property
    def text(self) -> str:
        return "\n".join(self.nvim.current.buffer[:]) + "\n"

    @property
    def line(self) -> str:
        return str(self.nvim.current.line)

    @property
    def file(self) -> str:
        return Path(self.nvim.current.buffer.name).name

    @property
    def codes(self) -> list[str]:
        return [found["code"] for found in self.lua("return vim.diagnostic.get(0)")]

    def until(self, seen: Seen) -> Any:
        """What `seen` gives, as soon as that is something."""
        end = time.monotonic() + WAIT
        while not (found := seen()):
            assert time.monotonic() < end, f"never; messages: {self.nvim.command_output('messages')}"
            time.sleep(0.05)
        return found

    def attached(self) -> None:
        """Once the server has answered that it is there."""
        self.until(lambda: self.lua(ATTACHED))

    def at(self, text: str, into: int = 0) -> None:
        """The cursor on the first place of a text, some characters into it."""
        self.nvim.call("cursor", 1, 1)
        assert self.nvim.call("search", f"\\V{text}", "c") > 0, f"no {text!r} in {self.file}"
        row, column = self.nvim.current.window.cursor
        self.nvim.current.window.cursor = (row, column + into)


ATTACHED = "return #vim.tbl_values(vim.lsp.buf_get_clients(0)) > 0"


@contextmanager
def neovim(folder: Path, plugin: Path = PLUGIN) -> Iterator[Neovim]:
    """No configuration of the machine's user is read; `synth` is the one of this environment."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    home = {f"XDG_{kind}_HOME": str(folder / ".nvim" / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
    command = ["env", f"PATH={path}", *(f"{key}={value}" for key, value in home.items())]
    command += ["nvim", "--embed", "--headless", "--clean", "-n", "--cmd", f"set runtimepath^={plugin}"]
    command += ["--cmd", "set lines=60 columns=200 cmdheight=20 nomore"]
    nvim = pynvim.attach("child", argv=command)
    stuck = Timer(PATIENCE, os.kill, (nvim.call("getpid"), SIGKILL))
    stuck.start()
    try:
        yield Neovim(nvim, folder)
    finally:
        leave(nvim)
        stuck.cancel()


def leave(nvim: Any) -> None:
    """As a person leaves, unsaved or not."""
    with suppress(EOFError, OSError):
        nvim.quit("qa!")
    nvim.close()
