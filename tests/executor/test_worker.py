"""A worker by itself: what it was granted for candidates that are gone goes back, and its journal is its user's own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from dsl.diagnostics import SynthError
from runtime.build.budget import Need
from runtime.executor.driver import Driver
from runtime.executor.messages import Orders, Reply
from runtime.executor.opening import private
from runtime.executor.shipment import Shipment
from runtime.executor.worker import Worker
from tests.acceptance.workshop import Workshop
from tests.executor.inline import InlineCluster, InlineLink
from tests.executor.specs import SPECS, inputs

KEY, NEED = b"k" * 16, Need(1, 100)


@pytest.fixture(scope="module")
def shipment(tmp_path_factory: pytest.TempPathFactory) -> Shipment:
    """What a build sends to its first worker."""
    sent: list[Shipment] = []

    class Noted(InlineCluster):
        async def start(self, number: int) -> InlineLink:
            link = await super().start(number)
            begin = link.begin

            async def noted(shipment: Shipment) -> Any:
                sent.append(shipment)
                return await begin(shipment)

            link.begin = noted  # type: ignore[method-assign]
            return link

    work = Workshop(tmp_path_factory.mktemp("sent") / "work").write(SPECS["plain"], {}, **inputs())
    work.build(executor=Driver(Noted(1)))
    return sent[0]


async def called_off(worker: Worker, asks: Coroutine[Any, Any, Any], reply: object) -> Any:
    """A candidate asks, is called off, and is granted what it asked for; what the worker reports then."""
    asking = asyncio.ensure_future(asks)
    await asyncio.sleep(0)
    (ask,) = (await worker.hear()).asks
    asking.cancel()
    await asyncio.wait([asking])
    worker.tell(Orders(replies=[Reply(ask.number, reply)]))
    return await asyncio.wait_for(worker.hear(), 5)


def test_leave_that_comes_too_late_is_given_back(shipment: Shipment) -> None:
    async def scenario() -> None:
        worker = Worker(shipment, "here")
        assert (await called_off(worker, worker._leave(NEED), None)).back == [NEED]

    asyncio.run(scenario())


def test_a_call_that_is_granted_too_late_is_left_to_others(shipment: Shipment) -> None:
    async def scenario() -> None:
        worker = Worker(shipment, "here")
        assert (await called_off(worker, worker._claim(KEY), None)).missed == [KEY]

    asyncio.run(scenario())


def test_a_workers_own_journal_is_nobody_elses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lies where all users of a machine may write, under a name that they can reckon."""
    assert private(tmp_path / "journal").stat().st_mode & 0o777 == 0o700
    assert private(tmp_path / "journal") == tmp_path / "journal"
    (tmp_path / "link").symlink_to(tmp_path / "journal")
    for there in ("link", "journal"):
        with pytest.raises(SynthError) as told:
            private(tmp_path / there)
        assert [found.code for found in told.value.diagnostics] == ["E0953"]
        monkeypatch.setattr("os.getuid", lambda: -1)
