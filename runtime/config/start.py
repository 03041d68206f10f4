"""The table `[engines.NAME.start]` in; how a server of SGLang is to be started, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runtime.config.reading import Table

SCHEDULES = ("fcfs", "lpm", "dfs-weight", "lof", "random")
GRAMMARS = ("xgrammar", "llguidance", "outlines")
DEVICES = ("cuda", "cpu", "xpu", "hpu", "npu", "musa")


@dataclass(frozen=True, slots=True)
class StartConfig:
    """`python` has SGLang installed; `model_path` is a folder or a name of the Hugging Face hub. What is None is left
    to SGLang. `tp` and `dp` are how many devices share one copy of the model, and how many copies there are.
    `mem_fraction` is the share of the device's memory for weights and cache, `context` is in tokens, `max_running` in
    requests. `host` listens elsewhere than on loopback. `flags` are added as they stand, and win.
    """

    python: str | None = None
    model_path: str | None = None
    device: str | None = None
    dtype: str | None = None
    tp: int | None = None
    dp: int | None = None
    mem_fraction: float | None = None
    context: int | None = None
    max_running: int | None = None
    schedule: str = "fcfs"
    grammar: str | None = None
    embedding: bool = False
    host: str | None = None
    flags: tuple[str, ...] = ()


def read_start(table: Table) -> StartConfig:
    """Reports unknown and wrong settings at their place."""
    found = StartConfig(
        python=table.take("python", str),
        model_path=table.take("model_path", str),
        device=table.take("device", str, DEVICES),
        dtype=table.take("dtype", str),
        tp=table.take("tp", int, least=1),
        dp=table.take("dp", int, least=1),
        mem_fraction=_share(table),
        context=table.take("context", int, least=1),
        max_running=table.take("max_running", int, least=1),
        schedule=table.take("schedule", str, SCHEDULES) or "fcfs",
        grammar=table.take("grammar", str, GRAMMARS),
        embedding=bool(table.take("embedding", bool)),
        host=table.take("host", str),
        flags=table.texts("flags") or (),
    )
    table.finish()
    return found


def _share(table: Table) -> float | None:
    share: float | None = table.take("mem_fraction", float, least=0.01)
    if share is not None and share >= 1:
        table.wrong("mem_fraction", "is a share of the device's memory, below 1")
    return share
