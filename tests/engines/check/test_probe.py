"""Whether engines are up is told within a second, whatever they are: here, gone, silent, or wrongly set."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from runtime.config.model import EngineConfig
from runtime.engines.check.probe import Probe, kind_of, probe_all
from tests.engines.sglang.server import SglangServer, serving
from tests.engines.start.standin import free_port


def probed(*engines: EngineConfig) -> list[Probe]:
    return asyncio.run(probe_all(engines))


def sglang(url: str, **more: Any) -> EngineConfig:
    return EngineConfig("gpu", "sglang", {"url": url, **more})


def test_engines_of_this_process_are_up_and_load_nothing() -> None:
    begin = time.process_time()
    found = probed(EngineConfig("embedded"), EngineConfig("dry", "deterministic"))
    assert [one.state for one in found] == ["up", "up"]
    assert [one.about.device for one in found if one.about] == ["cpu", "none"]
    assert time.process_time() - begin < 2


def test_a_server_that_answers_is_up_and_says_what_it_is() -> None:
    with serving(SglangServer()) as server:
        (found,) = probed(sglang(server.url))
    assert found.state == "up"
    assert found.about is not None
    assert (found.about.kind, found.about.version) == ("sglang", "0.5.17")


def test_a_server_that_is_gone_is_down_and_not_asked_again_and_again() -> None:
    begin = time.monotonic()
    (found,) = probed(sglang(f"http://127.0.0.1:{free_port()}", retries=50))
    assert (found.state, bool(found.mend)) == ("down", True)
    assert time.monotonic() - begin < 10


def test_a_server_that_takes_connections_and_says_nothing_is_slow() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begin = time.monotonic()
        (found,) = probed(sglang(f"http://127.0.0.1:{silent.getsockname()[1]}"))
    assert found.state == "slow"
    assert time.monotonic() - begin < 10


def test_another_service_at_the_address_is_no_slow_server() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        (found,) = probed(sglang(f"http://127.0.0.1:{other.server_address[1]}"))
        other.shutdown()
    assert found.state == "down"
    assert "a web page, \u201cError response\u201d" in found.why


def test_a_wrong_setting_is_a_line_with_its_code() -> None:
    (found,) = probed(sglang("http://127.0.0.1:1", concurency=3))
    assert found.state == "down"
    assert found.why.startswith("E0802")


def test_the_kind_of_a_server_is_found_by_asking_it() -> None:
    with serving(SglangServer()) as server:
        assert asyncio.run(kind_of(server.url, None, None)) == ("sglang", "")
    kind, why = asyncio.run(kind_of(f"http://127.0.0.1:{free_port()}", None, None))
    assert kind == ""
    assert why


@pytest.mark.parametrize("count", [1, 3])
def test_each_of_an_engines_servers_has_a_line(count: int) -> None:
    urls = [f"http://127.0.0.1:{free_port()}" for _ in range(count)]
    assert [found.url for found in probed(EngineConfig("gpu", "sglang", {"urls": urls}))] == urls
