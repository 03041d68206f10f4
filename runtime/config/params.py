"""`-p n=100` and a profile's `[params]` in; expressions for the spec's params, each with a place for messages, out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from compiler.literal import literal
from compiler.types import STR, Choice, Optional, Type
from dsl import tree
from dsl.diagnostics import Diagnostic, SynthError
from dsl.source import Source, Span
from runtime.config.model import Config, Profile

_PARAM = re.compile(r"\s*([A-Za-z_]\w*)\s*=(.*)", re.DOTALL)


def split_param(text: str) -> tuple[str, str]:
    """`n=100` gives its name and its value as written; E0707 for anything else."""
    match = _PARAM.fullmatch(text)
    if match is None or not match[2].strip():
        help_ = "write name=value, as in `-p takes=3`"
        raise SynthError(Diagnostic("E0707", f"`-p {text}` sets no parameter", help=help_))
    return match[1], match[2].strip()


def parse_param(text: str, wanted: Type | None = None) -> tuple[str, tree.Expr]:
    """`n=100` gives `n` and an expression.

    A bare word is a text, because a shell takes the quotes away: `-p tone=formal`. Where a text is wanted, everything
    that is not quoted is one.
    """
    name, value = split_param(text)
    source = param_source(name, value)
    if _is_text(wanted) and not value.startswith('"'):
        return name, tree.Constant(span=Span(source.path, 0, len(value)), value=value)
    expression = _parse(source)
    if isinstance(expression, tree.Ref):
        return name, tree.Constant(span=expression.span, value=expression.name)
    return name, expression


def param_source(name: str, value: str) -> Source:
    """What a message about `-p name=value` quotes from."""
    return Source(f"-p {name}", value)


def _parse(source: Source) -> tree.Expr:
    from dsl.parser import parse_expression

    return parse_expression(source.text, source.path)


def _is_text(wanted: Type | None) -> bool:
    while isinstance(wanted, Optional):
        wanted = wanted.base
    return wanted == STR or isinstance(wanted, Choice)


def profile_params(config: Config, profile: Profile) -> Mapping[str, tree.Expr]:
    """The profile's params as expressions that stand at their line of `synth.toml`."""
    found = {}
    for name, value in profile.params.items():
        place = config.place("profile", profile.name, "params", name) or Span("synth.toml", 0, 0)
        found[name] = literal(value, place)
    return found
