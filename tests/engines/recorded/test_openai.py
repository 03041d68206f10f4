"""The contract of every engine, kept by the one for OpenAI's API against what a real server said through it.

The server is SGLang, whose OpenAI routes are asked: `make record-engines`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runtime.engines import Engine
from runtime.engines.openai.engine import OpenAIEngine
from tests.engines.abilities import CacheContract
from tests.engines.contract import EngineContract, GrammarContract
from tests.engines.recorded.live import GENERATING, Server
from tests.engines.recorded.tapes import RECORDING, on_tape

SERVER = Server(GENERATING)


class OpenAIContract(EngineContract, GrammarContract, CacheContract):
    """What the engine declares of an SGLang server."""


class TestRecordedOpenAI(OpenAIContract):
    @pytest.fixture
    def engine(self, request: pytest.FixtureRequest) -> Iterator[Engine]:
        with on_tape(request.node.name, "openai", SERVER) as url:
            yield OpenAIEngine(url=f"{url}/v1", flavour="sglang")


@pytest.mark.skipif(not SERVER.url or RECORDING, reason=SERVER.why)
class TestLiveOpenAI(OpenAIContract):
    @pytest.fixture
    def engine(self) -> Engine:
        return OpenAIEngine(url=f"{SERVER.url}/v1", flavour="sglang")
