"""Settings that engines on servers share in; what they stand for out, or what is wrong with them."""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path

from dsl.diagnostics import Diagnostic, SynthError


def nameless(name: str, reason: str) -> Diagnostic:
    return Diagnostic(
        code="E0806",
        message=f"engine `{name}` does not say which model it serves",
        notes=(reason,),
        help="`synth engines` says how each server is: start it, or mend its `url` in synth.toml; a declared "
        '`model = "…"` and `revision = "…"` need no asking',
    )


def template_text(path: str) -> str:
    """The text of the file `chat_template`; raises `SynthError` (E0803)."""
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SynthError(
            Diagnostic(code="E0803", message=f"the chat template {path} cannot be read: {error}")
        ) from None


def secret(variable: str, setting: str = "api_key_env") -> str:
    """The value of the environment variable that a setting names; raises `SynthError` (E0802)."""
    value = os.environ.get(variable, "").strip()
    if value:
        return value
    raise SynthError(
        Diagnostic(
            code="E0802",
            message=f"`{setting}` names {variable}, which is not set",
            help=f"set it in the environment: `export {variable}=…`",
        )
    )


def digest(settings: bytes) -> str:
    """Eight hex digits of what changes the prompts: an identity that holds them shares no answer with another's."""
    return blake2b(settings, digest_size=4).hexdigest()
