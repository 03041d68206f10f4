"""Settings of an SGLang engine in; what they stand for out, or a diagnostic."""

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
        help='start the server, or declare what it serves in synth.toml: `model = "…"`, `revision = "…"`',
    )


def text_of(path: str) -> str:
    """The text of a file; raises `SynthError` (E0803)."""
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SynthError(
            Diagnostic(code="E0803", message=f"the chat template {path} cannot be read: {error}")
        ) from None


def digest(template: str) -> str:
    """Eight hex digits: a prompt is another one under another template, and its stored answers are another's."""
    return blake2b(template.encode(), digest_size=4).hexdigest()


def secret(variable: str) -> str:
    """The value of an environment variable; raises `SynthError` (E0802)."""
    value = os.environ.get(variable)
    if value:
        return value
    raise SynthError(
        Diagnostic(
            code="E0802",
            message=f"`api_key_env` names {variable}, which is not set",
            help=f"set it in the environment: `export {variable}=…`",
        )
    )
