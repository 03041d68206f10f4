"""What the repository holds: constraints without hosts, no path of a machine, and modules that say what they do."""

from __future__ import annotations

import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _tracked(*patterns: str) -> list[Path]:
    done = subprocess.run(["git", "ls-files", *patterns], capture_output=True, text=True, check=True, cwd=ROOT)
    return [ROOT / line for line in done.stdout.splitlines() if (ROOT / line).is_file()]


def test_constraints_pin_versions_and_name_no_host_and_no_path() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!-]+", line)] == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    """A folder inside a container, as in `docker run -v volume:/home/…`, is the same on every machine."""
    home = re.compile(r"(?<![\w.])(?<!\w:)/(?:home|root|Users|work)/\w")
    found = [
        f"{file.relative_to(ROOT)}: {match.group()}"
        for file in _tracked("*.py", "*.md", "*.toml", "*.txt", "*.synth", "Makefile", ".ci/*")
        if file != Path(__file__) and (match := home.search(file.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize("folder", ["dsl", "compiler", "runtime"])
def test_every_module_begins_with_what_goes_in_and_what_comes_out(folder: str) -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in sorted((ROOT / folder).rglob("*.py"))
        if not file.read_text(encoding="utf-8").lstrip().startswith(('"""', 'r"""'))
    ]
    assert silent == []


def test_no_folder_of_tests_is_passed_over(pytestconfig: pytest.Config) -> None:
    """pytest leaves out folders called `build` and `dist` unless it is told not to."""
    folders = {part for file in _tracked("tests/*/test_*.py") for part in file.relative_to(ROOT).parts[:-1]}
    passed_over = [
        name for name in sorted(folders) for left in pytestconfig.getini("norecursedirs") if fnmatch(name, left)
    ]
    assert passed_over == []
