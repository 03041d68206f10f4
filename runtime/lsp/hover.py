"""A place in a spec in; what a reader wants to know of it, as Markdown, out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

from compiler.queries.hover import Hover
from dsl.source import Span
from runtime.lsp import configuration
from runtime.lsp.feature import Feature, Later
from runtime.lsp.markdown import escaped, fenced
from runtime.lsp.samples import glimpses
from runtime.lsp.view import View

if TYPE_CHECKING:
    from runtime.build.glimpse import Glimpse
    from runtime.lsp.samples import Glimpses


def hover(view: View, params: types.HoverParams) -> types.Hover | Later | None:
    """Of what asks a model also the prompt, as it would be sent for the first row."""
    offset = view.offset(params.position)
    found = view.project.workspace.hover(view.path, offset)
    if found is None:
        return None
    text, place = "\n\n".join(_parts(view, found)), view.range(found.span)
    asks = _asking(view, offset)
    if asks is None:
        return _shown(text, place)
    look = glimpses(view)

    def errand() -> types.Hover | None:
        prompt = _prompt(look(), *asks)
        return _shown(f"{text}\n\n{prompt}", place) if prompt else None

    return Later(errand, otherwise=_shown(text, place))


def _shown(text: str, place: types.Range) -> types.Hover:
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), place)


def _asking(view: View, offset: int) -> tuple[str, str | None] | None:
    """The name of the gen, prompt or judge at a place, and the dataset that it stands in."""
    here = view.analysis.here(view.path, offset)
    if here is None or here.subject is None or here.subject.what not in ("gen", "prompt", "judge"):
        return None
    return here.subject.name, here.dataset.name.text if here.dataset is not None else None


def _prompt(seen: Glimpses, name: str, dataset: str | None) -> str:
    own = seen.get(dataset or "")
    for one in [own] if own is not None else seen.values():
        cell = name if name in one.prompts else one.shown.get(name, "")
        if cell in one.prompts:
            head = f"Prompt of `{cell}` for the row `{escaped(one.key)}`, about {one.tokens[cell]:,} tokens:"
            return f"{head}\n\n{fenced(one.prompts[cell].strip())}"
    return _unread(own, *(one for one in seen.values() if name in one.shown))


def _unread(*places: Glimpse | None) -> str:
    """Why there is no prompt to be seen, where an input is the reason."""
    reason = next((one.unread for one in places if one is not None and one.unread), "")
    return f"A preview shows the prompt: {reason}." if reason else ""


def _parts(view: View, found: Hover) -> Iterator[str]:
    yield fenced(found.title, "synth")
    if found.doc:
        yield found.doc
    yield from found.facts
    if found.place is not None and (where := _where(view, found.place)):
        yield where


def _where(view: View, place: Span) -> str:
    """A link to another file; in this one, a reader sees it or goes there."""
    location = view.location(place) if place.path != view.path else None
    if location is None:
        return ""
    line = location.range.start.line + 1
    return f"[{place.path}:{line}]({location.uri}#L{line})"


FEATURES = (Feature(types.TEXT_DOCUMENT_HOVER, hover, configuration=configuration.hover),)
