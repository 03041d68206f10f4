"""What `synth engines check` finds out about a real server, recorded by `make record-engines`: claims hold."""

from __future__ import annotations

import pytest

from runtime.engines import Engine
from runtime.engines.check import Report, run
from runtime.engines.openai.engine import OpenAIEngine
from runtime.engines.sglang.engine import SglangEngine
from tests.engines.recorded.live import GENERATING, Server
from tests.engines.recorded.tapes import on_tape

SERVER = Server(GENERATING)


def checked(test: str, kind: str) -> Report:
    with on_tape(test, "check", SERVER) as url:
        engine: Engine = SglangEngine(url=url)
        if kind == "openai":
            engine = OpenAIEngine(url=f"{url}/v1", flavour="sglang")
        return run(engine)


class TestRecordedCheck:
    @pytest.mark.parametrize("kind", ["sglang", "openai"])
    def test_a_real_server_holds_what_its_engine_claims(self, request: pytest.FixtureRequest, kind: str) -> None:
        report = checked(request.node.name, kind)
        assert [(found.name, found.seen) for found in report.findings if found.verdict == "wrong"] == []
        assert sum(found.verdict == "can" for found in report.findings) > 12
        assert not report.stopped
