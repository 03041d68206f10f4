"""The environment in; real model servers to test against and to record, out."""

from __future__ import annotations

import http.client
import json
import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

GENERATING, EMBEDDING = "SYNTH_TEST_SGLANG_URL", "SYNTH_TEST_SGLANG_EMBEDDING_URL"


@dataclass(frozen=True)
class Server:
    """A server that an environment variable names."""

    variable: str

    @property
    def url(self) -> str:
        return os.environ.get(self.variable, "").rstrip("/")

    @property
    def why(self) -> str:
        return f"not run: needs a model server ({self.variable})"

    def about(self) -> dict[str, str]:
        """Its name and version, its device and its model, asked around the engine and its tape."""
        info = asked(self.url, "/server_info")
        device = info.get("device") or "unknown"
        return {
            "server": f"SGLang {info['version']}",
            "device": "CPU" if device == "cpu" else str(device),
            "model": str(info["model_path"]).rstrip("/").rsplit("/", 1)[-1],
        }


def asked(url: str, path: str) -> Any:
    """The JSON that the server says to a question of the test's own."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    try:
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()
