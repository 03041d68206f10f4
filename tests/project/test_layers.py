"""The law of imports: dsl ← compiler ← runtime ← synth.py, and heavy libraries never at start-up."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BELOW = {"dsl": (), "compiler": ("dsl",), "runtime": ("dsl", "compiler")}
OURS = ("dsl", "compiler", "runtime", "synth")
HEAVY = ("polars", "duckdb", "pyarrow", "sglang", "xllamacpp", "numpy", "pygit2", "jinja2")


def _imported(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("package", BELOW)
def test_a_package_imports_only_what_is_below_it(package: str) -> None:
    wrong = [
        f"{file.relative_to(ROOT)} imports {name}"
        for file in sorted((ROOT / package).rglob("*.py"))
        for name in sorted(_imported(file) & set(OURS))
        if name not in (package, *BELOW[package])
    ]
    assert wrong == []


def test_the_compiler_opens_no_file_and_asks_no_clock() -> None:
    effects = {"os", "pathlib", "time", "random", "socket", "subprocess", "shutil", "tempfile", "asyncio", "threading"}
    wrong = [
        f"{file.relative_to(ROOT)} imports {name}"
        for file in sorted((ROOT / "compiler").rglob("*.py"))
        for name in sorted(_imported(file) & effects)
    ]
    assert wrong == []


@pytest.mark.parametrize("statement", ["import runtime.cli.app", "import compiler.analysis", "import dsl.parser"])
def test_what_every_command_imports_loads_nothing_heavy(statement: str) -> None:
    code = f"{statement}\nimport sys\nprint([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("typed", "never"),
    [
        (
            ("check", "specs/questions.synth"),
            ("pydantic", "lark", "jinja2", "numpy", "pyarrow", "runtime.engines.protocol"),
        ),
        (("diff", "main..main"), ("pydantic", "lark", "sglang", "polars", "duckdb", "jinja2")),
        (
            ("build", "specs/questions.synth"),
            ("pydantic", "lark", "sglang", "polars", "duckdb", "pyarrow", "jinja2", "xllamacpp"),
        ),
    ],
    ids=lambda given: given[0],
)
def test_a_command_imports_only_what_it_needs(typed: tuple[str, ...], never: tuple[str, ...], built: Path) -> None:
    """Each of these is a tenth of a second of waiting, or more; the build is one in which nothing changed."""
    code = (
        f"import sys\nfrom runtime.cli import run\nrun(sys.argv[1:])\nprint([m for m in {never!r} if m in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, *typed]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=built, env=environment)
    assert done.stdout.strip().splitlines()[-1] == "[]"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project that `synth new` makes, built on the deterministic engine."""
    folder = tmp_path_factory.mktemp("project")
    config = '[engines.fast]\nkind = "deterministic"\n[profile.default]\nengine = "fast"\n'
    for typed in (("new", str(folder)), ("build", "specs/questions.synth")):
        command = [sys.executable, "-c", "from runtime.cli import main; main()", *typed]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        subprocess.run(command, capture_output=True, check=True, cwd=folder, env=environment)
        (folder / "synth.toml").write_text(config)
    return folder
