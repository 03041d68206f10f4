"""An engine's settings, and the roles it is bound to, in; the command that starts its server, out. Starts nothing."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from runtime.config.model import Binding, EngineConfig
from runtime.engines.start.mistakes import contradiction, not_ours

ALWAYS = ("--constrained-json-disable-any-whitespace", "--enable-metrics", "--enable-cache-report")
"""Without the first a weak model fills a JSON answer with blanks; the others tell what the cache does."""

CPU_FLAGS = (
    *("--device", "cpu", "--attention-backend", "torch_native", "--sampling-backend", "pytorch"),
    *("--disable-overlap-schedule", "--disable-cuda-graph", "--skip-server-warmup"),
    *("--mm-feature-transport", "cpu"),
)
CPU_DEFAULTS = {"dtype": "bfloat16", "memory": 0.3, "running": 8, "grammar": "llguidance"}
CPU_TOKENS = 8192
CPU_ENVIRONMENT = {"SGLANG_USE_CPU_ENGINE": "1", "TORCHDYNAMO_DISABLE": "1", "OMP_WAIT_POLICY": "PASSIVE"}
"""Threads that wait for each other spin by default: on a machine that is busy with something else a token took thirty
times as long."""
KEY_FLAGS = ("--api-key", "--admin-api-key")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for beyond the settings."""

    deterministic: bool = False
    port: int | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Launch:
    """`arguments` follow `python -m sglang.launch_server`. `key_env` names the variable that holds the server's key,
    which stands in no argument. `url` is where synth asks it."""

    name: str
    host: str
    port: int
    url: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    key_env: str | None = None
    notes: tuple[str, ...] = ()


def launch(engine: EngineConfig, bindings: Sequence[Binding], wanted: Wanted, root: Path) -> Launch:
    """`bindings` are those of the profile that name this engine. Raises `SynthError` (E0831, E0833)."""
    if engine.kind != "sglang":
        raise not_ours(engine.name, f"it is of kind `{engine.kind}`", "only engines of kind `sglang` have one to start")
    _refuse_keys(engine, wanted)
    host, port = _address(engine, wanted.port)
    deterministic = wanted.deterministic or bool(engine.settings.get("deterministic"))
    if deterministic and engine.start.device == "cpu":
        way_out = "leave `deterministic` out: answers are written down, so a build repeats without it"
        raise contradiction(engine.name, "SGLang keeps no seeds on a CPU", way_out)
    served = _model(engine, bindings)
    arguments = (
        *("--model-path", _path(engine.start.model_path or served, root)),
        *_served_name(engine, served),
        *("--host", engine.start.host or host, "--port", str(port)),
        *_numbers(engine),
        *ALWAYS,
        *(("--enable-deterministic-inference",) if deterministic else ()),
        *(("--is-embedding",) if _embeds(engine, bindings) else ()),
        *engine.start.flags,
        *wanted.flags,
    )
    return Launch(
        name=engine.name,
        host=engine.start.host or host,
        port=port,
        url=f"http://{f'[{host}]' if ':' in host else host}:{port}",
        arguments=arguments,
        environment=CPU_ENVIRONMENT if engine.start.device == "cpu" else {},
        key_env=engine.settings.get("api_key_env"),
        notes=tuple(_notes(engine, wanted.port)),
    )


def _refuse_keys(engine: EngineConfig, wanted: Wanted) -> None:
    for flag in (*engine.start.flags, *wanted.flags):
        if flag.split("=")[0] in KEY_FLAGS:
            way_out = 'put it into the environment, and its variable into synth.toml: `api_key_env = "SGLANG_KEY"`'
            raise contradiction(engine.name, "a key on a command line is seen by everybody on the machine", way_out)


def urls(engine: EngineConfig) -> tuple[str, ...]:
    """Where an engine's servers are, one or several; none for those that run in this process."""
    one = engine.settings.get("url")
    several = engine.settings.get("urls")
    listed = several if isinstance(several, list) else []
    return tuple(dict.fromkeys(str(url) for url in (*((one,) if one else ()), *listed)))


