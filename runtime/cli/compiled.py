"""What was typed of a spec, its params and its profile in; the compiled spec and an open session, out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dsl.diagnostics import SynthError

if TYPE_CHECKING:
    from compiler.analysis import Analysis
    from dsl import tree
    from runtime.build.session import Session
    from runtime.cli.context import Context
    from runtime.config.model import Profile
    from runtime.config.project import Project


@contextmanager
def compiled(
    spec: str, params: Sequence[str] = (), seed: int | None = None, profile: str | None = None
) -> Iterator[tuple[Analysis, Session, Context]]:
    """Compiles the spec as far as its programs. Its mistakes are raised; its warnings are shown and stop nothing."""
    from runtime.build.session import Session
    from runtime.cli.console import report
    from runtime.cli.context import Context
    from runtime.cli.noted import ENTERED
    from runtime.engines.faults import told

    context = Context.of(spec)
    ENTERED[:] = [context]
    chosen = context.project.config.profile(profile)
    with told(), Session(context.project, chosen) as session:
        analysis = context.analyse(spec, params_of(params, context.project, chosen), upto="lower", seed=seed)
        if not analysis.ok:
            raise SynthError(*analysis.diagnostics)
        report(analysis.diagnostics, analysis.source)
        yield analysis, session, context


def params_of(typed: Sequence[str], project: Project, profile: Profile) -> dict[str, tree.Expr]:
    """The profile's, and over them what was typed."""
    from runtime.cli.noted import quoted
    from runtime.config.params import param_source, parse_param, profile_params, split_param

    for text in typed:
        quoted(param_source(*split_param(text)))
    return {**profile_params(project.config, profile), **dict(parse_param(text) for text in typed)}
