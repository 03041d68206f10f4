"""A store in; every commit, manifest and row that is not what it should be out. Each object is read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from dsl.diagnostics import SynthError
from runtime.query.catalog import is_manifest
from runtime.query.shards import range_of
from runtime.review.log import BRANCH
from runtime.store.port import Commit, CommitId, Entry, ObjectId, Store, Unavailable
from runtime.tables import layout
from runtime.tables.manifest import Manifest, Shard, TableManifest
from runtime.tables.manifest_json import read_manifest
from runtime.tables.schema import Schema

THREADS = 8


@dataclass(frozen=True, slots=True)
class Fault:
    """`commit` is the first commit found to hold it. `mended`: an intact copy was here and has been put back."""

    commit: CommitId
    where: str
    why: str
    mended: bool = False


@dataclass
class Look:
    """What was looked at."""

    commits: int = 0
    files: int = 0
    size: int = 0


@dataclass(frozen=True)
class Named:
    """A shard as a manifest names it."""

    folder: str
    shard: Shard
    schema: Schema

    @property
    def where(self) -> str:
        return f"{range_of(self.shard)} of {layout.described(self.folder)}"


@dataclass
class Fsck:
    """One run. `mend` puts back what this machine has an intact copy of."""

    store: Store
    mend: bool = False
    look: Look = field(default_factory=Look)
    _seen: set[ObjectId] = field(default_factory=set)

    def faults(self) -> Iterator[Fault]:
        """Of every branch, tag and review, newest commits first."""
        known: set[CommitId] = set()
        for name, head in self._heads().items():
            try:
                commits = self.store.log(head)
            except Unavailable:
                raise
            except SynthError as error:
                yield Fault(head, f"the history of `{name}`", _why(error))
                continue
            for commit in commits:
                if commit.id not in known:
                    known.add(commit.id)
                    self.look.commits += 1
                    yield from self._commit(commit)

    def _heads(self) -> Mapping[str, CommitId]:
        reviews = self.store.head(BRANCH)
        return {**self.store.branches(), **self.store.tags(), **({BRANCH: reviews} if reviews else {})}

    def _commit(self, commit: Commit) -> Iterator[Fault]:
        try:
            entries = [entry for entry in self.store.entries(commit.id) if entry.id not in self._seen]
        except Unavailable:
            raise
        except SynthError as error:
            yield Fault(commit.id, "the list of its files", _why(error))
            return
        self._seen |= {entry.id for entry in entries}
        self.look.files += len(entries)
        self.look.size += sum(max(entry.size, 0) for entry in entries)
        known: dict[str, Named] = {}
        for entry in (entry for entry in entries if is_manifest(entry.path)):
            yield from self._manifest(commit.id, entry, known)
        files = [entry for entry in entries if not is_manifest(entry.path)]
        with ThreadPoolExecutor(THREADS) as pool:  # a server's answer takes its way, and a digest waits for no lock
            for found in pool.map(lambda entry: self._file(commit.id, entry, known.get(entry.path)), files):
                yield from found

    def _manifest(self, commit: CommitId, entry: Entry, known: dict[str, Named]) -> Iterator[Fault]:
        """Fills `known`; tells of shards that the manifest names and the commit does not have."""
        where = f"the manifest of {layout.described(entry.path)}"
        try:
            manifest = read_manifest(self.store.read(commit, entry.path))
        except Unavailable:
            raise
        except SynthError as error:
            yield self._mended(Fault(commit, where, _why(error)), entry)
            return
        folder = layout.dataset_folder(manifest.dataset)
        there = {found.path for found in self.store.entries(commit, folder)}
        for path, shard in shards_of(manifest).items():
            known[path] = shard
            if path not in there:
                yield Fault(commit, shard.where, f"there is no file `{path}`")

    def _file(self, commit: CommitId, entry: Entry, known: Named | None) -> list[Fault]:
        where = known.where if known else f"`{entry.path}`"
        try:
            why = self._look_into(commit, entry, known)
        except Unavailable:
            raise
        except SynthError as error:
            return [self._mended(Fault(commit, where, _why(error)), entry)]
        return [] if why is None else [Fault(commit, where, why)]

    def _look_into(self, commit: CommitId, entry: Entry, known: Named | None) -> str | None:
        data = self.store.read(commit, entry.path)  # from the store itself: a cached copy may be intact
        if entry.path == layout.FORMAT_PATH:
            layout.read_format(data)
        if known is None:
            return None
        from runtime.upkeep.shard import fault_of

        return fault_of(self.store.local(commit, entry.path), known.shard, known.schema)

    def _mended(self, fault: Fault, entry: Entry) -> Fault:
        return replace(fault, mended=self.mend and self.store.restore(entry.id))


def shards_of(manifest: Manifest) -> dict[str, Named]:
    """Every shard that a manifest names, by its path."""
    name = manifest.dataset
    tables: list[tuple[str, TableManifest | None]] = [
        *((layout.table_folder(name, table), found) for table, found in manifest.tables.items()),
        (layout.rejected_folder(name), manifest.rejected),
        (layout.calls_folder(name), manifest.calls),
        (layout.texts_folder(name), manifest.texts),
        (layout.decisions_folder(name), manifest.decisions),
    ]
    return {
        layout.shard_path(folder, shard.sha256): Named(folder, shard, table.schema)
        for folder, table in tables
        if table is not None
        for shard in table.shards
    }


def _why(error: SynthError) -> str:
    first = error.diagnostics[0]
    return "; ".join((first.message, *first.notes))
