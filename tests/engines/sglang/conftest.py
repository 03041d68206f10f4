"""The in-test server of SGLang's wire format, and an engine that asks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runtime.engines import Engine
from runtime.engines.sglang.engine import SglangEngine
from tests.engines.sglang.server import SglangServer, serving


@pytest.fixture
def server() -> Iterator[SglangServer]:
    with serving(SglangServer()) as running:
        yield running


@pytest.fixture
def engine(server: SglangServer) -> Engine:
    return SglangEngine(url=server.url, model="made-up", deterministic=True)
