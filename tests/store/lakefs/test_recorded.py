"""The contract of every store, kept by the lakeFS store against what a real server said. `make record-lakefs`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.store.port import Store
from tests.store.contract import StoreContract
from tests.store.lakefs.recorded import Taped, TapedDurable, on_tape


class TestRecordedLakeFSStore(StoreContract):
    @pytest.fixture
    def store(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
        with on_tape(request.node.name, tmp_path) as taped:
            yield taped.opened()


class TestRecordedDurableLakeFSStore(TapedDurable):
    @pytest.fixture
    def taped(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Taped]:
        with on_tape(request.node.name, tmp_path) as taped:
            yield taped
