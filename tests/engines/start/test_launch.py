"""Settings become the command line of a server: the flags that builds need, and nothing that contradicts itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dsl.diagnostics import SynthError
from dsl.source import Source
from runtime.config.load import read_config
from runtime.config.model import Binding, EngineConfig
from runtime.config.start import StartConfig
from runtime.engines.start.launch import ALWAYS, Launch, Wanted, launch

URL = "http://127.0.0.1:30000"


def engine(start: dict[str, Any] | None = None, **settings: Any) -> EngineConfig:
    return EngineConfig("gpu", "sglang", {"url": URL, "model": "m", **settings}, StartConfig(**(start or {})))


def planned(found: EngineConfig, *bindings: Binding, root: Path = Path("/nowhere"), **wanted: Any) -> Launch:
    return launch(found, bindings, Wanted(**wanted), root)


def code(found: EngineConfig, *bindings: Binding, **wanted: Any) -> str:
    with pytest.raises(SynthError) as raised:
        planned(found, *bindings, **wanted)
    (only,) = raised.value.diagnostics
    assert only.help
    return only.code


def option(found: Launch, name: str) -> str:
    return found.arguments[found.arguments.index(name) + 1]


def test_a_server_starts_at_the_engines_own_address_with_what_builds_need() -> None:
    found = planned(engine())
    assert (found.host, found.port, found.url) == ("127.0.0.1", 30000, URL)
    assert option(found, "--model-path") == "m"
    assert option(found, "--schedule-policy") == "fcfs"
    assert set(ALWAYS) <= set(found.arguments)
    assert "--enable-deterministic-inference" not in found.arguments
    assert found.notes == ()


def test_numbers_become_flags_and_own_flags_come_last() -> None:
    start = {"tp": 2, "dp": 4, "mem_fraction": 0.8, "context": 4096, "flags": ("--log-level", "debug")}
    found = planned(engine(start), flags=("--log-level", "info"))
    flags = {"--tp-size": "2", "--dp-size": "4", "--mem-fraction-static": "0.8", "--context-length": "4096"}
    assert {name: option(found, name) for name in flags} == flags
    assert found.arguments[-4:] == ("--log-level", "debug", "--log-level", "info")


def test_a_cpu_gets_the_flags_that_work_there() -> None:
    found = planned(engine({"device": "cpu", "context": 16384}))
    assert option(found, "--attention-backend") == "torch_native"
    assert option(found, "--max-total-tokens") == "16384"
    assert found.environment["SGLANG_USE_CPU_ENGINE"] == "1"
    assert found.arguments.count("--device") == 1


@pytest.mark.parametrize(("settings", "wanted"), [({"deterministic": True}, {}), ({}, {"deterministic": True})])
def test_seeds_are_kept_on_request(settings: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert "--enable-deterministic-inference" in planned(engine(**settings), **wanted).arguments


def test_seeds_cannot_be_kept_on_a_cpu() -> None:
    assert code(engine({"device": "cpu"}), deterministic=True) == "E0833"


def test_a_reward_models_server_embeds_and_cannot_write_too() -> None:
    assert "--is-embedding" in planned(engine(), Binding("gpu", kind="reward")).arguments
    assert "--is-embedding" in planned(engine({"embedding": True})).arguments
    assert code(engine(), Binding("gpu"), Binding("gpu", kind="reward")) == "E0833"


def test_the_model_is_what_the_roles_ask_for() -> None:
    assert option(planned(engine(), Binding("gpu", "other")), "--model-path") == "other"
    served = planned(engine({"model_path": "weights"}))
    assert (option(served, "--model-path"), option(served, "--served-model-name")) == ("weights", "m")
    assert code(engine(), Binding("gpu", "one"), Binding("gpu", "two")) == "E0833"
    assert code(EngineConfig("gpu", "sglang", {"url": URL})) == "E0833"


def test_a_folder_of_the_project_is_found_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    found = planned(engine({"model_path": "weights"}), root=tmp_path)
    assert option(found, "--model-path") == str(tmp_path / "weights")


def test_only_a_server_of_this_machine_can_be_started() -> None:
    assert code(EngineConfig("embedded", "llamacpp")) == "E0831"
    assert code(engine(url="http://gpu.example.org:30000")) == "E0831"


def test_it_listens_on_loopback_unless_it_is_told_otherwise() -> None:
    found = planned(engine({"host": "0.0.0.0"}, url="http://gpu.example.org:30000"))
    assert option(found, "--host") == "0.0.0.0"
    assert found.url == URL
    assert "without a key" in found.notes[0]
    assert planned(engine({"host": "0.0.0.0"}, api_key_env="KEY")).notes == ()


@pytest.mark.parametrize("flag", ["--api-key", "--api-key=k", "--admin-api-key"])
def test_a_key_never_stands_on_the_command_line(flag: str) -> None:
    assert code(engine({"flags": (flag,)})) == "E0833"
    assert code(engine(), flags=(flag,)) == "E0833"


def test_of_several_servers_one_is_chosen_by_its_port() -> None:
    several = EngineConfig("gpu", "sglang", {"urls": [URL, "http://127.0.0.1:30001"], "model": "m"})
    assert code(several) == "E0833"
    assert planned(several, port=30001).port == 30001
    assert "elsewhere" in planned(several, port=30002).notes[0]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("modle_path = 'm'", "E0702 [engines.gpu.start] has no setting `modle_path`"),
        ("tp = 0", "E0703 `tp` of [engines.gpu.start] is at least 1"),
        (
            "mem_fraction = 1.5",
            "E0703 `mem_fraction` of [engines.gpu.start] is a share of the device's memory, below 1",
        ),
        ("device = 'gpu'", "E0703 `device` of [engines.gpu.start] is one of cuda, cpu, xpu, hpu, npu, musa"),
        ("flags = 'all'", 'E0703 `flags` of [engines.gpu.start] takes a list of texts, as in ["main"]'),
    ],
)
def test_a_wrong_setting_is_told_at_its_place(line: str, wanted: str) -> None:
    source = Source("synth.toml", f"[engines.gpu]\nkind = 'sglang'\nurl = '{URL}'\n[engines.gpu.start]\n{line}\n")
    with pytest.raises(SynthError) as raised:
        read_config(source)
    (found,) = raised.value.diagnostics
    assert f"{found.code} {found.message}" == wanted
    assert found.span is not None
    assert source.text[found.span.start : found.span.end] == line.split()[0]
