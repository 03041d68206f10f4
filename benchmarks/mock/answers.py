"""A route and the body of a request in; the bytes of the answer out. No model: one text, or one object where JSON is
asked for, made beforehand. A client shall wait for its own work, not for this server."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import orjson

from benchmarks.mock import tokens

TEXT = (
    "The lighthouse keeper kept a careful ledger of every storm that crossed the bay, noting the wind, the height of "
    "the waves and the names of the boats that came home late. Years later her granddaughter used those pages to teach "
    "the village how to read the weather, and nobody was lost at sea again that decade."
)
OBJECT = orjson.dumps(
    {
        "question": "What did the keeper write down in the ledger?",
        "answer": "Every storm: its wind, its waves and the late boats.",
        "difficulty": "easy",
    }
).decode()
PROMPT_TOKENS, TOKENS = 80, 62
_JSON = re.compile(rb'"(?:response_format|json_schema|guided_json|structured_outputs)"\s*:\s*(?!null)')
_LOGPROBS = re.compile(rb'"return_logprob"\s*:\s*true')
_LIST = re.compile(rb'"(?:text"\s*:\s*\[|input_ids"\s*:\s*\[\s*\[)')


def http(data: Any, status: bytes = b"200 OK") -> bytes:
    body = orjson.dumps(data)
    return b"HTTP/1.1 %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (status, len(body), body)


def _chat(text: str) -> Any:
    message = {"role": "assistant", "content": text}
    return {
        "id": "chatcmpl-0",
        "object": "chat.completion",
        "created": 1760000000,
        "model": "mock",
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": PROMPT_TOKENS, "completion_tokens": TOKENS, "total_tokens": PROMPT_TOKENS + TOKENS},
    }


def _generated(text: str, logprobs: bool) -> Any:
    """With log-probabilities as SGLang gives them: one of each token, and of each token id that was asked about."""
    told = [[-0.25, 100 + at, None] for at in range(TOKENS)] if logprobs else []
    asked = [[[-3.5, 0, None]] for _ in told]
    meta = {
        "id": "0",
        "finish_reason": {"type": "stop", "matched": 2},
        "prompt_tokens": PROMPT_TOKENS,
        "completion_tokens": TOKENS,
        "cached_tokens": PROMPT_TOKENS // 2,
        "weight_version": "default",
        "e2e_latency": 0.01,
    }
    more = {"input_token_logprobs": [], "output_token_logprobs": told, "output_token_ids_logprobs": asked}
    return {"text": text, "output_ids": list(range(100, 100 + TOKENS)), "meta_info": {**meta, **(more if told else {})}}


_CHATS = {asked: http(_chat(OBJECT if asked else TEXT)) for asked in (False, True)}
_GENERATED = {(a, b): _generated(OBJECT if a else TEXT, b) for a in (False, True) for b in (False, True)}
_SENT = {key: http(data) for key, data in _GENERATED.items()}
_MODEL = {"model_path": "mock", "tokenizer_path": "mock", "is_generation": True, "weight_version": "default"}
_MODELS = http({"object": "list", "data": [{"id": "mock", "object": "model", "max_model_len": 32768}]})
_INFO = http(_MODEL)
_SERVER = http({**_MODEL, "version": "0.5.17", "context_length": 32768})
_OK, NOT_FOUND = http({"ok": True}), http({"error": "no such route"}, b"404 Not Found")


def _chat_route(body: bytes) -> bytes:
    return _CHATS[_JSON.search(body) is not None]


def _generate_route(body: bytes) -> bytes:
    key = _JSON.search(body) is not None, _LOGPROBS.search(body) is not None
    if _LIST.search(body) is None:
        return _SENT[key]
    data = orjson.loads(body)
    return http([_GENERATED[key]] * len(data.get("text") or data["input_ids"]))


POST: dict[bytes, Callable[[bytes], bytes]] = {
    b"/v1/chat/completions": _chat_route,
    b"/generate": _generate_route,
    b"/tokenize": lambda body: http(tokens.tokenized(orjson.loads(body))),
    b"/detokenize": lambda body: http(tokens.spelt(orjson.loads(body))),
    b"/abort_request": lambda body: _OK,
    b"/flush_cache": lambda body: _OK,
}
GET = {
    b"/v1/models": _MODELS,
    b"/get_model_info": _INFO,
    b"/model_info": _INFO,
    b"/get_server_info": _SERVER,
    b"/server_info": _SERVER,
    b"/health": _OK,
}
MADE_OF_MODEL = {b"/v1/chat/completions", b"/generate"}
"""Routes that a model would take its time for."""
