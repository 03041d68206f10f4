"""A request in; an answer of a GGUF model that runs in this process, through llama.cpp, out.

Weights are loaded when the first prompt comes. Calls block, so each runs in a worker thread, one for each slot. With
one slot llama.cpp swaps the state of prompts it has seen in and out of memory, which on a CPU beats several slots:
they would share the cores and not the prefixes.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

from dsl.diagnostics import Diagnostic, SynthError
from runtime.engines.chat import ChatTemplate, Piece
from runtime.engines.labels import apart, judgement, scored
from runtime.engines.llamacpp_wire import Received, forced, judged, sampled
from runtime.engines.protocol import About, Answer, Capabilities, EngineRejected, EngineUnavailable, Request
from runtime.engines.slots import SlotPool
from runtime.engines.weights import EMBEDDED, find_weights, weights_identity

PREFIX_MEMORY_MIB = 256
SPINS = "500"
"""How often OpenMP's threads look before they sleep. Its default, 300,000, is no faster on idle cores and up to fifty
times slower on busy ones, where a thread that spins keeps the one it waits for from running."""


CONTROL_BEGINS = set("<[")
"""What models' control tokens begin with: `<|im_end|>`, `</s>`, `[INST]`."""

ABLE = Capabilities(
    json_schema=True,
    regex=True,
    choice=True,
    grammar=True,
    logprobs=True,
    prefill=True,
    tokenize=True,
)


class LlamaCppEngine:
    """`model` is a GGUF file or the embedded model. `context` is tokens per slot, `timeout` seconds per call.

    `deterministic` makes every answer a function of its request: it takes one slot and computes each prompt anew. What
    is found in the prefix cache, or computed beside a neighbour, was added up in another order, and its last bits can
    tip the choice of a token.
    """

    def __init__(
        self,
        *,
        name: str = "llamacpp",
        model: str = EMBEDDED,
        concurrency: int = 1,
        context: int = 4096,
        threads: int | None = None,
        timeout: float = 600.0,
        deterministic: bool = False,
    ) -> None:
        self.name = name
        self.deterministic = deterministic
        self.capabilities = replace(ABLE, seed=deterministic, prefix_cache=not deterministic)
        self.concurrency = concurrency
        self._path = find_weights(model)
        self._context = context
        self._threads = threads or len(os.sched_getaffinity(0))
        self._timeout = timeout
        self._slots = SlotPool(concurrency)
        self._workers = ThreadPoolExecutor(concurrency, thread_name_prefix="llamacpp")
        self._loading = threading.Lock()
        self._loaded: _Loaded | None = None

    @cached_property
    def identity(self) -> str:
        return weights_identity(self._path)

    async def complete(self, request: Request) -> Answer:
        model = self._loaded or await self._in_worker(self._model)
        prompt = model.prompt(request)
        async with self._slots.slot(prompt if isinstance(prompt, str) else model.template.render(request)) as slot:
            if request.labels:
                return await self._judge(prompt, request.labels, slot)
            received = await self._call(prompt, sampled(request, self.name), slot)
            return replace(received.answer(), repeatable=self.deterministic)

    async def _judge(self, prompt: Prompt, labels: tuple[str, ...], slot: int) -> Answer:
        """One token's candidates tell all labels; one that is not among them is forced, to see what it costs."""
        first = await self._call(prompt, judged(), slot)
        logprobs: dict[str, float] = {}
        begins: dict[str, str] = {}
        for label, logprob in scored(labels, first.candidates()).items():
            if logprob is None:
                received = await self._call(prompt, forced(label), slot)
                logprob = received.forced_logprob(label)
                begins[label] = received.tokens[0]["token"] if received.tokens else label
            logprobs[label] = logprob
        answer, logprobs = first.answer(), apart(logprobs, begins)
        return judgement(
            logprobs,
            prompt_tokens=answer.prompt_tokens,
            cached_tokens=answer.cached_tokens,
            repeatable=self.deterministic,
        )

    async def _call(self, prompt: Prompt, settings: dict[str, Any], slot: int) -> Received:
        """One blocking call in a worker, told to stop when nobody waits for it any more."""
        received = Received(self.name)
        body = {"prompt": prompt, "stream": True, "stream_options": {"include_usage": True}, **settings}
        if self.concurrency > 1:
            body["id_slot"] = slot
        if self.deterministic:
            body["cache_prompt"] = False
        try:
            async with asyncio.timeout(self._timeout):
                await self._in_worker(self._blocking, body, received)
        except TimeoutError as error:
            raise EngineUnavailable(self.name, f"no answer within {self._timeout:g} s") from error
        finally:
            received.cancelled = True
        received.check()
        return received

    def _blocking(self, body: dict[str, Any], received: Received) -> None:
        if received.cancelled:
            return
        try:
            self._model().server.handle_completions(body, received)
        except (RuntimeError, ValueError, TypeError) as error:
            raise EngineRejected(self.name, str(error)) from error

    async def _in_worker(self, function: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._workers, function, *arguments)

    def _model(self) -> _Loaded:
        with self._loading:
            if self._loaded is None:
                self._loaded = _Loaded(self.name, self._server())
            return self._loaded

    def _server(self) -> tuple[Any, str]:
        os.environ.setdefault("GOMP_SPINCOUNT", SPINS)  # read once, when the library is loaded
        import xllamacpp

        key = secrets.token_urlsafe()
        params = xllamacpp.CommonParams()
        params.model.path = str(self._path)
        params.n_parallel = self.concurrency
        params.n_ctx = self._context * self.concurrency
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = self._threads
        params.cache_ram_mib = 0 if self.deterministic else PREFIX_MEMORY_MIB
        params.warmup = params.ui = params.endpoint_slots = False
        params.verbosity = -1
        params.api_keys = [key]  # the server also listens on loopback: to us alone
        try:
            return xllamacpp.Server(params), key
        except (RuntimeError, ValueError) as error:
            raise SynthError(_unloadable(self._path, error)) from error

    def render(self, request: Request) -> str:
        return self._model().template.render(request)

    def count_tokens(self, text: str) -> int:
        return len(self._model().tokenize(text, control=True))

    async def about(self) -> About:
        """Loads no weights."""
        return About(
            kind="llamacpp",
            version=version("xllamacpp"),
            model=self._path.stem,
            device="cpu",
            deterministic=self.capabilities.seed,
            context=self._context,
            details={"slots": str(self.concurrency), "threads": str(self._threads)},
        )

    async def close(self) -> None:
        """Waits for the calls in flight, then frees the weights."""
        await asyncio.to_thread(self._workers.shutdown)
        self._loaded = None


