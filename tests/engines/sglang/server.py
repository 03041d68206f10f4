"""A server that speaks SGLang's wire format, for tests of the wire format and nothing else; its answers are made up.

It refuses what a real one refuses: unknown sampling parameters, too many stop strings, malformed schemas. Its tokens
are words, and its chat template is ChatML with a start token that its tokenizer also adds by itself.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Constraint, EngineRejected, Message, Request, Sampling
from tests.engines.threaded import listening, talking

KNOWN = {"max_new_tokens", "temperature", "top_p", "top_k", "min_p", "stop", "regex", "json_schema", "ebnf"}
KNOWN |= {"frequency_penalty", "presence_penalty", "repetition_penalty", "sampling_seed"}
SPECIAL = re.compile(r"<s>|<\|\w+\|>")
TOKEN = re.compile(r"<s>|<\|\w+\|>|zq\d+qz|\s*\w+|\s*(?!<\|\w+\|>)[^\w\s]|\s+")


class SglangServer:
    """`busy` answers 503 so many times; `hang_up` closes so many connections instead of answering."""

    def __init__(self, *, start: str = "<s>", tells_template: bool = True, deterministic: bool = True) -> None:
        self.start, self.tells_template = start, tells_template
        self.busy = self.hang_up = 0
        self.delay = 0.0
        self.drops = self.strips = False
        self.preface, self.model = "", "made-up"
        self.instead: Any = ...
        self.lacks: tuple[str, ...] = ()
        self.also_instead: tuple[str, ...] = ()
        self.respond: Callable[[str], str | None] = lambda prompt: None
        self.rewards: list[float] | None = [2.71875]
        self.info: dict[str, Any] = {
            "version": "0.5.17",
            "device": "cpu",
            "context_length": None,
            "max_total_num_tokens": 8192,
            "enable_deterministic_inference": deterministic,
            "grammar_backend": "llguidance",
            "enable_cache_report": True,
            "is_embedding": False,
        }
        self.seen: list[tuple[str, Any]] = []
        self.url = ""
        self._model = DeterministicEngine()
        self._words: list[str] = []
        self._prompts: deque[list[int]] = deque(maxlen=50)
        self._ids: dict[str, int] = {}

    # --- tokens ---

    def encode(self, text: str) -> list[int]:
        return [self._id(word) for word in TOKEN.findall(text)]

    def _id(self, word: str) -> int:
        if word not in self._ids:
            self._ids[word] = len(self._words)
            self._words.append(word)
        return self._ids[word]

    def decode(self, tokens: list[int]) -> str:
        return "".join(self._words[token] for token in tokens)

    def template(self, messages: list[dict[str, str]]) -> str:
        stripped = ((m["role"], m["content"].strip() if self.strips else m["content"]) for m in messages)
        turns = "".join(f"<|im_start|>{role}\n{content}<|im_end|>\n" for role, content in stripped)
        return f"{self.start}{self.preface}{turns}<|im_start|>assistant\n"

    # --- routes ---

    async def answer(self, path: str, body: Any) -> tuple[int, Any]:
        self.seen.append((path, body))
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.busy > 0:
            self.busy -= 1
            return 503, {"error": {"message": "The request queue is full."}}
        if self.instead is not ... and path in ("/generate", "/classify", *self.also_instead):
            return 200, self.instead
        routes = {
            "/generate": self.generate,
            "/classify": self.classify,
            "/tokenize": self.tokenize,
            "/detokenize": self.detokenize,
            "/encode": self.encode_texts,
            "/separate_reasoning": self.separate,
            "/abort_request": self.abort,
        }
        if path in self.lacks:
            return 404, {"detail": "Not Found"}
        if path in ("/get_model_info", "/model_info"):
            return 200, {
                "model_path": self.model,
                "is_generation": not self.info["is_embedding"],
                "weight_version": "default",
            }
        if path in ("/get_server_info", "/server_info"):
            return 200, self.info
        return await routes[path](body) if path in routes else (404, {"detail": "Not Found"})

    async def tokenize(self, body: Any) -> tuple[int, Any]:
        if "messages" in body:
            ids: Any = self.encode(self.template(body["messages"]))
        else:
            start = self.start if body.get("add_special_tokens", True) else ""
            prompt = body["prompt"]
            ids = [self.encode(start + t) for t in prompt] if isinstance(prompt, list) else self.encode(start + prompt)
        return 200, {"tokens": ids, "count": len(ids)}

    async def detokenize(self, body: Any) -> tuple[int, Any]:
        if not self.tells_template:
            return 404, {"detail": "Not Found"}
        tokens, skip = body["tokens"], body.get("skip_special_tokens", True)
        lists = tokens if tokens and isinstance(tokens[0], list) else [tokens]
        texts = [self.decode([t for t in ids if not (skip and SPECIAL.fullmatch(self._words[t]))]) for ids in lists]
        return 200, {"text": texts if lists is tokens else texts[0]}

    async def encode_texts(self, body: Any) -> tuple[int, Any]:
        if self.info["is_embedding"] is False:
            return 400, {"error": {"message": "This model does not appear to be an embedding model by default."}}
        return 200, [{"embedding": [float(len(t)), 0.5], "meta_info": {"prompt_tokens": 1}} for t in body["text"]]

    async def separate(self, body: Any) -> tuple[int, Any]:
        thought, mark, text = body["text"].partition("</think>")
        return 200, {"reasoning_text": thought if mark else "", "text": text if mark else thought}

    async def abort(self, body: Any) -> tuple[int, Any]:
        return 200, None

    async def classify(self, body: Any) -> tuple[int, Any]:
        """What a server with `--is-embedding` answers for a reward model: as for an embedding of one number."""
        ids = body["input_ids"]
        if self.rewards is None:
            return 400, {"error": {"message": "This model does not appear to be an embedding model by default."}}
        meta = {"id": "1", "finish_reason": {"type": "length", "length": 0}, "prompt_tokens": len(ids)}
        return 200, {"embedding": self.rewards, "meta_info": meta | {"e2e_latency": 0.01}}

    async def generate(self, body: Any) -> tuple[int, Any]:
        """A list body is answered by a list, and refused as a whole when one of its parts is."""
        prompts = body["text"] if "text" in body else body["input_ids"]
        if not isinstance(prompts, list) or isinstance(prompts[0], int):
            return await self._one(body)
        keys = ("text", "input_ids", "sampling_params", "rid", "logprob_start_len", "token_ids_logprob")
        parts = []
        for i in range(len(prompts)):
            part = body | {k: body[k][i] for k in keys if isinstance(body.get(k), list)}
            status, data = await self._one(part)
            if status != 200:
                return status, data
            parts.append(data)
        return 200, parts

    async def _one(self, body: Any) -> tuple[int, Any]:
        params = body["sampling_params"]
        if unknown := set(params) - KNOWN:
            return 400, {"error": {"message": f"Unexpected keyword argument {sorted(unknown)[0]!r}"}}
        if len(params.get("stop", [])) > 32:
            return 400, {"error": {"message": "too many stop strings"}}
        ids = self.encode(self.start + body["text"]) if "text" in body else body["input_ids"]
        cached = self._cached(ids, body.get("logprob_start_len", -1))
        if params["max_new_tokens"] == 0:
            return 200, self._read(ids, body, cached)
        prompt = body["text"] if "text" in body else self.decode(ids).removeprefix(self.start)
        try:
            asked = body.get("token_ids_logprob") if params["max_new_tokens"] == 1 else None
            data = await self._generated(prompt, params, asked)
            data["meta_info"]["cached_tokens"] = cached
            return 200, data
        except EngineRejected as error:
            return 400, {"error": {"message": f"Failed to compile grammar: {error}"}}

    def _cached(self, ids: list[int], start: int) -> int:
        """How much of a prompt was read before: never all of it, and nothing whose log-probabilities are asked for."""
        alike = (_alike(ids, old) for old in self._prompts)
        most = min(max(alike, default=0), len(ids) - 1)
        self._prompts.append(ids)
        return most if start < 0 else min(most, start)

    def _read(self, ids: list[int], body: Any, cached: int) -> Any:
        """The prompt is computed and nothing is written; the first token that is told of has no log-probability."""
        start = body.get("logprob_start_len", -1)
        told = ids[start:] if start >= 0 else []
        meta = {
            "finish_reason": {"type": "length", "length": 0},
            "prompt_tokens": len(ids),
            "completion_tokens": 0,
            "cached_tokens": cached,
            "input_token_logprobs": [[self.logprob(t) if i else None, t, None] for i, t in enumerate(told)],
            "output_token_logprobs": [],
        }
        return {"text": "", "output_ids": [], "meta_info": meta}

    def logprob(self, token: int) -> float:
        """Of a token of the prompt."""
        return -0.1 * (1 + token % 5)

    async def _generated(self, prompt: str, params: Any, judged: list[int] | None) -> Any:
        request = Request(
            "made-up",
            (Message("user", prompt),),
            sampling=_sampling(params),
            constraint=_constraint(params),
            seed=params.get("sampling_seed", 0),
            labels=tuple(self._words[token] for token in judged or ()),
        )
        if params.get("ebnf"):
            return self._data("abc", request, 1, None)
        answer = await self._model.complete(request)
        labels = [[answer.labels[self._words[token]], token, None] for token in judged or ()]
        text = self.respond(prompt) or answer.text
        return self._data(text, request, answer.completion_tokens, labels, answer.finish)

    def _data(self, text: str, request: Request, count: int, labels: Any, finish: str = "stop") -> Any:
        meta = {
            "finish_reason": {"type": "abort", "message": "Abort in waiting queue"} if self.drops else {"type": finish},
            "prompt_tokens": len(self.encode(request.messages[0].content)),
            "completion_tokens": count,
            "output_token_logprobs": [[math.log(0.5), 7, None]] * max(count, 1),
        }
        return {"text": text, "meta_info": meta | ({"output_token_ids_logprobs": [labels]} if labels else {})}


def _alike(one: list[int], other: list[int]) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _sampling(params: Any) -> Sampling:
    return Sampling(
        temperature=params["temperature"],
        max_tokens=params["max_new_tokens"],
        stop=tuple(params.get("stop", ())),
    )


def _constraint(params: Any) -> Constraint | None:
    for key in ("regex", "json_schema"):
        if params.get(key):
            return Constraint(key, params[key])
    return None


async def _serve(server: SglangServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with talking(writer):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(re.search(rb"content-length: (\d+)", head)[1])  # type: ignore[index]
            body = await reader.readexactly(length)
            if server.hang_up > 0:
                server.hang_up -= 1
                return
            path = head.split(b" ", 2)[1].decode()
            status, data = await server.answer(path, json.loads(body) if body else None)
            payload = json.dumps(data).encode()
            writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%b" % (status, len(payload), payload))
            await writer.drain()


@contextmanager
def serving(server: SglangServer) -> Iterator[SglangServer]:
    """`server` on a loopback port, in a thread with a loop of its own."""
    with listening(lambda reader, writer: _serve(server, reader, writer)) as server.url:
        yield server
