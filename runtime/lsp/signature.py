"""A place inside a call's brackets in; what is called, and which of its arguments is being given, out."""

from __future__ import annotations

from lsprotocol import types

from runtime.lsp.feature import Feature
from runtime.lsp.view import View


def signature(view: View, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    found = view.analysis.signature(view.path, view.offset(params.position))
    if found is None:
        return None
    one = types.SignatureInformation(
        label=found.label,
        documentation=_markdown(found.doc),
        parameters=[types.ParameterInformation(item.label, _markdown(item.doc)) for item in found.params],
        active_parameter=found.active,
    )
    return types.SignatureHelp([one], active_signature=0, active_parameter=found.active)


def _markdown(text: str) -> types.MarkupContent | None:
    return types.MarkupContent(types.MarkupKind.Markdown, text) if text else None


FEATURES = (
    Feature(
        types.TEXT_DOCUMENT_SIGNATURE_HELP,
        signature,
        types.SignatureHelpOptions(trigger_characters=["(", ","], retrigger_characters=[")"]),
    ),
)
