"""Exchanges with a real server in; a file without secrets, hosts and dates out, and a server that answers from it.

A tape's first line says which server it was, when, and how to record again. Each line after it is one exchange. Bodies
that are text stand as text; what a client uploads stands as its digest. The replay is strict: a request that was not
recorded is answered with an error that no store mends, and remembered, so that the test fails with its name.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from tests.store.wire.exchange import Answer, Handler, Request, told

AGAIN = "make record-lakefs"
ASKED = ("accept", "content-type", "if-match", "if-none-match", "range")
ANSWERED = ("content-type", "content-range", "etag", "retry-after", "content-length")
_BOUNDARY = re.compile(r"boundary=(\S+)")
Line = dict[str, Any]


@dataclass
class Recorder:
    """Passes requests on to `inner` and notes what was said. What matches a pattern of `rewritten` (a storage folder)
    is noted as the text beside it. `again` is the command that records again.
    """

    inner: Handler
    rewritten: Mapping[str, str] = field(default_factory=dict)
    again: str = AGAIN
    lines: list[Line] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, request: Request) -> Answer | None:
        answer = self.inner(request)
        assert answer is not None
        with self._lock:
            self.lines.append({**asked(request, self.rewritten), **_answered(request, answer, self.rewritten)})
        return answer

    def save(self, file: Path, server: str, recorded: str, **details: str) -> None:
        """`recorded` is the day. Equal exchanges make equal bytes."""
        file.parent.mkdir(parents=True, exist_ok=True)
        header = {"server": server, "recorded": recorded, "again": self.again, **details}
        text = "".join(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in [header, *self.lines])
        file.write_bytes(gzip.compress(text.encode(), mtime=0))


class Player:
    """Answers as the server did: equal requests get their answers in the order in which they were recorded.

    `rewritten` is what the recorder was given: requests are compared after it.
    """

    def __init__(self, file: Path, rewritten: Mapping[str, str] | None = None) -> None:
        self.header, *lines = read_tape(file)
        self._rewritten = rewritten
        self._answers: dict[str, deque[Answer]] = defaultdict(deque)
        for line in lines:
            self._answers[_key(line)].append(_answer(line))
        self._lock = Lock()
        self.unknown: list[str] = []

    def __call__(self, request: Request) -> Answer:
        line = asked(request, self._rewritten)
        with self._lock:
            known = self._answers[_key(line)]
            if known:
                return known.popleft()
            self.unknown.append(f"{line['method']} {line['target']} {line.get('sent', '')[:200]}")
        return told(400, "this request is not in the recording")

    @property
    def unmade(self) -> list[str]:
        """Recorded requests that change something and were not made again."""
        left = [json.loads(key) for key, answers in self._answers.items() for _ in answers]
        return [f"{line['method']} {line['target']}" for line in left if line["method"] not in ("GET", "HEAD")]

    def check(self) -> None:
        """Fails unless the store asked what it asked when the tape was made."""
        again = self.header["again"]
        assert not self.unknown, f"not in the recording (`{again}`): {self.unknown[:5]}"
        assert not self.unmade, f"recorded, and not asked now (`{again}`): {self.unmade[:5]}"


def read_tape(file: Path) -> list[Line]:
    return [json.loads(line) for line in gzip.decompress(file.read_bytes()).decode().splitlines()]


def asked(request: Request, rewritten: Mapping[str, str] | None = None) -> Line:
    """What makes two requests equal."""
    body, headers = request.body, {name: request.headers[name] for name in ASKED if name in request.headers}
    if found := _BOUNDARY.search(headers.get("content-type", "")):
        body = body.replace(found[1].strip('"').encode(), b"BOUNDARY")
        headers["content-type"] = headers["content-type"].replace(found[1], "BOUNDARY")
    line: Line = {"method": request.method, "target": request.target, "headers": headers}
    if body:
        line["sent"] = _sent(request, headers, _renamed(body, rewritten))
    return line


def _sent(request: Request, headers: Mapping[str, str], body: bytes) -> str:
    """JSON in canonical form; anything else by size and digest."""
    if "json" in headers.get("content-type", ""):
        return json.dumps(json.loads(body), ensure_ascii=False, sort_keys=True)
    return f"{len(body)} bytes, sha256 {sha256(body).hexdigest()}"


def _answered(request: Request, answer: Answer, rewritten: Mapping[str, str]) -> Line:
    headers = {name: answer.headers[name] for name in ANSWERED if name in answer.headers}
    if request.method != "HEAD":
        headers.pop("content-length", None)
    line: Line = {"status": answer.status, "answer": headers}
    body = _renamed(answer.body, rewritten)
    try:
        return {**line, "text": body.decode()} if body else line
    except UnicodeDecodeError:
        return {**line, "base64": base64.b64encode(body).decode()}


def _renamed(body: bytes, rewritten: Mapping[str, str] | None) -> bytes:
    for pattern, text in (rewritten or {}).items():
        body = re.sub(pattern.encode(), text.encode(), body)
    return body


def _key(line: Line) -> str:
    return json.dumps({name: line.get(name) for name in ("method", "target", "headers", "sent")}, sort_keys=True)


def _answer(line: Line) -> Answer:
    body = base64.b64decode(line["base64"]) if "base64" in line else line.get("text", "").encode()
    return Answer(line["status"], line["answer"], body)
