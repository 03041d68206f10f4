"""A request in; an answer of SGLang servers out, over their own `/generate`.

Their OpenAI route reports seeds wrongly and knows neither token ids nor judgements, so it is not used. Start a server
with `--constrained-json-disable-any-whitespace`, or a weak model fills a JSON answer with blanks, and with
`--enable-deterministic-inference`, or it ignores seeds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from dsl.diagnostics import SynthError
from runtime.bridge import await_, background_loop
from runtime.engines.begun import Begun, Told, ToldAll
from runtime.engines.chat import ChatTemplate
from runtime.engines.protocol import About, Answer, Capabilities, EngineError, EngineRejected, Request
from runtime.engines.settings import digest, nameless, secret, template_text
from runtime.engines.sglang import wire
from runtime.engines.sglang.about import Facts
from runtime.engines.sglang.generating import Starter
from runtime.engines.sglang.grammar import named
from runtime.engines.sglang.judging import Judge
from runtime.engines.sglang.line import Line
from runtime.engines.sglang.once import Once
from runtime.engines.sglang.patience import Patience
from runtime.engines.sglang.prompt import Prompt, PromptWriter


@dataclass(frozen=True, slots=True)
class _Here:
    """What is learnt stays with the event loop that learnt it."""

    writer: PromptWriter
    judge: Judge
    facts: Once[bool, Facts]


class SglangEngine:
    """`url` is the server's, or `urls` are those of several that serve the same model.

    `model` and `revision` name the weights; without them the server is asked, as it is whether it keeps seeds.
    `deterministic` is what it must answer. `timeout` is seconds per exchange, and `seconds_per_token` more for each
    token that an answer may have. `chat_template` is a file with the model's template, for servers that cannot tell
    theirs; `api_key_env` names the environment variable that holds the servers' key.
    """

    def __init__(
        self,
        *,
        url: str | None = None,
        urls: Sequence[str] = (),
        name: str = "sglang",
        model: str | None = None,
        revision: str | None = None,
        concurrency: int = 128,
        timeout: float = 600.0,
        seconds_per_token: float = 0.5,
        retries: int = 16,
        deterministic: bool | None = None,
        chat_template: str | None = None,
        api_key_env: str | None = None,
    ) -> None:
        self.name = name
        headers = {"authorization": f"Bearer {secret(api_key_env)}"} if api_key_env else None
        addresses = [url, *urls] if url else list(urls)
        self._line = Line(
            name, addresses, limit=concurrency, timeout=timeout, retries=retries, headers=headers, key_env=api_key_env
        )
        self._declared = "@".join(part for part in (model, revision) if part)
        self._deterministic = deterministic
        template = template_text(chat_template) if chat_template else None
        self._template = ChatTemplate(template, name) if template else None
        self._of_template = f"+{digest(template.encode())}" if template else ""
        self._patience = Patience(timeout, seconds_per_token)
        self._starter = Starter(self._line, self._patience, self._finished)
        self.urls = self._line.urls
        self._known: Facts | None = None
        self._learnt: WeakKeyDictionary[asyncio.AbstractEventLoop, _Here] = WeakKeyDictionary()
        self._latest: tuple[asyncio.AbstractEventLoop, _Here] | None = None

    # --- what it is ---

    @cached_property
    def identity(self) -> str:
        try:
            return (self._declared or await_(self._served())) + self._of_template
        except EngineError as error:
            raise SynthError(nameless(self.name, error.message)) from error

    async def _served(self) -> str:
        weights = (await self._facts(quick=True)).weights
        if weights is None:
            raise SynthError(nameless(self.name, "what answers there names no model: it may be no SGLang server"))
        return weights

    def prefer(self, count: int) -> None:
        """Of several servers the first so many are asked, and the others only when none of those answers."""
        self._line.prefer(count)

    @property
    def concurrency(self) -> int:
        return self._line.wanted

    @property
    def trouble(self) -> str:
        """Why no server answers at the moment; else empty."""
        return self._line.trouble

    @property
    def capabilities(self) -> Capabilities:
        """The server is asked. Of one that does not answer, what the settings say is supposed."""
        if self._known is None:
            self._ask_facts()
        if self._known and not self._known.generates:
            return Capabilities(tokenize=True, reward=True, embed=True)
        return Capabilities(
            json_schema=True,
            regex=True,
            choice=True,
            grammar=True,
            seed=self._known.deterministic if self._known and self._known.server else bool(self._deterministic),
            logprobs=True,
            prefill=True,
            tokenize=True,
            prefix_cache=True,
            reward=self._known is None,
            embed=self._known is None,
            batch=True,
            warm=True,
        )

    def _ask_facts(self) -> None:
        try:
            if asyncio.get_running_loop() is background_loop():
                return  # it would wait for itself
        except RuntimeError:
            pass
        try:
            await_(self._facts(quick=True))
        except EngineError:
            return

    async def about(self) -> About:
        facts = await self._facts()
        return replace(facts.about, details={**facts.about.details, **await self._template_told(facts)})

    async def _template_told(self, facts: Facts) -> dict[str, str]:
        """What the model's chat template writes by itself. It is part of every prompt, and of no request."""
        writer = self._here().writer
        try:
            with wire.reading(self.name, "/tokenize or /detokenize"):
                words = await writer.before_a_question() if facts.generates else None
        except EngineRejected:
            return {}
        if words is None:
            return {}
        return {"before a question": words} | ({"date": "the template writes it"} if writer.frames.dated else {})

    async def _facts(self, *, quick: bool = False) -> Facts:
        """Before anything runs nobody wants to wait for a server to come back: most likely it was not started."""
        if self._known is None:
            self._known = await self._here().facts.get(quick)
        return self._known

    # --- calls ---

    async def complete(self, request: Request) -> Answer:
        facts = self._known or await self._facts()
        if request.reward:
            return self._finished(await self._reward(request))
        self._check_writes(facts)
        prompt = await self._written(request)
        if request.labels:
            return self._finished(await self._here().judge.judge(request.labels, prompt))
        body = wire.generate_body(request, prompt, self.name, facts.takes_seeds)
        data = await self._generate(body, prompt, request)
        with wire.reading(self.name, "/generate"):
            answer = wire.answer_of(data, self.name)
        return self._finished(await self._thought(answer, request, facts))

    def begin(self, request: Request, told: Told) -> Begun | None:
        """The short way of the calls that there are most of: text, of one server, with a prompt that is known here."""
        facts, prompt = self._known, self._at_once(request)
        if facts is None or prompt is None:
            return None
        return self._starter.one(request, prompt, facts.takes_seeds, self._together(facts), told)

    def begin_all(self, requests: Sequence[Request], told: ToldAll) -> Begun | None:
        """The short way of such calls that go together."""
        facts, prompt = self._known, self._at_once(requests[0])
        if facts is None or prompt is None:
            return None
        return self._starter.several(requests, prompt, facts.takes_seeds, self._together(facts), told)

    def _at_once(self, request: Request) -> str | None:
        """The prompt of an ordinary call, where nobody has to be asked for anything first."""
        facts = self._known
        if facts is None or request.reward or request.labels or self._thinks(request, facts) or not facts.generates:
            return None
        return self._here().writer.at_once(request)

    async def complete_all(self, requests: Sequence[Request]) -> list[Answer]:
        first, facts = requests[0], await self._facts()
        if len(requests) == 1 or first.labels or first.reward:
            return [await self.complete(request) for request in requests]
        self._check_writes(facts)
        prompt = await self._written(first)
        body = wire.batch_body(requests, prompt, self.name, facts.takes_seeds)
        data = await self._generate(body, prompt, first, calls=len(requests))
        with wire.reading(self.name, "/generate"):
            answers = [wire.answer_of(item, self.name) for _, item in zip(requests, data, strict=True)]
        return [self._finished(await self._thought(answer, first, facts)) for answer in answers]

    async def warm(self, request: Request) -> None:
        self._check_writes(await self._facts())
        prompt = await self._written(request)
        with self._patience.of(0) as patience:
            data = await self._line.generate(wire.warm_body(prompt), prompt=prompt, patience=patience)
        with wire.reading(self.name, "/generate"):
            wire.finished(data, self.name)

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        if not texts:
            return []
        data = await self._line.ask("POST", "/encode", wire.embed_body(texts))
        with wire.reading(self.name, "/encode"):
            return wire.embedded(data, len(texts), self.name)

    def _check_writes(self, facts: Facts) -> None:
        """SGLang up to 0.5.17 ends when a server of an embedding model is asked for text."""
        if not facts.generates:
            raise EngineRejected(self.name, "its server was started with --is-embedding: it embeds, and writes no text")

    async def _generate(self, body: Any, prompt: Prompt, request: Request, calls: int = 1) -> Any:
        together = self._together(self._known or await self._facts())
        with self._patience.of(request.sampling.max_tokens, calls=calls, together=together) as patience:
            try:
                return await self._line.generate(body, prompt=prompt, patience=patience, calls=calls)
            except EngineRejected as error:
                raise named(error, request.constraint) from error

    def _together(self, facts: Facts) -> int | None:
        return facts.running * len(self._line.urls) if facts.running else None

    def _finished(self, answer: Answer) -> Answer:
        """A server that keeps seeds gives an answer again as long as its template says the same every day."""
        if self._known and self._known.deterministic and not self._here().writer.frames.dated:
            answer.repeatable = True  # nobody else has it yet
        return answer

    async def _thought(self, answer: Answer, request: Request, facts: Facts) -> Answer:
        """The answer without what the model thought aloud, where the server knows how its model does that."""
        if not self._thinks(request, facts):
            return answer
        body = {"text": answer.text, "reasoning_parser": facts.reasoning}
        data = await self._line.ask("POST", "/separate_reasoning", body)
        with wire.reading(self.name, "/separate_reasoning"):
            return replace(answer, text=str(data["text"]), reasoning=data["reasoning_text"] or None)

    def _thinks(self, request: Request, facts: Facts) -> bool:
        return bool(facts.reasoning) and not (request.constraint or request.raw or request.open_role == "user")

    async def _reward(self, request: Request) -> Answer:
        body = wire.reward_body(await self._here().writer.closed(request))
        data = await self._line.ask("POST", "/classify", body)
        with wire.reading(self.name, "/classify"):
            return wire.rewarded(data, self.name)

    # --- texts ---

    def render(self, request: Request) -> str:
        return await_(self._rendered(request))

    async def _rendered(self, request: Request) -> str:
        with wire.reading(self.name, "/detokenize"):
            return await self._here().writer.shown(await self._written(request))

    async def _written(self, request: Request) -> Prompt:
        with wire.reading(self.name, "/tokenize or /detokenize"):
            return await self._here().writer.write(request)

    def count_tokens(self, text: str) -> int:
        with wire.reading(self.name, "/tokenize"):
            return len(await_(self._tokens_of(text)))

    async def _tokens_of(self, text: str) -> list[int]:
        return await self._here().writer.tokens.of(text)

    async def close(self) -> None:
        """Drops this loop's connections."""
        self._latest = None
        self._learnt.pop(asyncio.get_running_loop(), None)
        await self._line.finish()

    # --- the event loop ---

    def _here(self) -> _Here:
        loop = asyncio.get_running_loop()
        if self._latest is not None and self._latest[0] is loop:
            return self._latest[1]
        found = self._learnt.get(loop)
        if found is None:
            writer = PromptWriter(self.name, self._post, self._template)
            judge = Judge(self.name, self._line, writer, self._patience)
            found = self._learnt[loop] = _Here(writer, judge, Once(self._learn_facts))
        self._latest = loop, found
        return found

    async def _learn_facts(self, quick: bool) -> Facts:
        return await self._line.facts(self._deterministic, quick=quick)

    async def _post(self, path: str, body: Any, field: str) -> Any:
        data = await self._line.ask("POST", path, body)
        with wire.reading(self.name, path):
            return data[field]