Prompt = str | list[int]


class _Loaded:
    """A model in memory: the server, its template, its tokenizer."""

    def __init__(self, name: str, server: tuple[Any, str]) -> None:
        self.server, self._key = server
        properties = self._ask("/props")
        self.template = ChatTemplate(
            properties["chat_template"],
            name,
            bos=properties.get("bos_token") or "",
            eos=properties.get("eos_token") or "",
        )
        self._name = name

    def prompt(self, request: Request) -> Prompt:
        """The text that llama.cpp tokenizes; where a message may spell a control token, the tokens themselves."""
        pieces = _joined(self.template.pieces(request))
        if len(pieces) == 1 and pieces[0].control:
            return pieces[0].text
        return [token for piece in pieces for token in self.tokenize(piece.text, control=piece.control)]

    def tokenize(self, text: str, *, control: bool) -> list[int]:
        tokens: list[int] = self._ask("/tokenize", {"content": text, "parse_special": control})["tokens"]
        return tokens

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self._key}"}
        data = None if body is None else json.dumps(body).encode()
        url = self.server.listening_address + path
        with urlopen(HttpRequest(url, data=data, headers=headers), timeout=60) as answer:
            return json.load(answer)


def _unloadable(path: Path, error: Exception) -> Diagnostic:
    return Diagnostic(
        code="E0803",
        message=f"the weights in {path} cannot be loaded",
        notes=(str(error),),
        help="give the path of a GGUF file that llama.cpp reads, and leave memory for its context",
    )


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours of one sort as one piece. A content that can spell no control token is as good as control text."""
    joined: list[Piece] = []
    for piece in pieces:
        control = piece.control or not CONTROL_BEGINS & set(piece.text)
        if joined and joined[-1].control == control:
            joined[-1] = Piece(joined[-1].text + piece.text, control)
        else:
            joined.append(Piece(piece.text, control))
    return joined
