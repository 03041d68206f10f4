"""A server that speaks OpenAI's API in one of its flavours, for tests of the wire; its answers are made up.

It refuses what real ones of its flavour refuse: fields they do not know, too many stop strings, schemas outside strict
mode, a wrong key. Its tokens are words, and its chat template is ChatML.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.patterns import UnsupportedPattern
from runtime.engines.protocol import Answer, Constraint, EngineRejected, Message, Request, Sampling
from runtime.engines.schemas import InvalidSchema
from tests.engines.threaded import listening, talking

MODEL = "made-up"
BASIC = {"model", "messages", "prompt", "temperature", "top_p", "frequency_penalty", "presence_penalty", "stop", "seed"}
BASIC |= {"logprobs", "top_logprobs", "response_format"}
KNOWN: Mapping[str, set[str]] = {
    "plain": BASIC | {"max_tokens"},
    "openai": BASIC | {"max_completion_tokens"},
    "vllm": BASIC
    | {"max_tokens", "top_k", "min_p", "repetition_penalty", "structured_outputs"}
    | {"add_generation_prompt", "continue_final_message"},
    "llamacpp": BASIC | {"max_tokens", "top_k", "min_p", "repeat_penalty", "grammar"},
    "sglang": BASIC | {"max_tokens", "top_k", "min_p", "repetition_penalty", "regex", "ebnf", "continue_final_message"},
}
STRICT = {"type", "enum", "const", "$ref", "$defs", "anyOf", "properties", "required", "additionalProperties", "items"}
STRICT |= {"minItems", "maxItems", "minimum", "maximum", "pattern", "format", "multipleOf"}
TOKEN = re.compile(r"<\|\w+\|>|\s*\w+|\s*[^\w\s]|\s+")
Reply = tuple[int, Any, Mapping[str, str]]


class Refused(Exception):
    """A 400."""


@dataclass
class ApiServer:
    """`replies` are given before anything else: (status, body, headers). `seen` holds (path, body, headers)."""

    flavour: str = "plain"
    key: str | None = None
    models: tuple[str, ...] = (MODEL,)
    replies: list[Reply] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    seen: list[tuple[str, Any, dict[str, str]]] = field(default_factory=list)
    url: str = ""
    labels: tuple[str, ...] = ("Yes", "No", " maybe")
    model: DeterministicEngine = field(default_factory=DeterministicEngine)
    words: list[str] = field(default_factory=list)

    async def answer(self, path: str, body: Any, headers: dict[str, str]) -> Reply:
        self.seen.append((path, body, headers))
        if self.replies:
            return self.replies.pop(0)
        if self.key is not None and headers.get("authorization") != f"Bearer {self.key}":
            told = headers.get("authorization", "")
            return 401, {"error": {"message": f"Incorrect API key provided: {told}", "code": "invalid_api_key"}}, {}
        try:
            return 200, await self._answered(path, body), self.headers
        except KeyError:
            return 404, {"error": {"message": "Not Found", "type": "NotFoundError"}}, {}
        except (Refused, EngineRejected, UnsupportedPattern, InvalidSchema) as error:
            return 400, {"error": {"message": str(error), "type": "invalid_request_error"}}, {}

    async def _answered(self, path: str, body: Any) -> Any:
        routes: dict[str, Callable[[Any], Any]] = {"/v1/models": self._models, **self._tools()}
        if path in routes:
            return routes[path](body)
        if path == "/v1/embeddings":
            vectors = [[float(len(text)), 1.0 / (1 + text.count("a")), 1.0] for text in body["input"]]
            rows = [{"index": i, "embedding": vector} for i, vector in enumerate(vectors)]
            return {"data": rows[::-1]}
        if path not in ("/v1/chat/completions", "/v1/completions"):
            raise KeyError(path)
        return await self._generated(body, chat=path.endswith("chat/completions"))

    def _models(self, body: Any) -> Any:
        return {"data": [{"id": name, "max_model_len": 2048} for name in self.models]}

    # --- a server's own routes ---

    def _tools(self) -> dict[str, Callable[[Any], Any]]:
        if self.flavour == "llamacpp":
            return {
                "/props": lambda body: {"build_info": "b9", "default_generation_settings": {"n_ctx": 2048}},
                "/tokenize": lambda body: {"tokens": self.encode(body["content"])},
                "/apply-template": lambda body: {"prompt": template(body["messages"])},
            }
        if self.flavour in ("vllm", "sglang"):
            text = "prompt" if self.flavour == "vllm" else "text"
            return {
                "/version": lambda body: {"version": "0.9"},
                "/server_info": lambda body: {"version": "0.9", "device": "cpu"},
                "/tokenize": lambda body: {"tokens": self.encode(body.get("prompt") or _templated(body))},
                "/detokenize": lambda body: {text: "".join(self.words[token] for token in body["tokens"])},
            }
        return {}

    def encode(self, text: str) -> list[int]:
        found = TOKEN.findall(text)
        self.words += [word for word in dict.fromkeys(found) if word not in self.words]
        return [self.words.index(word) for word in found]

    # --- answering ---

    async def _generated(self, body: Any, chat: bool) -> Any:
        unknown = set(body) - KNOWN[self.flavour]
        if unknown:
            raise Refused(f"Unrecognized request argument supplied: {sorted(unknown)[0]}")
        if len(body.get("stop", ())) > (4 if self.flavour == "openai" else 32):
            raise Refused("too many stop strings")
        prefill = body["messages"][-1]["content"] if chat and body["messages"][-1]["role"] == "assistant" else ""
        messages = (
            [Message(m["role"], m["content"]) for m in body["messages"]] if chat else [Message("user", body["prompt"])]
        )
        asked = Request(
            MODEL,
            tuple(messages),
            sampling=Sampling(
                temperature=body.get("temperature", 1.0),
                max_tokens=body.get("max_tokens") or body.get("max_completion_tokens") or 16,
                stop=tuple(body.get("stop", ())),
            ),
            constraint=constraint_of(body, self.flavour),
            seed=body.get("seed", 0),
        )
        answer = await self.model.complete(asked)
        text = prefill + answer.text if self.flavour == "llamacpp" else answer.text
        return self._data(body, chat, text, answer)

    def _data(self, body: Any, chat: bool, text: str, answer: Answer) -> Any:
        told = {"role": "assistant", "content": text, "reasoning_content": None}
        choice = {"index": 0, "finish_reason": answer.finish, **({"message": told} if chat else {"text": text})}
        if body.get("logprobs") not in (None, False):
            words = TOKEN.findall(answer.text) or [""]
            count = body.get("top_logprobs", 0) if chat else body["logprobs"]
            choice["logprobs"] = self._chat_logprobs(words, count) if chat else self._text_logprobs(words, count)
        usage = {
            "prompt_tokens": max(answer.prompt_tokens, 1),
            "completion_tokens": answer.completion_tokens,
            "prompt_tokens_details": {"cached_tokens": 1},
        }
        return {"choices": [choice], "usage": usage, "system_fingerprint": "fp_1"}

    def _likeliest(self, count: int) -> dict[str, float]:
        return {label: math.log(0.6 / 2**place) for place, label in enumerate(self.labels[:count])}

    def _chat_logprobs(self, words: list[str], count: int) -> Any:
        top = [{"token": token, "logprob": value} for token, value in self._likeliest(count).items()]
        return {"content": [{"token": word, "logprob": -0.5, "top_logprobs": top} for word in words]}

    def _text_logprobs(self, words: list[str], count: int) -> Any:
        top = [self._likeliest(count)] * len(words)
        return {"tokens": words, "token_logprobs": [-0.5] * len(words), "top_logprobs": top}


def _templated(body: Any) -> str:
    return template(body["messages"]) if "messages" in body else ""


def template(messages: list[dict[str, str]]) -> str:
    turns = "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages)
    return f"{turns}<|im_start|>assistant\n"


def constraint_of(body: Any, flavour: str) -> Constraint | None:
    """What the body asks to be decoded under, as real servers of the flavour read it."""
    asked = body.get("response_format")
    if asked:
        named = asked["json_schema"]
        if flavour == "openai" and named["strict"]:
            strictly(named["schema"])
        return Constraint("json_schema", json.dumps(named["schema"]))
    outputs = body.get("structured_outputs", {})
    if "choice" in outputs:
        return Constraint("choice", json.dumps(outputs["choice"]))
    pattern = outputs.get("regex") or body.get("regex")
    if pattern:
        return Constraint("regex", pattern)
    grammar = outputs.get("grammar") or body.get("grammar") or body.get("ebnf")
    return Constraint("regex", _regex_of(grammar)) if grammar else None


def _regex_of(grammar: str) -> str:
    """A grammar of literals and sets, as a regular expression."""
    parts = re.split(r'"((?:[^"\\]|\\.)*)"', grammar.removeprefix("root ::= "))
    return "".join(re.escape(_unescaped(part)) if odd % 2 else _bare(part) for odd, part in enumerate(parts))


def _bare(part: str) -> str:
    return re.sub(r"\\U0*([0-9A-F]{6})", lambda found: f"\\U{found[1]:0>8}", part.replace(" ", ""))


def _unescaped(text: str) -> str:
    return re.sub(r"\\x([0-9a-fA-F]{2})", lambda m: chr(int(m[1], 16)), text)


def strictly(schema: Any) -> None:
    """Raises `Refused` for what OpenAI's strict mode refuses."""
    if schema.get("type") != "object":
        raise Refused("schema must be a JSON Schema of 'type: \"object\"'")
    _strict(schema)


