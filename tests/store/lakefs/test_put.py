"""What was put waits here until a commit names it; when it is gone from here, that is told."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.store.lakefs.cache import LocalObjects, digest
from runtime.store.lakefs.credentials import Access, Keys
from runtime.store.lakefs.remote import Place
from runtime.store.lakefs.store import LakeFSStore


@pytest.fixture
def store(tmp_path: Path) -> LakeFSStore:
    return LakeFSStore(Access("http://127.0.0.1:9", Keys("a", "b")), Place("data"), tmp_path / "cache")


def test_putting_asks_no_server(store: LakeFSStore, tmp_path: Path) -> None:
    (tmp_path / "shard").write_bytes(b"rows")
    assert store.put(b"rows") == store.put(tmp_path / "shard") == digest(b"rows")
    found = store.local_object(digest(b"rows"), ".parquet")
    assert found.read_bytes() == b"rows" and found.suffix == ".parquet"


def test_a_cache_that_was_cleared_is_told(store: LakeFSStore, tmp_path: Path) -> None:
    id_ = store.put(b"rows")
    shutil.rmtree(tmp_path / "cache")
    with pytest.raises(SynthError, match="E1054"):
        store.local_object(id_)


def test_a_damaged_file_of_the_cache_is_fetched_again(tmp_path: Path) -> None:
    id_ = digest(b"rows")
    path = LocalObjects(tmp_path).local(id_, ".parquet", lambda: b"rows")
    path.chmod(0o644)
    path.write_bytes(b"rowz")
    assert LocalObjects(tmp_path).local(id_, ".parquet", lambda: b"rows").read_bytes() == b"rows"


def test_old_files_are_collected(tmp_path: Path) -> None:
    held = LocalObjects(tmp_path)
    held.put(b"rows")
    assert held.collect(before=0.0, dry_run=False) == (0, 0)
    assert held.collect(before=4e9, dry_run=True) == held.collect(before=4e9, dry_run=False) == (1, 4)
    assert held.find(digest(b"rows")) is None


def test_the_sdks_transport_comes_without_its_models_and_leaves_the_sdk_whole() -> None:
    script = (
        "import sys; from runtime.store.lakefs import sdk; sdk.load();"
        "assert 'lakefs_sdk' not in sys.modules and not any('lakefs_sdk.models' in name for name in sys.modules);"
        "import lakefs_sdk; assert lakefs_sdk.ApiClient and lakefs_sdk.exceptions.ApiException"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
