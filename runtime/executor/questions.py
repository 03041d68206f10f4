"""What candidates ask of all others, of the journal and of the budget, in; what the driver says to it, out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from runtime.build.budget import Allowance, Need
from runtime.build.progress import Progress
from runtime.executor.claims import Claims
from runtime.executor.gates import Numbered, Room
from runtime.executor.leave import Leaves
from runtime.executor.messages import Ask, Reply


@dataclass
class Questions:
    """`room` is there where a target is for each group."""

    duplicates: Numbered
    room: Room | None
    claims: Claims
    allowance: Allowance
    progress: Progress
    leaves: Leaves = field(init=False)

    def __post_init__(self) -> None:
        self.leaves = Leaves(self.allowance)

    def at_once(self, worker: int, asks: Sequence[Ask]) -> tuple[list[Reply], list[Ask]]:
        """(Replies to those that need not wait, the others): calls whose answers are there, or that nobody makes."""
        keys = [cast(bytes, ask.asked[0]) for ask in asks if ask.kind == "claim"]
        held = self.claims.held(keys) if keys else {}
        replies, rest = list[Reply](), list[Ask]()
        for ask in asks:
            key = cast(bytes, ask.asked[0]) if ask.kind == "claim" else None
            if key is not None and (key in held or self.claims.grant(worker, key)):
                replies.append(Reply(ask.number, held.get(key)))
            else:
                rest.append(ask)
        return replies, rest

    async def said(self, worker: int, ask: Ask) -> object:
        """Waits as long as the candidate would on one machine. E0907 where the budget is used up."""
        asked: Any = ask.asked
        if ask.kind == "admit":
            return await self.duplicates.enter(*asked)
        if ask.kind == "wanted":
            return await self.room.wanted(*asked) if self.room is not None else True
        if ask.kind == "claim":
            return await self.claims.claim(worker, *asked)
        if ask.kind == "over":
            await self.allowance.stop(asked[0], self.progress)
        await self.leaves.take(worker, asked[0], self.progress)
        return None

    def unheard(self, worker: int, ask: Ask) -> None:
        """Who asked is gone."""
        if ask.kind == "leave":
            self.leaves.give_back(worker, cast(Need, ask.asked[0]))

    def lost(self, worker: int) -> None:
        self.claims.lost(worker)
        self.leaves.lost(worker)

    def forget(self, places: Iterable[int]) -> None:
        """Where candidates are compared they are run in their own order: a place is an index."""
        if self.duplicates:
            self.duplicates.forget(places)
        if self.room is not None:
            self.room.forget(places)