def _strict(schema: Any) -> None:
    unknown = set(schema) - STRICT
    if unknown:
        raise Refused(f"'{sorted(unknown)[0]}' is not permitted")
    properties = schema.get("properties", {})
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            raise Refused("'additionalProperties' is required to be supplied and to be false")
        if sorted(schema.get("required", ())) != sorted(properties):
            raise Refused("'required' is required to be an array including every key in properties")
    for child in (*properties.values(), *schema.get("anyOf", ()), *schema.get("$defs", {}).values()):
        _strict(child)
    if "items" in schema:
        _strict(schema["items"])


async def _serve(server: ApiServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with talking(writer):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            status, data, more = await server.answer(first.split(" ")[1], json.loads(body) if body else None, headers)
            payload = data if isinstance(data, bytes) else json.dumps(data).encode()
            told = "".join(f"{name}: {value}\r\n" for name, value in more.items())
            writer.write(f"HTTP/1.1 {status} X\r\n{told}Content-Length: {len(payload)}\r\n\r\n".encode() + payload)
            await writer.drain()


@contextmanager
def serving(server: ApiServer) -> Iterator[ApiServer]:
    """`server` on a loopback port, in a thread with a loop of its own."""
    with listening(lambda reader, writer: _serve(server, reader, writer)) as server.url:
        yield server
