"""A configuration and a role's binding in; the engine out. A wrong setting is reported at its line in `synth.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic, SynthError
from runtime.config.model import Binding, Config

if TYPE_CHECKING:
    from runtime.engines.protocol import Engine


def open_engine(config: Config, binding: Binding) -> Engine:
    """One engine object per call: callers that share a binding share what they opened."""
    from runtime.engines.registry import make_engine

    engine = config.engine(binding)
    try:
        return make_engine(engine.kind, engine.settings, name=engine.name)
    except SynthError as error:
        raise SynthError(*(_placed(config, engine.name, found) for found in error.diagnostics)) from None


def _placed(config: Config, engine: str, found: Diagnostic) -> Diagnostic:
    """The registry knows settings and no file; the first name in its message that is written here is the place."""
    if found.span is not None:
        return found
    table = config.place("engines", engine)
    names = ["kind"] if found.code == "E0801" else re.findall(r"`(\w+)`", found.message)
    places = (config.place("engines", engine, name) for name in names)
    return replace(found, span=next((place for place in places if place not in (None, table)), table))


def mistakes(config: Config) -> Iterator[Diagnostic]:
    """What is wrong with the settings of all engines, each at its line. Opens none."""
    if config.source is None:
        return
    from runtime.engines.registry import setting_mistakes

    for engine in config.engines.values():
        for key, mistake in setting_mistakes(engine.kind, engine.settings):
            yield replace(mistake, span=mistake.span or config.place("engines", engine.name, key))
