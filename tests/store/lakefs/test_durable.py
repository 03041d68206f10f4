"""Restarts, requests sent again and damage, with the lakeFS store on a real server."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.store.lakefs.credentials import Access
from runtime.store.lakefs.remote import Place
from tests.store.lakefs.live import AVAILABLE, WHY, access
from tests.store.lakefs.recorded import Taped, TapedDurable, opener
from tests.store.wire.faults import Damaged
from tests.store.wire.serve import Forward, serving


@pytest.mark.skipif(not AVAILABLE, reason=WHY)
class TestDurableLakeFSStore(TapedDurable):
    @pytest.fixture
    def taped(self, tmp_path: Path) -> Iterator[Taped]:
        wire = Damaged(Forward(access().endpoint))
        with serving(wire) as endpoint:
            place = Place(f"synth-test-{uuid.uuid4().hex[:16]}")
            yield Taped(opener(Access(endpoint, access().keys), place, tmp_path), wire)
