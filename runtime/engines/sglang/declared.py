"""What synth.toml says of a server, and what the server says of itself, in; what is wrong with that out."""

from __future__ import annotations

from collections.abc import Mapping

from dsl.diagnostics import Diagnostic
from runtime.engines.sglang.about import Facts


def mistake(name: str, deterministic: bool | None, found: Mapping[str, Facts]) -> Diagnostic | None:
    """`found` is what each server said, by its url."""
    if deterministic:
        for url, facts in found.items():
            if facts.server and not facts.deterministic:
                return _keeps_no_seeds(name, url)
    return _differ(name, found)


def _keeps_no_seeds(name: str, url: str) -> Diagnostic:
    return Diagnostic(
        code="E0809",
        message=f"engine `{name}` is declared deterministic, and its server is not",
        notes=(f"{url} was started without `--enable-deterministic-inference`, and ignores seeds",),
        help="start the server with that flag, or take `deterministic = true` out of synth.toml",
    )


def _differ(name: str, found: Mapping[str, Facts]) -> Diagnostic | None:
    told = {url: (facts.weights, facts.generates) for url, facts in found.items() if facts.weights}
    if len(set(told.values())) < 2:
        return None
    return Diagnostic(
        code="E0810",
        message=f"the servers of engine `{name}` do not serve the same model",
        notes=tuple(f"{url} serves {weights}" for url, (weights, _) in told.items()),
        help="start them all with one model, or give each model an engine of its own",
    )
