"""Processes that build into one branch of a lakeFS server at the same time: every build's commit is in the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.store.lakefs.live import AVAILABLE, WHY
from tests.store.lakefs.project import store_section
from tests.store.test_builds_at_once import builds_at_once, merges_at_once

pytestmark = pytest.mark.skipif(not AVAILABLE, reason=WHY)


def test_builds_at_once_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds_at_once(tmp_path, 2, store_section(monkeypatch))


@pytest.mark.soak
def test_eighty_builds_at_once_are_eighty_commits_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds_at_once(tmp_path, 20, store_section(monkeypatch))


def test_merges_of_one_dataset_at_once_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    merges_at_once(tmp_path, 1, store_section(monkeypatch))


@pytest.mark.soak
def test_twenty_merges_of_one_dataset_at_once_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    merges_at_once(tmp_path, 5, store_section(monkeypatch))
