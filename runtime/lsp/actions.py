"""A piece of a text in; what would mend the mistakes in it, as edits that one can choose from, out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from lsprotocol import types

from compiler.analysis import analyse
from compiler.lint.spec import Spec
from compiler.lint.suppress import allowing
from dsl.diagnostics import Diagnostic, Fix
from dsl.diagnostics.fixing import mend
from dsl.source import Source, Span
from runtime.lsp.diagnostics import shown
from runtime.lsp.edits import workspace_edit
from runtime.lsp.feature import Feature
from runtime.lsp.mistakes import mistakes
from runtime.lsp.view import View

FIX_ALL = "source.fixAll.synth"
ORGANISE = types.CodeActionKind.SourceOrganizeImports
UNUSED_IMPORT = "W0202"
KINDS = (types.CodeActionKind.QuickFix, FIX_ALL, ORGANISE)


def actions(view: View, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Those of the kinds that were asked for; without any, all but those that an editor runs when it saves."""
    found, place = mistakes(view).own, view.span(params.range)
    wanted = params.context.only
    offered: list[types.CodeAction] = []
    if _wants(wanted, types.CodeActionKind.QuickFix):
        offered += _fixes(view, [one for one in found if one.span is not None and _meets(one.span, place)])
    if wanted and _wants(wanted, FIX_ALL):
        offered += _mended(view, "mend all that can be mended", FIX_ALL, lambda one: True)
    if wanted and _wants(wanted, ORGANISE):
        offered += _mended(view, "remove unused imports", ORGANISE, lambda one: one.code == UNUSED_IMPORT)
    return offered


def _wants(only: Sequence[str] | None, kind: str) -> bool:
    """A kind asks for those below it too."""
    return only is None or any(kind == one or kind.startswith(f"{one}.") for one in map(_word, only))


def _word(kind: str) -> str:
    return str(getattr(kind, "value", kind))


def _meets(span: Span, place: Span) -> bool:
    return span.start <= place.end and place.start <= span.end


def _fixes(view: View, found: Iterable[Diagnostic]) -> Iterator[types.CodeAction]:
    for one in found:
        for number, fix in enumerate(one.fixes):
            yield _action(view, one, fix, preferred=number == 0 and fix.safe)
        if one.code.startswith("L"):
            yield from _suppression(view, one)


def _action(view: View, found: Diagnostic, fix: Fix, preferred: bool) -> types.CodeAction:
    return types.CodeAction(
        title=fix.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=shown([found], view),
        is_preferred=preferred,
        edit=workspace_edit(view, fix.edits),
    )


def _suppression(view: View, found: Diagnostic) -> Iterator[types.CodeAction]:
    """A comment that allows it; a better reason than the one that it gives is for the person to write."""
    edit = allowing(Spec(view.project.workspace.analyse(view.path, upto="plan")), found)
    if edit is not None:
        yield types.CodeAction(
            title=f"allow {found.code} here, with a reason",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=shown([found], view),
            edit=workspace_edit(view, [edit]),
        )


def _mended(view: View, title: str, kind: str, chosen: Callable[[Diagnostic], bool]) -> Iterator[types.CodeAction]:
    text = _without(view, chosen)
    if text != view.source.text:
        edit = types.WorkspaceEdit(changes={view.document.uri: changed(view, text)})
        yield types.CodeAction(title=title, kind=kind, edit=edit)


def changed(view: View, text: str) -> list[types.TextEdit]:
    """One edit, from the first character that differs to the last: a cursor elsewhere stays where it is."""
    before = view.source.text
    start = _alike(before, text)
    behind = _alike(before[start:][::-1], text[start:][::-1])
    place = view.lines.range(start, len(before) - behind)
    return [types.TextEdit(place, text[start : len(text) - behind])]


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin alike with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _without(view: View, chosen: Callable[[Diagnostic], bool]) -> str:
    """The text with all safe fixes made, round after round, of the mistakes that are chosen."""

    def find(source: Source) -> list[Diagnostic]:
        texts = {**view.project.texts, source.path: source.text}
        found = analyse(source.path, view.project.catalog, view.project.params, upto="plan", texts=texts)
        return [one for one in found.diagnostics if chosen(one)]

    return mend(view.source, find).text


FEATURES = (Feature(types.TEXT_DOCUMENT_CODE_ACTION, actions, types.CodeActionOptions(code_action_kinds=list(KINDS))),)
