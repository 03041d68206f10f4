"""The Python that has SGLang's server is told from one that has its frontend alone, as synth's own does."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dsl.diagnostics import Diagnostic, SynthError
from runtime.engines.start.python import VARIABLE, find_python
from tests.engines.start.standin import make


def refused(setting: str | None, root: Path) -> Diagnostic:
    with pytest.raises(SynthError) as raised:
        find_python(setting, root, {})
    (found,) = raised.value.diagnostics
    assert found.code == "E0832"
    assert any("pip install" in note for note in found.notes)
    assert any("NVIDIA" in note for note in found.notes)
    return found


def test_a_python_with_the_server_is_found_with_its_version(tmp_path: Path) -> None:
    python = make(tmp_path)
    assert find_python("./python", tmp_path, {}).version == "0.5.99"
    assert find_python(str(python), Path("/"), {}).path == str(python)


def test_the_setting_goes_before_the_variable(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    one, two = make(first), make(second)
    assert find_python(str(one), tmp_path, {VARIABLE: str(two)}).path == str(one)
    assert find_python(None, tmp_path, {VARIABLE: str(two)}).path == str(two)


def test_synths_own_frontend_is_not_taken_for_a_server(tmp_path: Path) -> None:
    assert "only its frontend" in refused(sys.executable, tmp_path).notes[0]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"without": ("torch", "zmq")}, "torch, zmq"),
        ({"without": ("sglang",)}, "no package `sglang`"),
        ({"server": False}, "its server"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, options: dict[str, object], told: str) -> None:
    assert told in refused(str(make(tmp_path, **options)), tmp_path).notes[0]  # type: ignore[arg-type]


def test_what_is_no_python_is_told(tmp_path: Path) -> None:
    assert "no such program" in refused("./not/there", tmp_path).notes[0]
    assert "not said which" in refused(None, tmp_path).message
    assert "no Python" in refused("/bin/false", tmp_path).notes[0]
