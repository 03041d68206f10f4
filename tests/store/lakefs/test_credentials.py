"""Where the address and the keys come from, that keys go to the server they were given for, and are shown nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.store.lakefs.client import Client
from runtime.store.lakefs.credentials import Access, Keys, find_access
from runtime.store.lakefs.patience import Patience
from runtime.store.lakefs.remote import repository_name

SERVER = "http://lakefs.example:8000"
KEYS = {"LAKEFS_ACCESS_KEY_ID": "an-access-key", "LAKEFS_SECRET_ACCESS_KEY": "a-secret-key"}
WRITTEN = f"""
credentials: {{access_key_id: file-access, secret_access_key: file-secret}}
server: {{endpoint_url: "{SERVER}/api/v1"}}
"""


def told(endpoint: str | None, environ: dict[str, str], home: Path) -> str:
    with pytest.raises(SynthError, match="E1043") as caught:
        find_access(endpoint, environ, home)
    found = caught.value.diagnostics[0]
    return " ".join((found.message, *found.notes, found.help or ""))


def test_the_environment_has_keys_and_a_place(tmp_path: Path) -> None:
    found = find_access(None, {**KEYS, "LAKEFS_ENDPOINT": SERVER}, tmp_path)
    assert found == Access(SERVER, Keys("an-access-key", "a-secret-key"))


def test_lakectls_names_do_too(tmp_path: Path) -> None:
    environ = {
        "LAKECTL_CREDENTIALS_ACCESS_KEY_ID": "a",
        "LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY": "b",
        "LAKECTL_SERVER_ENDPOINT_URL": SERVER,
    }
    assert find_access(None, environ, tmp_path) == Access(SERVER, Keys("a", "b"))


def test_lakectls_file_is_enough(tmp_path: Path) -> None:
    (tmp_path / ".lakectl.yaml").write_text(WRITTEN)
    assert find_access(None, {}, tmp_path) == Access(f"{SERVER}/api/v1", Keys("file-access", "file-secret"))
    assert find_access(SERVER, KEYS, tmp_path).keys == Keys("an-access-key", "a-secret-key")


@pytest.mark.parametrize(
    "other", ["http://elsewhere.example:8000", "http://lakefs.example:8001", "https://lakefs.example:8000"]
)
def test_keys_are_not_sent_to_a_server_they_are_not_for(tmp_path: Path, other: str) -> None:
    assert "another server" in told(other, {**KEYS, "LAKEFS_ENDPOINT": SERVER}, tmp_path)
    (tmp_path / ".lakectl.yaml").write_text(WRITTEN)
    text = told(other, {}, tmp_path)
    assert "another server" in text and "file-secret" not in text and "file-access" not in text


def test_half_a_pair_and_nothing_at_all_are_told(tmp_path: Path) -> None:
    assert "LAKEFS_SECRET_ACCESS_KEY" in told(SERVER, {"LAKEFS_ACCESS_KEY_ID": "a"}, tmp_path)
    assert "lakectl config" in told(SERVER, {}, tmp_path)
    assert "endpoint" in told(None, KEYS, tmp_path)


@pytest.mark.parametrize(
    "endpoint",
    [
        "lakefs.example:8000",
        "ftp://x",
        "http://",
        "http://me:hidden@x",
        "http://me@x",
        "http://x:y",
        "http://x?token=hidden",
        "http://x/#hidden",
    ],
)
def test_what_is_no_address_is_not_repeated(tmp_path: Path, endpoint: str) -> None:
    text = told(endpoint, KEYS, tmp_path)
    assert "not an address" in text and "hidden" not in text and "me@" not in text


@pytest.mark.parametrize(
    "text", ["{", "- a\n- b", "!!python/object/apply:os.system [echo]", "credentials: 2026-13-45", "[" * 20_000]
)
def test_the_file_makes_no_objects_and_no_tracebacks(tmp_path: Path, text: str) -> None:
    (tmp_path / ".lakectl.yaml").write_text(text)
    with pytest.raises(SynthError, match="E1043"):
        find_access(SERVER, {}, tmp_path)


def test_keys_are_in_no_repr() -> None:
    keys = Keys("an-access-key", "a-secret-key")
    shown = repr([keys, Access(SERVER, keys), Client(SERVER, keys, Patience())])
    assert "an-access" not in shown and "a-secret" not in shown


@pytest.mark.parametrize(
    ("folder", "name"),
    [("Support Tickets", "support-tickets"), ("x", "synth-x"), ("__", "synth"), ("a.b", "a-b"), ("é" * 80, "synth")],
)
def test_a_folders_name_becomes_a_repositorys(folder: str, name: str) -> None:
    assert repository_name(folder) == name
