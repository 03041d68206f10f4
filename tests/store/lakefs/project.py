"""A repository's name in; what makes `synth` use it on the test server, out."""

from __future__ import annotations

import uuid

import pytest

from tests.store.lakefs.live import access

KEYS = ("LAKEFS_ACCESS_KEY_ID", "LAKEFS_SECRET_ACCESS_KEY")


def store_section(patch: pytest.MonkeyPatch, repository: str | None = None, endpoint: str | None = None) -> str:
    """The `[store]` section of a `synth.toml`; the keys go into the environment, as a user has them."""
    server = access()
    for name, value in zip(KEYS, (server.keys.access, server.keys.secret), strict=True):
        patch.setenv(name, value)
    name = repository or f"synth-test-{uuid.uuid4().hex[:16]}"
    return f'[store]\nkind = "lakefs"\nrepository = "{name}"\nendpoint = "{endpoint or server.endpoint}"\n'
