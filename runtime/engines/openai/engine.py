"""A request in; an answer of a server of OpenAI's API out: from `/chat/completions`, or `/completions` for plain text.

What such servers can do differs, so it is declared: by a flavour, and by single settings over it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from dsl.diagnostics import SynthError
from runtime.bridge import await_
from runtime.engines.begun import Begun, Told
from runtime.engines.chat import ChatTemplate
from runtime.engines.exchange import Exchange
from runtime.engines.openai import judging
from runtime.engines.openai.about import about
from runtime.engines.openai.hearing import Hearing, Words
from runtime.engines.openai.rates import Rates
from runtime.engines.openai.sampling import Sampler
from runtime.engines.openai.settings import Settings, flavour_of, headers_of, split
from runtime.engines.openai.tools import opened, spoken, tools_of
from runtime.engines.openai.wire import CHAT, TEXT, Received, Sent, asks_logprobs, received
from runtime.engines.protocol import About, Answer, EngineError, EngineRejected, EngineUnavailable, Message, Request
from runtime.engines.settings import nameless, template_text

CHARACTERS = 4
"""Of a token, to guess what a prompt counts against a limit of tokens a minute."""

_QUICK = 4
"""Attempts before anything runs, where a server need not be waited for."""


class OpenAIEngine:
    """`url` is the API's base, as clients of it take it. Keys come from the environment: `api_key_env`, `headers_env`.

    The other settings are `Settings`' and the exchange's own. Raises `SynthError` for a key that is not set.
    """

    def __init__(
        self,
        *,
        url: str,
        name: str = "openai",
        flavour: str = "plain",
        model: str | None = None,
        revision: str | None = None,
        logprobs: int | None = None,
        votes: int = 0,
        concurrency: int | None = None,
        timeout: float = 600.0,
        retries: int = 16,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        api_key_env: str | None = None,
        headers_env: Mapping[str, str] | None = None,
        chat_template: str | None = None,
        extra: Mapping[str, Any] | None = None,
        omit: Sequence[str] = (),
        **declared: bool,
    ) -> None:
        self.name = name
        text = template_text(chat_template) if chat_template else None
        kind = flavour_of(flavour, logprobs, declared)
        self.settings = Settings(kind, declared, model, revision, votes, text, extra or {}, tuple(omit))
        self.capabilities = self.settings.capabilities
        self._sampler = Sampler(kind, name)
        self._template = ChatTemplate(text, name) if text is not None else None
        self._rates = Rates(requests_per_minute, tokens_per_minute)
        headers = headers_of(api_key_env, headers_env)
        secrets = tuple(value.removeprefix("Bearer ") for value in headers.values())
        self._words = Words(api_key_env, model, secrets)
        root, self._prefix = split(url)
        self._server = Exchange(
            name,
            root,
            limit=concurrency or kind.concurrency,
            timeout=timeout,
            retries=retries,
            headers=headers or None,
            heard=Hearing(name, self._rates, self._words),
        )
        self._tools = tools_of(kind.tools, self._ask_root, self._served)
        self._model: str | None = model
        self.fingerprint = ""

    @property
    def concurrency(self) -> int:
        return self._server.load.wanted

    @property
    def trouble(self) -> str:
        """Why the server answers nobody at the moment; else empty."""
        return self._server.trouble

    @cached_property
    def identity(self) -> str:
        try:
            return self.settings.identity(_basename(self._model or await_(self._served())))
        except EngineError as error:
            raise SynthError(nameless(self.name, error.message)) from error

    async def _served(self) -> str:
        """The declared model, or the only one that the server has."""
        if self._model is None:
            quick = min(_QUICK, self._server.retries)
            models = (await self._server.json("GET", f"{self._prefix}/models", retries=quick)).get("data") or []
            names = [str(model["id"]) for model in models]
            if len(names) != 1:
                known = ", ".join(sorted(names)[:12]) or "none"
                raise EngineRejected(self.name, f"the server has {len(names)} models ({known}): set `model`")
            self._model = names[0]
        return self._model

    # --- asking ---

    async def complete(self, request: Request) -> Answer:
        if request.reward:
            raise EngineRejected(self.name, "OpenAI's API has no reward models")
        flavour, sent = self.settings.flavour, self._as_messages(request) or await self._prompt(request)
        if not request.labels:
            settings = self._sampler.fields(request)
            if flavour.logprobs:
                settings |= asks_logprobs(sent.path, 0)
            return (await self._ask(request, sent, settings)).answer

        async def ask(settings: dict[str, Any], likeliest: int) -> Received:
            more = asks_logprobs(sent.path, likeliest) if flavour.logprobs else {}
            return await self._ask(request, sent, {**settings, **more})

        if flavour.logprobs:
            return await judging.by_logprobs(ask, request, flavour, self.name)
        if self.settings.votes:
            return await judging.by_votes(ask, request, flavour, self.settings.votes, self.name)
        raise EngineRejected(self.name, "this server tells no log-probabilities, which a judge needs; see `votes`")

    def begin(self, request: Request, told: Told) -> Begun | None:
        """The short way of the calls that there are most of: messages to a server that counts nothing by the minute."""
        if request.labels or request.reward or self._model is None or not self._rates.free:
            return None
        sent = self._as_messages(request)
        if sent is None:
            return None

        def came(data: Any) -> None:
            told(data if isinstance(data, BaseException) else self._told(data, request, sent))

        settings = self._sampler.fields(request)
        if self.settings.flavour.logprobs:
            settings |= asks_logprobs(sent.path, 0)
        return self._server.begin(self._prefix + sent.path, self._body(self._model, sent, settings), came)

    def _told(self, data: Any, request: Request, sent: Sent) -> Answer | Exception:
        try:
            return self._received(data, request, sent).answer
        except Exception as fault:  # there is nobody above who could be told
            return fault

    async def _ask(self, request: Request, sent: Sent, settings: Mapping[str, Any]) -> Received:
        body = self._body(self._model or await self._served(), sent, settings)
        expected = await self._wait(sent, settings)
        found = self._received(await self._server.json("POST", self._prefix + sent.path, body), request, sent)
        if expected:
            self._rates.settle(expected, found.answer.prompt_tokens + found.answer.completion_tokens or expected)
        return found

    def _body(self, model: str, sent: Sent, settings: Mapping[str, Any]) -> dict[str, Any]:
        body = {"model": model, **sent.prompt, **settings, **self.settings.extra}
        for key in self.settings.omit:
            body.pop(key, None)
        return body

    def _received(self, data: Any, request: Request, sent: Sent) -> Received:
        found = received(data, request, sent, self.settings.flavour, self.name, self.capabilities.seed)
        self.fingerprint = found.fingerprint or self.fingerprint
        return found

    async def _wait(self, sent: Sent, settings: Mapping[str, Any]) -> int:
        """As long as the limits say; the tokens that the call counts as, or 0 where nothing is counted."""
        if self._rates.free:
            return 0
        expected = _expected(sent, settings)
        await asyncio.sleep(self._rates.wait(expected))
        return expected

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A vector for each text, from `/v1/embeddings`."""
        if not texts:
            return []
        body = {"model": await self._served(), "input": list(texts)}
        data = await self._server.json("POST", f"{self._prefix}/embeddings", body)
        try:
            found = sorted(data["data"], key=lambda one: int(one["index"]))
            return [[float(number) for number in one["embedding"]] for one in found]
        except (KeyError, TypeError, ValueError) as error:
            raise EngineUnavailable(self.name, f"{str(data)[:200]!r} is no answer of /embeddings") from error

    # --- prompts ---

    def _as_messages(self, request: Request) -> Sent | None:
        """What most prompts are: closed turns, for a server that has a chat template."""
        if request.raw or request.prefill or request.open_role == "user" or self._template is not None:
            return None
        return Sent(CHAT, {"messages": spoken(request.messages)})

    async def _prompt(self, request: Request) -> Sent:
        """Plain text where the template is ours, where there is none, and where only text can leave a turn open."""
        if request.raw or self._template is not None or request.open_role == "user":
            if not self.capabilities.raw:
                raise EngineRejected(self.name, "hosted chat models take messages and no plain text")
            return Sent(TEXT, {"prompt": await self._rendered(request)})
        messages: list[dict[str, Any]] = list(spoken(request.messages))
        flavour = self.settings.flavour
        if flavour.continues is None:
            raise EngineRejected(self.name, "this server cannot continue an open turn; see `chat_template`")
        messages.append({"role": "assistant", "content": request.prefill})
        echo = request.prefill if flavour.echoes else ""
        return Sent(CHAT, {"messages": messages, **flavour.continues}, echo)

    async def _rendered(self, request: Request) -> str:
        if request.raw:
            return "".join(message.content for message in request.messages) + request.prefill
        if self._template is not None:
            return self._template.render(request)
        if self._tools is None:
            raise EngineRejected(self.name, "this server does not tell its chat template; see `chat_template`")
        return await opened(self._tools, request, self.name)

    def render(self, request: Request) -> str:
        """As the model sees it; a server that does not tell its template leaves the roles and the texts."""
        if request.raw or self._template is not None or self._tools is not None:
            return await_(self._rendered(request))
        opens = Message(request.open_role, request.prefill)
        return "\n".join(f"[{message.role}]\n{message.content}" for message in (*request.messages, opens))

    def count_tokens(self, text: str) -> int:
        if self._tools is None:
            raise EngineRejected(self.name, "OpenAI's API does not count tokens")
        return await_(self._tools.tokens(text)) if text else 0

    async def about(self) -> About:
        return await about(self._server, self._prefix, self.settings, await self._served(), self.fingerprint)

    async def close(self) -> None:
        """Drops this loop's connections."""
        self._server.close()

    async def _ask_root(self, path: str, body: dict[str, Any]) -> Any:
        return await self._server.json("POST", path, body)


def _expected(sent: Sent, settings: Mapping[str, Any]) -> int:
    """Tokens that a call counts as before it is answered: its prompt, and all it may write."""
    text = sent.prompt.get("prompt") or "".join(str(m["content"]) for m in sent.prompt["messages"])
    written = settings.get("max_tokens") or settings.get("max_completion_tokens") or 0
    return len(text) // CHARACTERS + int(written)


def _basename(model: str) -> str:
    """llama.cpp names its model by the path of a file on its own machine."""
    return model.rsplit("/", 1)[-1] if model.startswith("/") else model
