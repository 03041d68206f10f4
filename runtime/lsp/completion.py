"""A place in a half-typed spec in; what could follow, the likeliest first, out."""

from __future__ import annotations

import re

from lsprotocol import types

from compiler.queries.completion.model import Item, Sort
from dsl.source import Span
from runtime.lsp import configuration
from runtime.lsp.edits import text_edits
from runtime.lsp.feature import Feature
from runtime.lsp.view import View

TRIGGERS = (".", '"', "@", "{", "(", ",", "=", "~", " ")
_K = types.CompletionItemKind
_KINDS: dict[Sort, types.CompletionItemKind] = {
    "value": _K.Variable,
    "param": _K.Constant,
    "const": _K.Constant,
    "enum": _K.Enum,
    "member": _K.EnumMember,
    "record": _K.Struct,
    "field": _K.Field,
    "input": _K.Variable,
    "personas": _K.Variable,
    "criteria": _K.Function,
    "model": _K.Module,
    "prompt": _K.Function,
    "judge": _K.Function,
    "dataset": _K.Class,
    "mix": _K.Class,
    "function": _K.Function,
    "method": _K.Method,
    "property": _K.Property,
    "type": _K.TypeParameter,
    "setting": _K.Property,
    "argument": _K.Variable,
    "column": _K.Field,
    "keyword": _K.Keyword,
    "file": _K.File,
    "text": _K.Text,
    "tool": _K.Function,
    "reader": _K.Function,
    "table": _K.Class,
}
_PLACEHOLDER = re.compile(r"\$\{\d+:([^}]*)\}|\$\{?\d+\}?")
_ASKED_BY_SPACE = re.compile(r"\b(?:with|from|by|import|of)[ ]$")


def completion(view: View, params: types.CompletionParams) -> types.CompletionList | None:
    """A blank alone asks for nothing, but behind a word that a name must follow."""
    offset = view.offset(params.position)
    asked = params.context.trigger_character if params.context else None
    if asked == " " and not _ASKED_BY_SPACE.search(view.document.text, 0, offset):
        return None
    found = view.analysis.completions(view.path, offset, view.project.names)
    items = [_item(view, found.span, item, number) for number, item in enumerate(found.items)]
    return types.CompletionList(is_incomplete=False, items=items)


def _item(view: View, span: Span, item: Item, number: int) -> types.CompletionItem:
    snippet = item.snippet and view.client.snippets
    text = item.text if snippet or not item.snippet else _PLACEHOLDER.sub(lambda match: match[1] or "", item.text)
    formats = types.InsertTextFormat
    return types.CompletionItem(
        label=item.label,
        kind=_KINDS.get(item.sort),
        detail=item.detail or None,
        documentation=types.MarkupContent(types.MarkupKind.Markdown, item.doc) if item.doc else None,
        sort_text=f"{int(item.rank)}{number:05}",
        filter_text=_filter(view, span, item),
        insert_text_format=formats.Snippet if snippet else formats.PlainText,
        text_edit=types.TextEdit(view.range(span), text),
        additional_text_edits=text_edits(view, item.edits) or None,
    )


def _filter(view: View, span: Span, item: Item) -> str:
    """What is typed already may begin with a quote that the label does not have."""
    typed = view.document.text[span.start : span.end]
    return f"{typed[0]}{item.label}" if typed[:1] in ('"', "@") and item.label[:1] != typed[0] else item.label


FEATURES = (
    Feature(
        types.TEXT_DOCUMENT_COMPLETION,
        completion,
        types.CompletionOptions(trigger_characters=list(TRIGGERS), resolve_provider=False),
        configuration=configuration.completion,
    ),
)
