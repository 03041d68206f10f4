"""A server of the API in; what it says of itself, by whichever of its own routes it has, out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runtime.engines.exchange import Exchange
from runtime.engines.openai.settings import Settings
from runtime.engines.protocol import About, EngineError

_VERSION = {"vllm": "/version", "llamacpp": "/props", "sglang": "/server_info"}


async def about(server: Exchange, prefix: str, settings: Settings, model: str, fingerprint: str) -> About:
    """What the API tells is the model; the rest comes from the flavour's own routes, where they answer."""
    tools = settings.flavour.tools
    own = await _asked(server, _VERSION[tools]) if tools else {}
    listed = _listed(await _asked(server, f"{prefix}/models"), model)
    details = {"flavour": settings.flavour.name}
    if fingerprint:
        details["system_fingerprint"] = fingerprint
    return About(
        kind="openai",
        version=_software(tools, own),
        model=model,
        device=str(own.get("device") or "unknown"),
        deterministic=settings.capabilities.seed,
        context=_context(own, listed),
        details=details,
    )


def _software(name: str | None, own: Mapping[str, Any]) -> str:
    """`vllm 0.11.2`: who speaks the API."""
    version = own.get("version") or own.get("build_info")
    return f"{name} {version}" if name and version else "unknown"


async def _asked(server: Exchange, path: str) -> Mapping[str, Any]:
    """Nothing where the server has no such route: it may well do without."""
    try:
        data = await server.json("GET", path)
    except EngineError:
        return {}
    return data if isinstance(data, dict) else {}


def _listed(models: Mapping[str, Any], model: str) -> Mapping[str, Any]:
    listed = (one for one in models.get("data") or () if isinstance(one, dict))
    return next((one for one in listed if one.get("id") == model), {})


def _context(own: Mapping[str, Any], listed: Mapping[str, Any]) -> int | None:
    known = own.get("default_generation_settings") or {}
    for found in (known.get("n_ctx"), listed.get("max_model_len"), listed.get("context_length")):
        if isinstance(found, int) and found > 0:
            return found
    return None
