"""A tool's name, its texts and its limits in; the key under which the result is stored out."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from hashlib import blake2b
from importlib.metadata import version
from typing import Any, Literal, get_args

import orjson

ToolName = Literal["python", "pytest", "sql", "command"]
TOOLS: tuple[str, ...] = get_args(ToolName)
VERSION = 1
"""Raised when a tool comes to say something else about the same arguments."""
PACKAGES: Mapping[str, tuple[str, ...]] = {
    "pytest": ("pytest", "pluggy", "iniconfig", "packaging", "pygments"),
    "sql": ("duckdb",),
}
"""The distributions that a tool shows its programs, beside Python's own library."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may take: seconds by the clock; bytes of memory, processes and threads, bytes of output, bytes of
    files and files open in a process, all its processes together."""

    timeout: float = 10.0
    memory: int = 512 * 2**20
    processes: int = 64
    output: int = 2**20
    files: int = 64 * 2**20
    handles: int = 256

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Limits:
        """The defaults with `given`'s in their place; a timeout may be an int."""
        limits = cls(**{name: value for name, value in given.items() if value is not None})
        return cls(**{**asdict(limits), "timeout": float(limits.timeout)})


@dataclass(frozen=True)
class ToolCall:
    """One run: `arguments` are the tool's texts, in the order of the spec."""

    tool: ToolName
    arguments: tuple[str, ...]
    limits: Limits = field(default_factory=Limits)

    @cached_property
    def digest(self) -> bytes:
        """All that the result depends on: the tool, its version and its packages', Python's, texts and limits."""
        packages = [f"{name} {version(name)}" for name in PACKAGES.get(self.tool, ())]
        parts = ["tool", self.tool, VERSION, platform.python_version(), packages]
        texts = [text.encode("utf-8", "surrogatepass").hex() for text in self.arguments]
        return blake2b(orjson.dumps([*parts, texts, list(asdict(self.limits).values())]), digest_size=32).digest()