def _address(engine: EngineConfig, port: int | None) -> tuple[str, int]:
    """The loopback address at which the client looks for it, and the port."""
    places = [urlsplit(url) for url in urls(engine)] or [urlsplit("http://127.0.0.1:30000")]
    local = [at for at in places if at.scheme == "http" and (is_loopback(at.hostname or "") or engine.start.host)]
    if not local:
        way_out = "start it there, or give `url` an address of this machine, as http://127.0.0.1:30000"
        raise not_ours(engine.name, f"{places[0].geturl()} is not on this machine", way_out)
    if len(local) > 1 and port is None:
        ports = ", ".join(str(at.port or 80) for at in local)
        raise contradiction(engine.name, f"it has several servers ({ports})", "say which: `--port N`")
    loopback = [at.hostname or "" for at in local if is_loopback(at.hostname or "")]
    return (loopback or ["127.0.0.1"])[0].replace("localhost", "127.0.0.1"), port or local[0].port or 80


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _model(engine: EngineConfig, bindings: Sequence[Binding]) -> str:
    """What is served: what the roles ask for, the engine's own `model`, the path it is started from."""
    models = {binding.model for binding in bindings if binding.model} or {engine.settings.get("model")} - {None}
    if len(models) > 1:
        listed = ", ".join(sorted(map(str, models)))
        raise contradiction(engine.name, f"roles ask it for several models: {listed}", "bind them to an engine each")
    found = next(iter(models), None) or engine.start.model_path
    if not found:
        way_out = f'name it: `model_path = "…"` under [engines.{engine.name}.start], a folder or a name of the hub'
        raise contradiction(engine.name, "it is not said which model", way_out)
    return str(found)


def _path(model: str, root: Path) -> str:
    """A folder of the project from anywhere; any other name is the hub's."""
    folder = root / Path(model).expanduser()
    return str(folder) if folder.exists() else model


def _served_name(engine: EngineConfig, served: str) -> tuple[str, ...]:
    name = () if served == engine.start.model_path or not engine.start.model_path else ("--served-model-name", served)
    revision = engine.settings.get("revision")
    return (*name, *(("--revision", str(revision)) if revision and not engine.start.model_path else ()))


def _numbers(engine: EngineConfig) -> tuple[str, ...]:
    start, cpu = engine.start, engine.start.device == "cpu"
    values: dict[str, object] = {
        "dtype": start.dtype,
        "memory": start.mem_fraction,
        "running": start.max_running,
        "grammar": start.grammar,
    }
    if cpu:
        values = {key: CPU_DEFAULTS[key] if value is None else value for key, value in values.items()}
    options = {
        "--device": None if cpu else start.device,
        "--dtype": values["dtype"],
        "--tp-size": start.tp,
        "--dp-size": start.dp,
        "--mem-fraction-static": values["memory"],
        "--context-length": start.context,
        "--max-running-requests": values["running"],
        "--max-total-tokens": max(CPU_TOKENS, start.context or 0) if cpu else None,
        "--schedule-policy": start.schedule,
        "--grammar-backend": values["grammar"],
    }
    found = [part for flag, value in options.items() if value is not None for part in (flag, str(value))]
    return (*found, *(CPU_FLAGS if cpu else ()))


def _embeds(engine: EngineConfig, bindings: Sequence[Binding]) -> bool:
    """A server either writes or scores: roles of both kinds need two."""
    kinds = {binding.kind for binding in bindings}
    if len(kinds) > 1:
        reason = f"its roles are of the kinds {', '.join(sorted(kinds))}, and one server is of one kind"
        raise contradiction(engine.name, reason, "bind them to an engine each")
    return engine.start.embedding or bool(kinds - {"chat"})


def _notes(engine: EngineConfig, port: int | None) -> list[str]:
    notes = []
    known = {urlsplit(url).port or 80 for url in urls(engine)}
    if port is not None and port not in known:
        notes.append(f"[engines.{engine.name}] looks for it elsewhere: give `url` the port {port}")
    if engine.start.host and not is_loopback(engine.start.host) and not engine.settings.get("api_key_env"):
        notes.append(f"it listens on {engine.start.host} without a key: whoever reaches the port can use it")
    return notes


def threads() -> str:
    """How many threads a CPU server computes with: the processors that this process may use."""
    return str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
