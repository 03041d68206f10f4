"""Requests in; answers of a simulated server out that remembers beginnings in a radix cache, as SGLang's does.

It counts the tokens that it computes; its clock is the loop's.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Answer, Capabilities, Request

BLOCK = 16
"""Characters of a block: four tokens."""
TOKENS = 4


@dataclass(eq=False, slots=True)
class _Node:
    parent: _Node | None
    key: str = ""
    used: int = 0
    locked: int = 0
    children: dict[str, _Node] = field(default_factory=dict)


class RadixCache:
    """`capacity` blocks; the leaf used longest ago makes room. What is locked stays."""

    def __init__(self, capacity: int) -> None:
        self.capacity, self.size, self.locked = capacity, 0, 0
        self._root, self._clock = _Node(None), 0
        self._leaves: list[tuple[int, int, _Node]] = []

    def lock(self, path: Iterable[_Node], by: int) -> None:
        """What a running request stands on is not given up."""
        for node in path:
            before, node.locked = node.locked, node.locked + by
            self.locked += (node.locked > 0) - (before > 0)
            self._offer(node)

    def insert(self, text: str) -> None:
        """As many of its blocks as there is room for."""
        node = self._root
        for block in _blocks(text):
            if block not in node.children:
                if self.size >= self.capacity and not self._evict(node):
                    break
                node.children[block] = _Node(node, block)
                self.size += 1
            node = node.children[block]
            self._touch(node)
        self._offer(node)

    def path(self, text: str) -> list[_Node]:
        """The blocks of `text` that are held; using them makes them young."""
        node, path = self._root, []
        for block in _blocks(text):
            if (found := node.children.get(block)) is None:
                break
            node = found
            self._touch(node)
            path.append(node)
        self._offer(node)
        return path

    def _touch(self, node: _Node) -> None:
        self._clock += 1
        node.used = self._clock

    def _offer(self, node: _Node) -> None:
        if not node.children and node is not self._root:
            heapq.heappush(self._leaves, (node.used, id(node), node))

    def _evict(self, keep: _Node) -> bool:
        while self._leaves:
            used, _, node = heapq.heappop(self._leaves)
            if node.used != used or node.children or node.locked or node is keep or node.parent is None:
                continue
            if node.parent.children.pop(node.key, None) is not None:
                self.size -= 1
                self._offer(node.parent)
                return True
        return False


def _blocks(text: str) -> Iterator[str]:
    return (text[at : at + BLOCK] for at in range(0, len(text) - BLOCK + 1, BLOCK))


@dataclass(eq=False, slots=True)
class _Queued:
    text: str
    writes: int
    ended: asyncio.Future[None]
    held: list[_Node] = field(default_factory=list)


class SimulatedServer(DeterministicEngine):
    """At most `running` requests at a time, first come first served, as far as their prompts fit into the cache.

    What is begun together is computed together, at `prefill` tokens a second, so equal beginnings among them are
    computed more than once. Writing takes `step` seconds a token. A list in one body is as many requests.
    """

    def __init__(
        self, *, capacity: int, running: int, concurrency: int, warms: bool = True, remembers: bool = True
    ) -> None:
        super().__init__(name="simulated", concurrency=concurrency)
        self.capabilities = Capabilities(
            regex=True, seed=True, logprobs=True, prefix_cache=remembers, warm=warms, batch=warms
        )
        self.cache = RadixCache(capacity // TOKENS)
        self.most, self.prefill, self.step, self.trip = running, 4000.0, 0.02, 0.005
        self.asked = self.computed = self.requests = 0
        self.order: list[Request] = []
        self._queue: deque[_Queued] = deque()
        self._running = 0
        self._computing: asyncio.Task[None] | None = None

    async def complete(self, request: Request) -> Answer:
        self.order.append(request)
        answer = await super().complete(request)
        self.asked += len(self.render(request)) // BLOCK * TOKENS
        await self._serve(self.render(request), 1 if request.labels else max(1, answer.completion_tokens), answer.text)
        return answer

    async def complete_all(self, requests: Sequence[Request]) -> list[Answer]:
        return list(await asyncio.gather(*(self.complete(request) for request in requests)))

    async def warm(self, request: Request) -> None:
        await self._serve(self.render(request), 0, "")

    @property
    def saved(self) -> float:
        """The share of the calls' prompt tokens that were never computed, whoever had them computed."""
        return 1 - self.computed / self.asked

    async def _serve(self, text: str, writes: int, said: str) -> None:
        self.requests += 1
        await asyncio.sleep(self.trip)
        queued = _Queued(text, writes, asyncio.get_running_loop().create_future())
        self._queue.append(queued)
        self._turn()
        await queued.ended
        self.cache.insert(text + said)

    def _turn(self) -> None:
        if self._queue and (self._computing is None or self._computing.done()):
            self._computing = asyncio.ensure_future(self._compute())

    async def _compute(self) -> None:
        loop = asyncio.get_running_loop()
        while batch := self._admitted():
            await asyncio.sleep(sum(blocks for _, blocks in batch) * TOKENS / self.prefill)
            for queued, blocks in batch:
                self.computed += blocks * TOKENS
                self.cache.insert(queued.text)
                self.cache.lock(queued.held, -1)
                queued.held = self.cache.path(queued.text)
                self.cache.lock(queued.held, 1)
                loop.call_later(queued.writes * self.step, self._end, queued)

    def _admitted(self) -> list[tuple[_Queued, int]]:
        """Those whose turn it is, each with the blocks that are to be computed for it."""
        found: list[tuple[_Queued, int]] = []
        room = self.cache.capacity - self.cache.locked
        while self._queue and self._running < self.most:
            queued = self._queue[0]
            path = self.cache.path(queued.text)
            todo = len(queued.text) // BLOCK - len(path)
            if todo + sum(not node.locked for node in path) > room and (found or self._running):
                break
            room -= todo + sum(not node.locked for node in path)
            queued.held = path
            self.cache.lock(path, 1)
            self._running += 1
            found.append((self._queue.popleft(), todo))
        return found

    def _end(self, queued: _Queued) -> None:
        self.cache.lock(queued.held, -1)
        self._running -= 1
        if not queued.ended.done():
            queued.ended.set_result(None)
        self._turn()
