"""The kind and settings of `[engines.NAME]` in; the engine out, or a diagnostic that says which settings there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean

if TYPE_CHECKING:
    from runtime.engines.protocol import Engine

Settings = Mapping[str, Any]
Types = Mapping[str, tuple[type, ...]]

_NUMBER = (int, float)
_POSITIVE = frozenset({"concurrency", "context", "threads", "timeout", "seconds_per_token"})
_OWN: Mapping[str, Types] = {
    "llamacpp": {
        "model": (str,),
        "concurrency": (int,),
        "context": (int,),
        "threads": (int,),
        "timeout": _NUMBER,
        "deterministic": (bool,),
    },
    "deterministic": {
        "revision": (str,),
        "concurrency": (int,),
        "delay": _NUMBER,
        "jitter": _NUMBER,
        "invalid_share": _NUMBER,
        "unavailable_at": (list,),
        "unavailable_from": (int,),
    },
}
KINDS = ("llamacpp", "deterministic", "sglang", "openai")
"""The kinds of engines, the default first. What a server's kind takes stands in a module of its own, read on demand."""


def _types(kind: str) -> Types:
    if kind in _OWN:
        return _OWN[kind]
    found: Types = _module(kind).TYPES
    return found


def setting_types(kind: str) -> Types:
    """The settings that engines of this kind take, with their types; none for a kind that there is not."""
    return _types(kind) if kind in KINDS else {}


def _positive(kind: str) -> frozenset[str]:
    return _POSITIVE if kind in _OWN else _POSITIVE | getattr(_module(kind), "POSITIVE", frozenset())


def _module(kind: str) -> Any:
    return import_module(f"runtime.engines.{kind}.settings")


def make_engine(kind: str = "llamacpp", settings: Settings | None = None, *, name: str | None = None) -> Engine:
    """The engine of a profile. Cheap: weights are loaded and servers asked when the first request comes."""
    given = {key: value for key, value in (settings or {}).items() if key != "kind"}
    mistakes = setting_mistakes(kind, given)
    if mistakes:
        raise SynthError(*(mistake for _, mistake in mistakes))
    return _MAKERS[kind]({"name": name or kind, **given})


def _unknown_kind(kind: str) -> Diagnostic:
    return Diagnostic(
        code="E0801",
        message=f"there is no engine of kind `{kind}`",
        label=did_you_mean(kind, KINDS) or "",
        notes=(f"kinds of engines: {', '.join(KINDS)}",),
        help='write one of them in synth.toml, as in `kind = "llamacpp"`',
    )


def setting_mistakes(kind: str, settings: Settings) -> list[tuple[str, Diagnostic]]:
    """What is wrong with an engine's settings, each with the key that it is about. Loads no engine."""
    if kind not in KINDS:
        return [("kind", _unknown_kind(kind))]
    found = [(key, _unknown_setting(kind, key)) for key in settings if key not in _types(kind)]
    found += [(key, _wrong_type(kind, key, value)) for key, value in settings.items() if not _fits(kind, key, value)]
    if not found:
        found += _mistakes(kind, settings)
    return found


def _mistakes(kind: str, settings: Settings) -> Iterable[tuple[str, Diagnostic]]:
    """What is wrong with settings of the right types."""
    if kind in _OWN:
        return _neighbours(settings) if kind == "llamacpp" else ()
    found: Iterable[tuple[str, Diagnostic]] = _module(kind).mistakes(settings)
    return found


def _fits(kind: str, key: str, value: object) -> bool:
    wanted = _types(kind).get(key, (object,))
    if isinstance(value, bool) and bool not in wanted:
        return wanted == (object,)
    return isinstance(value, wanted) and not (key in _positive(kind) and isinstance(value, _NUMBER) and value <= 0)


def _unknown_setting(kind: str, key: str) -> Diagnostic:
    return Diagnostic(
        code="E0802",
        message=f"an engine of kind `{kind}` has no setting `{key}`",
        label=did_you_mean(key, tuple(_types(kind))) or "",
        notes=(f"settings of {kind}: {', '.join(_types(kind))}",),
    )


def _wrong_type(kind: str, key: str, value: object) -> Diagnostic:
    wanted = " or ".join(t.__name__ for t in _types(kind)[key])
    wanted += " above 0" if key in _positive(kind) else ""
    return Diagnostic(code="E0802", message=f"`{key}` of engine kind `{kind}` takes {wanted}, not {value!r}")


def _neighbours(settings: Settings) -> Iterator[tuple[str, Diagnostic]]:
    if settings.get("deterministic") is not True or settings.get("concurrency", 1) == 1:
        return
    yield (
        "concurrency",
        Diagnostic(
            code="E0802",
            message="an engine of kind `llamacpp` is deterministic on one slot alone",
            notes=("calls that are computed side by side are added up in another order, which can tip a token",),
            help="leave out `concurrency`, or `deterministic`",
        ),
    )


def _llamacpp(settings: Settings) -> Engine:
    from runtime.engines.llamacpp import LlamaCppEngine

    return LlamaCppEngine(**settings)


def _deterministic(settings: Settings) -> Engine:
    from runtime.engines.deterministic import DeterministicEngine

    return DeterministicEngine(**settings)


def _sglang(settings: Settings) -> Engine:
    from runtime.engines.sglang.engine import SglangEngine

    return SglangEngine(**settings)


def _openai(settings: Settings) -> Engine:
    from runtime.engines.openai.engine import OpenAIEngine

    return OpenAIEngine(**settings)


_MAKERS: Mapping[str, Callable[[Settings], Engine]] = {
    "llamacpp": _llamacpp,
    "deterministic": _deterministic,
    "sglang": _sglang,
    "openai": _openai,
}
