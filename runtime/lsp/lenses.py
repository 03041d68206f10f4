"""A spec in; above each dataset what can be done with it, and above each test that it can be run, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lsprotocol import types

from dsl import tree
from runtime.lsp.feature import Feature
from runtime.lsp.view import View

if TYPE_CHECKING:
    from runtime.build.glimpse import Glimpse
    from runtime.lsp.samples import Glimpses

ROWS = 3
"""Rows that the lens above a dataset previews."""


def lenses(view: View, params: types.CodeLensParams) -> list[types.CodeLens]:
    """None above what could not be read. Whoever clicks one asks for it: nothing is run before."""
    file = view.analysis.model.files.get(view.path)
    return [lens for item in file.declarations for lens in _above(view, item)] if file is not None else []


def _above(view: View, item: tree.Declaration) -> Iterator[types.CodeLens]:
    uri = view.document.uri
    if isinstance(item, tree.Test):
        place = view.range(item.title_span)
        yield _lens(place, "run test", "synth.test", {"uri": uri, "test": item.title})
    elif isinstance(item, tree.Dataset | tree.Mix):
        place, about = view.range(item.name.span), {"uri": uri, "dataset": item.name.text}
        if isinstance(item, tree.Dataset):
            yield _lens(place, f"preview {ROWS} rows", "synth.preview", {**about, "rows": ROWS})
        yield types.CodeLens(place, data=about)


def _lens(place: types.Range, title: str, command: str, argument: Mapping[str, object]) -> types.CodeLens:
    return types.CodeLens(place, types.Command(title, command, arguments=[argument]))


def resolved(lens: types.CodeLens, about: Mapping[str, object], seen: Glimpses) -> types.CodeLens:
    """ "show plan", with what the dataset asks at most where that can be seen without looking at what was built."""
    found = seen.get(str(about.get("dataset")))
    lens.command = types.Command(f"show plan{_cost(found)}", "synth.plan", arguments=[about])
    return lens


def _cost(found: Glimpse | None) -> str:
    if found is None or not found.calls:
        return ""
    calls = f" · {found.calls:,} call{'s' if found.calls != 1 else ''}"
    return f"{calls}, about {short(found.all_tokens)} prompt tokens" if found.all_tokens else calls


def short(tokens: int) -> str:
    return f"{tokens:,}" if tokens < 10_000 else f"{tokens // 1000:,}k"


FEATURES = (Feature(types.TEXT_DOCUMENT_CODE_LENS, lenses, types.CodeLensOptions(resolve_provider=True)),)
