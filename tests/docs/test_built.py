"""Every whole spec shown in the documentation runs: its tests hold, it is built, and rows come out of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.docs import project
from tests.docs.executed import DOCS, to_build
from tests.docs.specs import Block


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it is before any of the specs, with the dataset that some of them read."""
    root = project.write(tmp_path_factory.mktemp("pages"))
    project.built(root, project.STORED)
    return root


IDS = [f"{page.relative_to(DOCS)}:{block.line}" for page, block in to_build()]


@pytest.mark.parametrize("block", [block for _, block in to_build()], ids=IDS)
def test_a_whole_spec_on_a_page_is_built_and_gives_rows(block: Block, files: Path, tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(files, root)
    made = project.built(root, block.text)
    assert made.datasets
    assert [one.manifest.dataset for one in made.datasets if not one.manifest.counts.kept] == []
