"""Whatever lies between a build and its model server: no row is lost and none made up. It succeeds, or says E0904."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.engines.openai.engine import OpenAIEngine
from runtime.engines.sglang.engine import SglangEngine
from tests.acceptance.specs import QA, pages, readers
from tests.acceptance.workshop import Workshop, root_of
from tests.engines.faults import kinds
from tests.engines.faults.kinds import PASSING, STOPPING
from tests.engines.faults.proxy import Fault, Proxy, between
from tests.engines.faults.served import calls_of
from tests.engines.openai.server import MODEL, ApiServer
from tests.engines.openai.server import serving as serving_api
from tests.engines.sglang.server import SglangServer, serving

CHAT = "/v1/chat/completions"
OVER_THE_API = (kinds.busy, kinds.cut_in_the_body, kinds.half_json, kinds.page_as_success, *STOPPING[:4])
EVERY = range(3, 10_000, 7)
FROM_NINTH = range(8, 10_000)


pytestmark = pytest.mark.usefixtures("short_pauses")


@pytest.fixture(scope="module")
def server() -> Iterator[SglangServer]:
    with serving(SglangServer()) as running:
        yield running


def engine(url: str, timeout: float = 20.0) -> SglangEngine:
    return SglangEngine(
        url=url, model="made-up", concurrency=4, retries=4, timeout=timeout, seconds_per_token=timeout / 1000
    )


def project(folder: Path) -> Workshop:
    return Workshop(folder).write(QA, pages=pages(8), readers=readers(3))


@pytest.fixture(scope="module")
def calm(server: SglangServer, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, set[str]]:
    """The root of an undisturbed build, and the calls that it made."""
    work = project(tmp_path_factory.mktemp("calm"))
    return root_of(work.made(engine(server.url))), work.answered()


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: fault.__name__)
def test_what_passes_is_asked_again_and_changes_nothing(
    fault: Fault, server: SglangServer, calm: tuple[str, set[str]], tmp_path: Path
) -> None:
    work = project(tmp_path)
    with between(Proxy(server.url, fault, EVERY)) as proxy:
        assert root_of(work.made(engine(proxy.url))) == calm[0]
    assert proxy.failed > 5
    assert work.answered() == calm[1]


@pytest.mark.parametrize("fault", [fault for fault in (*PASSING, *STOPPING) if fault.__name__ != "slow"])
def test_what_stays_stops_the_build_which_goes_on_later(
    fault: Fault, server: SglangServer, calm: tuple[str, set[str]], tmp_path: Path
) -> None:
    work = project(tmp_path)
    with between(Proxy(server.url, fault, FROM_NINTH)) as proxy, pytest.raises(SynthError) as stopped:
        work.build(engine(proxy.url, timeout=0.5 if fault is kinds.silent else 20.0))
    (found,) = stopped.value.diagnostics
    assert found.code == "E0904" and found.help and found.notes
    stored = work.answered()
    assert work.head is None and 0 < len(stored) < len(calm[1]) and stored < calm[1]
    server.seen.clear()
    assert root_of(work.made(engine(server.url))) == calm[0]
    asked = [call for path, body in server.seen if path == "/generate" for call in calls_of(body)]
    assert work.answered() == calm[1] and len(asked) == len(calm[1]) - len(stored)


@pytest.fixture(scope="module")
def api() -> Iterator[ApiServer]:
    with serving_api(ApiServer("vllm")) as running:
        yield running


@pytest.mark.parametrize("fault", OVER_THE_API, ids=lambda fault: fault.__name__)
def test_a_server_of_openais_api_that_goes_wrong_stops_the_build_which_goes_on_later(
    fault: Fault, api: ApiServer, tmp_path: Path
) -> None:
    work, calm = project(tmp_path / "work"), project(tmp_path / "calm")
    with between(Proxy(api.url, fault, FROM_NINTH, CHAT)) as proxy, pytest.raises(SynthError) as stopped:
        work.build(over_api(proxy.url))
    assert [found.code for found in stopped.value.diagnostics] == ["E0904"]
    assert work.head is None and work.answered()
    assert root_of(work.made(over_api(api.url))) == root_of(calm.made(over_api(api.url)))
    assert work.answered() == calm.answered()


def over_api(url: str) -> OpenAIEngine:
    root = url.removesuffix("/v1")
    return OpenAIEngine(url=f"{root}/v1", flavour="vllm", model=MODEL, concurrency=4, retries=3, timeout=5.0)
