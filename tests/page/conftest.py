"""A project with a pull request in; its page, served on a real port, and a client that was let in, out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runtime.page.serve import in_thread
from tests.acceptance.copies import copied
from tests.page.client import Client
from tests.page.project import REVIEWER, Reviewed, reviewed_project

TOKEN = "a-token-that-nobody-guesses"


@contextmanager
def let_in(reviewed: Reviewed, who: str = REVIEWER) -> Iterator[Client]:
    with in_thread(reviewed.project, reviewed.store, who, TOKEN) as url:
        client = Client(url)
        client.enter(TOKEN)
        yield client


@pytest.fixture
def reviewed(tmp_path: Path) -> Reviewed:
    return Reviewed(copied("page", reviewed_project, tmp_path / "project"), 1)


@pytest.fixture
def client(reviewed: Reviewed) -> Iterator[Client]:
    with let_in(reviewed) as client:
        yield client


@pytest.fixture(scope="module")
def read_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """For tests that change nothing: one page for all of a file."""
    root = copied("page", reviewed_project, tmp_path_factory.mktemp("read") / "project")
    with let_in(Reviewed(root, 1)) as client:
        yield client
