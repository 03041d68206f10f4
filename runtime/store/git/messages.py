"""A commit's message, build id and metadata in; the text git keeps out, and back.

The metadata is the last paragraph, one line of JSON after `Synth-Metadata:`, so that any git tool shows it and nothing
a person writes in a message can be taken for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

_TRAILER = "Synth-Metadata: "
_BUILD = "build"


def format_message(message: str, build_id: str, metadata: Mapping[str, str]) -> str:
    """Git takes no NUL; line ends become `\\n`."""
    text = "\n".join(message.replace("\0", "").splitlines()).strip()
    trailer = json.dumps({_BUILD: build_id, "data": dict(metadata)}, sort_keys=True, ensure_ascii=False)
    return f"{text}\n\n{_TRAILER}{trailer}\n"


def parse_message(text: str) -> tuple[str, str | None, dict[str, str]]:
    """Message, build id and metadata. A commit made by another tool has no build id."""
    body, _, last = text.rstrip("\n").rpartition("\n")
    if not last.startswith(_TRAILER):
        return text.strip(), None, {}
    try:
        found = json.loads(last.removeprefix(_TRAILER))
        return body.strip(), found[_BUILD], {str(name): str(value) for name, value in found["data"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return text.strip(), None, {}
