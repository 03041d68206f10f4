"""The contract of every store, kept by the lakeFS store on a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.store.port import Store
from tests.store.contract import StoreContract
from tests.store.lakefs.live import AVAILABLE, WHY, new_store


@pytest.mark.skipif(not AVAILABLE, reason=WHY)
class TestLakeFSStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return new_store(tmp_path)
