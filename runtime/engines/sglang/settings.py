"""The settings of an engine of kind `sglang` in; what is wrong with them out. Nothing is asked of a server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from dsl.diagnostics import Diagnostic
from runtime.engines.address import url_mistake

_NUMBER = (int, float)
TYPES: Mapping[str, tuple[type, ...]] = {
    "url": (str,),
    "urls": (list,),
    "model": (str,),
    "revision": (str,),
    "concurrency": (int,),
    "timeout": _NUMBER,
    "seconds_per_token": _NUMBER,
    "retries": (int,),
    "deterministic": (bool,),
    "chat_template": (str,),
    "api_key_env": (str,),
}


def mistakes(settings: Mapping[str, Any]) -> list[tuple[str, Diagnostic]]:
    """What is wrong with settings of the right types, each with the key that it is about."""
    if "url" not in settings and "urls" not in settings:
        return [("kind", _wrong("an engine of kind `sglang` needs a `url`", 'url = "http://127.0.0.1:30000"'))]
    if "url" in settings and "urls" in settings:
        return [("urls", _wrong("`url` names one server and `urls` several: write one of them", _SEVERAL))]
    key = "url" if "url" in settings else "urls"
    urls = [settings["url"]] if key == "url" else settings["urls"]
    if not urls or not all(isinstance(url, str) for url in urls) or len(set(urls)) < len(urls):
        return [(key, _wrong("`urls` lists the servers' urls, each once", _SEVERAL))]
    return [(key, mistake) for mistake in map(_misplaced, urls) if mistake]


def _misplaced(url: str) -> Diagnostic | None:
    base = url.strip().rstrip("/")
    if (mistake := url_mistake(url)) or urlsplit(base).path != "/v1":
        return mistake
    return Diagnostic(
        code="E0815",
        message="`url` ends in /v1, where SGLang speaks OpenAI's API; this engine speaks its own",
        help=f'write it as in `url = "{base.removesuffix("/v1")}"`; or `kind = "openai"`, `flavour = "sglang"`',
    )


_SEVERAL = 'urls = ["http://10.0.0.1:30000", "http://10.0.0.2:30000"]'


def _wrong(message: str, example: str) -> Diagnostic:
    return Diagnostic(code="E0802", message=message, help=f"say where the server is: `{example}`")
