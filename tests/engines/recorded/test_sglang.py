"""The contract of every engine, kept by SGLang's against what a real server said: `make record-engines`.

With `SYNTH_TEST_SGLANG_URL` it is kept against that server, too.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runtime.engines import Engine
from runtime.engines.sglang.engine import SglangEngine
from tests.engines.abilities import BatchingContract, CacheContract, EmbeddingContract, LabelContract, WarmingContract
from tests.engines.contract import EngineContract, GrammarContract
from tests.engines.recorded.live import EMBEDDING, GENERATING, Server
from tests.engines.recorded.tapes import RECORDING, on_tape

SERVER, EMBEDDER = Server(GENERATING), Server(EMBEDDING)


class SglangContract(EngineContract, GrammarContract, LabelContract, CacheContract, WarmingContract, BatchingContract):
    """What SGLang's engine declares when its server writes text."""


class TestRecordedSglang(SglangContract):
    @pytest.fixture
    def engine(self, request: pytest.FixtureRequest) -> Iterator[Engine]:
        with on_tape(request.node.name, "sglang", SERVER) as url:
            yield SglangEngine(url=url)


class TestRecordedSglangEmbedder(EmbeddingContract):
    @pytest.fixture
    def engine(self, request: pytest.FixtureRequest) -> Iterator[Engine]:
        with on_tape(request.node.name, "embedder", EMBEDDER) as url:
            yield SglangEngine(url=url)


@pytest.mark.skipif(not SERVER.url or RECORDING, reason=SERVER.why)
class TestLiveSglang(SglangContract):
    @pytest.fixture
    def engine(self) -> Engine:
        return SglangEngine(url=SERVER.url)


@pytest.mark.skipif(not EMBEDDER.url or RECORDING, reason=EMBEDDER.why)
class TestLiveSglangEmbedder(EmbeddingContract):
    @pytest.fixture
    def engine(self) -> Engine:
        return SglangEngine(url=EMBEDDER.url)
