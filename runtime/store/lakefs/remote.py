"""A server and a repository's name in; requests within that repository out. What first writes makes the repository."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from dsl.diagnostics import Diagnostic, SynthError
from runtime.store.lakefs import faults
from runtime.store.lakefs.client import Answer, Client, Query, segment
from runtime.store.port import CommitId

LEAST_VERSION = (1, 49)
ROOT_TAG = "_synth_root"
"""Names the repository's first commit, the empty one that lakeFS makes, so that it is found in one request."""

PAGE = 1000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """`namespace` is where the server keeps the objects of a repository that is yet to be made."""

    repository: str
    namespace: str | None = None


def repository_name(folder: str) -> str:
    """A project's folder as lakeFS allows a repository to be called: 3 to 63 of a–z, 0–9 and `-`."""
    name = re.sub(r"[^a-z0-9]+", "-", folder.lower()).strip("-")[:63].strip("-")
    return name if len(name) >= 3 else f"synth-{name}".strip("-")


class Remote:
    """Requests below `/repositories/NAME`. Reading makes nothing: a repository that is not there has nothing in it."""

    def __init__(self, client: Client, place: Place) -> None:
        self.client, self.place = client, place
        self._base = f"/repositories/{segment(place.repository)}"
        self._lock = threading.Lock()
        self._root: CommitId | None = None
        self._namespace = ""

    @property
    def root(self) -> CommitId:
        """The repository's first commit, which holds nothing. Makes the repository."""
        with self._lock:
            if self._root is None:
                self._root = self._tagged() or self._marked(self._looked() or self._make())
            return self._root

    def found_root(self) -> CommitId | None:
        """As `root`, and None where there is no repository."""
        with self._lock:
            if self._root is None:
                self._root = self._tagged()
            if self._root is None and (there := self._looked()):
                self._root = self._marked(there)
            return self._root

    def get(self, path: str, query: Query | None = None) -> Any:
        if self.found_root() is None:
            said = f"there is no repository {self.place.repository}"
            raise faults.refused(404, said, f"GET {self._base}{path}", self.client.where)
        return self.client.get(self._base + path, query)

    def call(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        body: Mapping[str, Any] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        repeat: bool = True,
    ) -> Answer:
        self.root  # noqa: B018 - makes the repository
        return self.client.call(method, self._base + path, query, body, headers, repeat)

    def pages(self, path: str, query: Query | None = None) -> Iterator[Any]:
        """Every result of a listing, page after page."""
        after: str | None = None
        while self.found_root() is not None:
            page = self.get(path, {**(query or {}), "amount": PAGE, "after": after})
            yield from page["results"]
            if not page["pagination"]["has_more"]:
                return
            after = page["pagination"]["next_offset"]

    def settle(self, act: Callable[[], T], look: Callable[[], T | None]) -> T:
        """`act`, which must not be done twice: after an answer that was lost, `look` says whether it had its effect."""
        pauses = self.client.patience.pauses()
        while True:
            try:
                return act()
            except faults.Unanswered:
                found, wait = look(), next(pauses, None)
                if found is not None:
                    return found
                if wait is None:
                    raise
                self.client.patience.pause(wait)

    # --- set-up ---

    def _tagged(self) -> CommitId | None:
        try:
            return str(self.client.get(f"{self._base}/tags/{ROOT_TAG}")["commit_id"])
        except faults.Refused as error:
            if error.status == 404:
                return None
            raise

    def _marked(self, repository: Mapping[str, Any]) -> CommitId:
        """Looks for the first commit, and leaves a tag there."""
        root = self._first(str(repository["default_branch"]))
        try:
            self.client.call("POST", f"{self._base}/tags", body={"id": ROOT_TAG, "ref": root})
        except faults.Refused as error:
            if error.status not in (403, 409):
                raise
        return root

    def _looked(self) -> Mapping[str, Any] | None:
        """What there is. E1053 where nothing is and nothing can be made: told to who looks, not after a long build."""
        storage = self.check_server()
        found = self.find()
        if found is None:
            self._namespace = self.place.namespace or _namespace(storage, self.place.repository)
        return found

    def check_server(self) -> Mapping[str, Any]:
        """The server's storage settings. E1042 when it is no lakeFS, or one that is too old."""
        try:
            config = self.client.get("/config")
            version = str(config["version_config"]["version"])
        except (faults.Refused, KeyError, TypeError) as error:
            if isinstance(error, faults.Refused) and error.status != 404:
                raise
            raise faults.not_lakefs(self.client.where, "it does not say its version as lakeFS does") from None
        number = re.match(r"(\d+)\.(\d+)", version)
        if number and (int(number[1]), int(number[2])) < LEAST_VERSION:
            raise faults.not_lakefs(self.client.where, f"it is lakeFS {version}")
        return {**(config.get("storage_config") or {}), "version": version}

    def find(self) -> Mapping[str, Any] | None:
        """What the server says about the repository; None when it does not have it."""
        try:
            return dict(self.client.get(self._base))
        except faults.Refused as error:
            if error.status == 404:
                return None
            raise

    def _make(self) -> Mapping[str, Any]:
        name, namespace = self.place.repository, self._namespace
        body = {"name": name, "storage_namespace": namespace, "default_branch": "main"}
        try:
            self.client.call("POST", "/repositories", body=body)
        except faults.Refused as error:
            if error.status != 409:
                raise _not_made(name, namespace, error) from None
        found = self.find()
        if found is None:
            raise _not_made(name, namespace, None)
        return found

    def _first(self, branch: str) -> CommitId:
        """The oldest commit: the end of the default branch."""
        after, last = None, None
        while True:
            query: Query = {"amount": PAGE, "first_parent": True, "after": after}
            page = self.client.get(f"{self._base}/refs/{segment(branch)}/commits", query)
            last = page["results"][-1]["id"] if page["results"] else last
            if not page["pagination"]["has_more"]:
                return str(last)
            after = page["pagination"]["next_offset"]


def _namespace(storage: Mapping[str, Any], name: str) -> str:
    prefix = str(storage.get("default_namespace_prefix") or "")
    if not prefix:
        example = str(storage.get("blockstore_namespace_example") or "s3://a-bucket/")
        raise SynthError(
            Diagnostic(
                "E1053",
                f"the repository `{name}` is not there yet, and the server does not say where its data may go",
                help=f'write `storage_namespace = "{example.rstrip("/")}/{name}"` in [store] of synth.toml',
            )
        )
    return f"{prefix}{name}" if prefix.endswith("/") else f"{prefix}/{name}"


def _not_made(name: str, namespace: str, error: faults.Refused | None) -> SynthError:
    if error is not None and error.status in (401, 403):
        return error
    said = error.said if error else "it was made and is gone again"
    return SynthError(
        Diagnostic(
            "E1053",
            f"the repository `{name}` could not be made at {namespace}",
            notes=(f"the server said: {said}",),
            help="name another place with `storage_namespace` in [store] of synth.toml, or another `repository`",
        )
    )
