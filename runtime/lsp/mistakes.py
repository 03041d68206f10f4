"""A moment of a text in; what is wrong with it, as `synth check` and `synth lint` would say, out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from compiler.analysis import Analysis
from compiler.lint import chosen, lint
from compiler.workspace import imported
from dsl.diagnostics import Diagnostic, Severity, SynthError
from runtime.config.project import FILE
from runtime.lsp.projects import configuration_mistakes
from runtime.lsp.view import View

NO_PARAMETER = "E0720"
"""A profile sets what another spec of the project may have."""


@dataclass(frozen=True, slots=True)
class Mistakes:
    """`own` lie in the text or nowhere, `beside` in files that it reads; `reads` are the paths of all of these."""

    own: Sequence[Diagnostic]
    beside: Sequence[Diagnostic] = ()
    reads: Iterable[str] = ()


def mistakes(view: View) -> Mistakes:
    if view.is_configuration:
        return Mistakes(configuration_mistakes(view.document.text, view.project.root))
    if not view.is_spec:
        return Mistakes(())
    try:
        analysis = view.project.workspace.analyse(view.path, upto="plan")
    except SynthError as error:  # a file that cannot be read at all
        return Mistakes(error.diagnostics, (), (view.path,))
    found = [one for one in analysis.diagnostics if one.code != NO_PARAMETER]
    own = [one for one in found if one.span is None or one.span.path == view.path]
    wrong = [one for one in own if one.severity is Severity.ERROR]
    beside = [one for one in found if one not in own and not _is_stale(view, one)]
    return Mistakes([*wrong, *lint(analysis, _wanted(view))], beside, _reads(analysis))


def _is_stale(view: View, found: Diagnostic) -> bool:
    """What a spec's check says of a configuration that cannot be read is about the last one that could."""
    return found.span is not None and found.span.path == FILE and not view.project.is_configured


def _reads(analysis: Analysis) -> set[str]:
    """Files that it imports, there or not: one may come to be."""
    named = (path for file in analysis.model.files.values() for path in imported(file))
    return {*analysis.model.sources, *named}


def _wanted(view: View) -> Callable[[str], bool]:
    """As `[lint]` of the project says."""
    config = view.project.config.lint
    return chosen(config.select, config.ignore)
