"""A spec as it stands in; what each of its datasets would ask about its first row, and what all rows cost at most, out.

Made beside what is typed, once for each text of the spec and the files that it reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from compiler.analysis import Analysis, analyse
from runtime.lsp.feature import Errand
from runtime.lsp.view import View

if TYPE_CHECKING:
    from runtime.build.glanced import Place
    from runtime.build.glimpse import Glimpse
    from runtime.lsp.projects import OpenProject

    Glimpses = Mapping[str, Glimpse]


def glimpses(view: View) -> Errand[Glimpses]:
    """By dataset. What is asked now is fixed here; the work is the errand's."""
    now, project, path = view.analysis, view.project, view.path
    texts, params = dict(project.texts), project.params

    def look() -> Glimpses:
        known = project.glimpses.get(path)
        if known is not None and known[0] is now:
            return known[1]
        found = _made(analyse(path, project.catalog, params, upto="lower", texts=texts), view)
        project.glimpses[path] = (now, found)
        return found

    return look


def _made(analysis: Analysis, view: View) -> Glimpses:
    """Of a spec without mistakes; a dataset that cannot be looked at is left out."""
    from dsl.diagnostics import SynthError
    from runtime.build.chosen import chosen
    from runtime.build.glimpse import glimpse

    if not analysis.ok or analysis.model.plan is None or not analysis.model.plan.ordered:
        return {}
    found: dict[str, Glimpse] = {}
    place = _place(view.project)
    for loaded in chosen(analysis, None):
        try:
            seen = glimpse(loaded, place)
        except SynthError:  # its input has mistakes, which a check has told
            continue
        if seen is not None:
            found[seen.dataset] = seen
    return found


def _place(project: OpenProject) -> Place:
    """A store is opened that is there, on this machine; none is made, and no server is asked."""
    from runtime.build.glanced import Place
    from runtime.store.open import project_store
    from runtime.store.worktree import current_branch

    if not project.catalog.has_store():
        return Place(project.root)
    branch = project.config.profile(None).branch or current_branch(project.project.state_dir)
    return Place(project.root, project_store(project.project), branch)
