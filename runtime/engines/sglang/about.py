"""What SGLang's servers say of themselves in; `About` out, whatever the server's version calls the routes.

Early servers know the names that begin with `get_` alone, and later ones are to know only those without. A model's path
on the server's machine is nobody else's: of an absolute one only the last part is taken.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Any

from runtime.engines.protocol import About, EngineRejected

Get = Callable[[str], Awaitable[Any]]
Said = Mapping[str, Any]

UNKNOWN = "unknown"
_DETAILS = {
    "grammar_backend": "grammar",
    "attention_backend": "attention",
    "sampling_backend": "sampling",
    "dtype": "dtype",
    "quantization": "quantization",
    "kv_cache_dtype": "kv cache",
    "schedule_policy": "schedule",
    "max_running_requests": "running at most",
    "max_queued_requests": "queued at most",
    "reasoning_parser": "reasoning",
    "tp_size": "tensor parallel",
    "dp_size": "data parallel",
}
_ALTERING = {"quantization": None, "kv_cache_dtype": "auto", "chat_template": None}
"""What decides answers beside the weights, and what stands there where nothing was chosen."""
_SWITCHES = {
    "enable_cache_report": ("cache report", True),
    "enable_metrics": ("metrics", True),
    "disable_radix_cache": ("prefix cache", False),
    "constrained_json_disable_any_whitespace": ("JSON without blanks", True),
}


@dataclass(frozen=True)
class Facts:
    """What was learnt. `server` and `model` are the server's own words, empty where it has none."""

    server: Said
    model: Said
    longest: int | None = None

    @cached_property
    def deterministic(self) -> bool:
        return bool(self.server.get("enable_deterministic_inference"))

    @cached_property
    def generates(self) -> bool:
        """Whether the model writes text. One that does not embeds, or scores."""
        told = self.model.get("is_generation")
        return not self.server.get("is_embedding") if told is None else bool(told)

    @cached_property
    def takes_seeds(self) -> bool:
        """0.5.2 ends a request with a sampling parameter that it does not know by an error of its own."""
        numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", str(self.server.get("version", "")))
        return not numbers or tuple(map(int, numbers.groups())) >= (0, 5, 3)

    @property
    def reasoning(self) -> str | None:
        """The name of the server's parser of what its model thinks aloud."""
        return self.server.get("reasoning_parser") or None

    @property
    def running(self) -> int | None:
        """How many calls the server runs at once."""
        return self.server.get("max_running_requests") or None

    @property
    def weights(self) -> str | None:
        """The weights' name, with their version and what else they were told; None when the server does not say."""
        path = self.model.get("model_path") or self.server.get("model_path")
        version = self.model.get("weight_version")
        return _nameable(str(path), version) + "".join(f"+{part}" for part in self._altered()) if path else None

    def _altered(self) -> Iterator[str]:
        """What the server was told to make of its weights: each changes what they answer."""
        for key, plain in _ALTERING.items():
            value = self.server.get(key) or plain
            if value != plain:
                yield PurePath(str(value)).name

    @property
    def about(self) -> About:
        return About(
            kind="sglang",
            version=str(self.server.get("version", UNKNOWN)),
            model=self.weights or UNKNOWN,
            device=str(self.server.get("device") or UNKNOWN),
            deterministic=self.deterministic,
            context=self._context(),
            details=self._details(),
        )

    def _context(self) -> int | None:
        """The model's, or what the server's memory holds when that is less."""
        limits = (self.server.get("context_length") or self.longest, self.server.get("max_total_num_tokens"))
        return min((int(limit) for limit in limits if limit), default=None)

    def _details(self) -> dict[str, str]:
        told = {name: str(self.server[key]) for key, name in _DETAILS.items() if self.server.get(key) is not None}
        for key, (name, on) in _SWITCHES.items():
            if key in self.server:
                told[name] = "on" if bool(self.server[key]) is on else "off"
        return told | {"serves": "text" if self.generates else "vectors or scores"}


def _nameable(path: str, version: object) -> str:
    name = PurePath(path).name if path.startswith("/") else path
    return name if version in (None, "", "default") else f"{name}@{version}"


async def facts(get: Get) -> Facts:
    """Asks one server. What it has no route for stays unknown; raises `EngineUnavailable` when it does not answer."""
    server = await _first(get, "/server_info", "/get_server_info")
    model = await _first(get, "/model_info", "/get_model_info")
    longest = None if server.get("context_length") else await _longest(get)
    return Facts(server, model, longest)


async def _first(get: Get, *paths: str) -> Said:
    for path in paths:
        try:
            said = await get(path)
        except EngineRejected:
            continue
        if isinstance(said, dict):
            return said
    return {}


async def _longest(get: Get) -> int | None:
    models = (await _first(get, "/v1/models")).get("data") or [{}]
    longest: int | None = models[0].get("max_model_len")
    return longest
