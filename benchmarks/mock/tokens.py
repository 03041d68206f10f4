"""Texts and messages in; token ids out, and back: a token for each character, and one for each mark of a turn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

START, END = "<|im_start|>", "<|im_end|>"
_MARKS = {START: 1, END: 2}
_SPELT = {token: mark for mark, token in _MARKS.items()}
_FIRST = 16
"""The id of the character 0."""
_PARTS = re.compile("|".join(map(re.escape, _MARKS)) + "|.", re.DOTALL)


def ids(text: str) -> list[int]:
    return [_MARKS.get(part) or _FIRST + ord(part) for part in _PARTS.findall(text)]


def text(tokens: Sequence[int], skip_marks: bool) -> str:
    spelt = (_SPELT.get(token, "") if token < _FIRST else chr(token - _FIRST) for token in tokens)
    return "".join(part for part in spelt if not (skip_marks and part in _MARKS))


def prompt(messages: Sequence[dict[str, str]]) -> str:
    """The model's chat template: the messages, and an assistant's turn opened behind them."""
    turns = "".join(f"{START}{message['role']}\n{message['content']}{END}\n" for message in messages)
    return f"{turns}{START}assistant\n"


def tokenized(body: Any) -> Any:
    """The answer of `/tokenize`."""
    if "messages" in body:
        found: Any = ids(prompt(body["messages"]))
    else:
        asked = body["prompt"]
        found = ids(asked) if isinstance(asked, str) else [ids(one) for one in asked]
    return {"tokens": found, "count": len(found), "max_model_len": 32768}


def spelt(body: Any) -> Any:
    """The answer of `/detokenize`."""
    tokens, skip = body["tokens"], bool(body.get("skip_special_tokens", True))
    many = bool(tokens) and isinstance(tokens[0], list)
    return {"text": [text(one, skip) for one in tokens] if many else text(tokens, skip)}
