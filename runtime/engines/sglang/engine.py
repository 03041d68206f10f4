"""A request in; an answer of an SGLang server out, over its own `/generate`.

Its OpenAI route reports seeds wrongly and knows neither token ids nor one-token judgements, so it is not used. Start
the server with `--constrained-json-disable-any-whitespace`, or a weak model fills a JSON answer with blanks, and with
`--enable-deterministic-inference` (then `deterministic = true` here), or it ignores seeds.
"""

from __future__ import annotations

import asyncio
import os
from functools import cached_property
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from dsl.diagnostics import Diagnostic, SynthError
from runtime.bridge import await_
from runtime.engines.chat import ChatTemplate
from runtime.engines.exchange import Exchange
from runtime.engines.labels import spellings
from runtime.engines.protocol import About, Answer, Capabilities, EngineError, EngineRejected, Request
from runtime.engines.sglang.about import Facts, facts
from runtime.engines.sglang.prompt import PromptWriter
from runtime.engines.sglang.wire import answer_of, generate_body, judge_body, judged, reward_body, rewarded


class SglangEngine:
    """`model` and `revision` name the weights; without them the server is asked. `timeout` is seconds per exchange.

    `chat_template` is a file with the model's template, for servers that cannot tell theirs; `api_key_env` names the
    environment variable that holds the server's key.
    """

    def __init__(
        self,
        *,
        url: str,
        name: str = "sglang",
        model: str | None = None,
        revision: str | None = None,
        concurrency: int = 128,
        timeout: float = 600.0,
        retries: int = 6,
        deterministic: bool = False,
        chat_template: str | None = None,
        api_key_env: str | None = None,
    ) -> None:
        self.name = name
        self.concurrency = concurrency
        self.capabilities = Capabilities(
            json_schema=True,
            regex=True,
            choice=True,
            grammar=True,
            seed=deterministic,
            logprobs=True,
            prefill=True,
            tokenize=True,
            prefix_cache=True,
            reward=True,
        )
        headers = {"authorization": f"Bearer {_secret(api_key_env)}"} if api_key_env else None
        self._server = Exchange(name, url, limit=concurrency, timeout=timeout, retries=retries, headers=headers)
        self._declared = "@".join(part for part in (model, revision) if part)
        self._template = ChatTemplate(_text(chat_template), name) if chat_template else None
        self._writers: WeakKeyDictionary[asyncio.AbstractEventLoop, PromptWriter] = WeakKeyDictionary()
        self._known: Facts | None = None
        self._labels: dict[tuple[str, ...], dict[str, list[int]]] = {}

    @cached_property
    def identity(self) -> str:
        try:
            return self._declared or await_(self._served_model())
        except EngineError as error:
            raise SynthError(_nameless(self.name, error)) from error

    async def _served_model(self) -> str:
        info = await self._server.json("GET", "/get_model_info")
        version = info.get("weight_version")
        return f"{info['model_path']}@{version}" if version not in (None, "default") else str(info["model_path"])

    async def complete(self, request: Request) -> Answer:
        if request.reward:
            body = reward_body(await self._writer().closed(request))
            return rewarded(await self._post("/classify", body), self.name)
        prompt = await self._writer().write(request)
        if request.labels:
            tokens = await self._label_tokens(request.labels)
            body = judge_body(prompt, [token for ids in tokens.values() for token in ids])
            return judged(await self._post("/generate", body), tokens)
        return answer_of(await self._post("/generate", generate_body(request, prompt, self.name)))

    async def _label_tokens(self, labels: tuple[str, ...]) -> dict[str, list[int]]:
        """The ids of each label's spellings that are one token."""
        if labels not in self._labels:
            found: dict[str, list[int]] = {}
            for label, forms in spellings(labels).items():
                ids = [await self._writer().tokenize(form) for form in forms]
                found[label] = list(dict.fromkeys(tokens[0] for tokens in ids if len(tokens) == 1))
                if not found[label]:
                    raise EngineRejected(self.name, f"the label {label!r} is more than one token of this model")
            self._labels[labels] = found
        return self._labels[labels]

    def render(self, request: Request) -> str:
        return await_(self._rendered(request))

    async def _rendered(self, request: Request) -> str:
        prompt = await self._writer().write(request)
        return prompt if isinstance(prompt, str) else await self._writer().detokenize(prompt)

    def count_tokens(self, text: str) -> int:
        return len(await_(self._writer_tokens(text)))

    async def _writer_tokens(self, text: str) -> list[int]:
        return await self._writer().tokenize(text)

    async def about(self) -> About:
        return (await self._facts()).about

    async def _facts(self) -> Facts:
        if self._known is None:
            self._known = await facts(lambda path: self._server.json("GET", path))
        return self._known

    async def close(self) -> None:
        """Drops this loop's connections."""
        self._writers.pop(asyncio.get_running_loop(), None)
        self._server.close()

    # --- exchanges ---

    def _writer(self) -> PromptWriter:
        """What a loop's first request learns of the template stays with that loop."""
        loop = asyncio.get_running_loop()
        if loop not in self._writers:
            self._writers[loop] = PromptWriter(self.name, self._post, self._template)
        return self._writers[loop]

    async def _post(self, path: str, body: Any) -> Any:
        return await self._server.json("POST", path, body)


def _nameless(name: str, error: EngineError) -> Diagnostic:
    return Diagnostic(
        code="E0806",
        message=f"engine `{name}` does not say which model it serves",
        notes=(error.message,),
        help='start the server, or declare what it serves in synth.toml: `model = "…"`, `revision = "…"`',
    )


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SynthError(
            Diagnostic(code="E0803", message=f"the chat template {path} cannot be read: {error}")
        ) from None


def _secret(variable: str) -> str:
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
