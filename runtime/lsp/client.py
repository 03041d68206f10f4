"""What an editor says of itself in; the few things of it that answers depend on, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lsprotocol import types

_REFRESHES = (
    ("semantic_tokens", types.WORKSPACE_SEMANTIC_TOKENS_REFRESH),
    ("inlay_hint", types.WORKSPACE_INLAY_HINT_REFRESH),
    ("code_lens", types.WORKSPACE_CODE_LENS_REFRESH),
)


@dataclass(frozen=True, slots=True)
class Client:
    """`snippets`: placeholders in what is inserted; `annotations`: edits that a person confirms; `versions`: edits that
    name the text's version; `watches`: files that are watched where we ask for it; `refreshes`: what
    is asked anew when we say so, in every text that is shown."""

    snippets: bool = False
    annotations: bool = False
    versions: bool = False
    watches: bool = False
    refreshes: tuple[str, ...] = ()

    @classmethod
    def of(cls, said: types.ClientCapabilities) -> Client:
        return cls(
            snippets=_has(said, "text_document.completion.completion_item.snippet_support"),
            annotations=_has(said, "workspace.workspace_edit.change_annotation_support"),
            versions=_has(said, "workspace.workspace_edit.document_changes"),
            watches=_has(said, "workspace.did_change_watched_files.dynamic_registration"),
            refreshes=tuple(method for path, method in _REFRESHES if _has(said, f"workspace.{path}.refresh_support")),
        )


def _has(said: Any, path: str) -> bool:
    for name in path.split("."):
        said = getattr(said, name, None)
    return bool(said)
