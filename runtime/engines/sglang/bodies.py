"""A request, its prompt and a name for the exchange in; the bytes of its body out: those of `wire.generate_body`.

All but the prompt, the name and the seed is written once for the requests that share their settings.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from runtime.engines.protocol import Constraint, Request, Sampling
from runtime.engines.seeds import folded
from runtime.engines.sglang.wire import generate_body

MOST = 1024
"""Settings that are remembered: a drawn temperature makes many."""
_SEED = "sampling_seed"


@dataclass(slots=True)
class _Rest:
    """What stands behind the name, up to the seed. It holds on to what it was made from, which is known by identity."""

    sampling: Sampling
    constraint: Constraint | None
    text: bytes
    seeded: bool


class Bodies:
    """For the servers of one engine; raises what `generate_body` does."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._known: dict[tuple[int, int, bool], _Rest] = {}

    def written(self, request: Request, prompt: str, rid: str, takes_seeds: bool) -> bytes:
        key = id(request.sampling), id(request.constraint), takes_seeds
        rest = self._known.get(key) or self._learn(key, request)
        seed = b',"%b":%d' % (_SEED.encode(), folded(request.seed)) if rest.seeded else b""
        return b'{"text":%b,"rid":"%b"%b%b}}' % (orjson.dumps(prompt), rid.encode(), rest.text, seed)

    def _learn(self, key: tuple[int, int, bool], request: Request) -> _Rest:
        if len(self._known) >= MOST:
            self._known.clear()
        body = generate_body(request, "", self._name, key[2])
        params = body.pop("sampling_params")
        seeded = params.pop(_SEED, None) is not None
        del body["text"]
        text = orjson.dumps({**body, "sampling_params": params})
        rest = self._known[key] = _Rest(request.sampling, request.constraint, b",%b" % text[1:-2], seeded)
        return rest
