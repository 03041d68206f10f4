"""A configuration in; the store of its lakeFS server out, or what is missing, at its place in `synth.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic, SynthError
from runtime.store.lakefs.credentials import find_access
from runtime.store.lakefs.remote import Place, repository_name
from runtime.store.lakefs.sdk import PACKAGE
from runtime.store.lakefs.store import LakeFSStore

if TYPE_CHECKING:
    from runtime.config.model import Config


def open_lakefs(config: Config, folder: str, cache: Path) -> LakeFSStore:
    """`folder` is the project's name: the repository's, where the configuration names none."""
    if util.find_spec(PACKAGE) is None:
        raise SynthError(_no_sdk(config))
    try:
        access = find_access(config.store.endpoint)
    except SynthError as error:
        span = config.place("store", "kind")  # never the endpoint's line, which a message would quote: it may hold keys
        raise SynthError(*(replace(found, span=span) for found in error.diagnostics)) from None
    place = Place(config.store.repository or repository_name(folder), config.store.storage_namespace)
    return LakeFSStore(access, place, cache)


def described(store: LakeFSStore) -> Mapping[str, str | None]:
    """Server, version, user and repository, without making anything; `repository` is None when it is not there yet."""
    remote = store.remote
    version = str(remote.check_server()["version"])
    found, user = remote.find(), remote.client.get("/user")
    return {
        "server": remote.client.where,
        "version": version,
        "user": str((user.get("user") or {}).get("id", "")),
        "repository": remote.place.repository if found else None,
    }


def _no_sdk(config: Config) -> Diagnostic:
    return Diagnostic(
        "E1055",
        "a lakeFS store needs lakeFS's SDK, which is not installed",
        config.place("store", "kind"),
        help="pip install 'PATH/TO/synth[lakefs]'",
    )
