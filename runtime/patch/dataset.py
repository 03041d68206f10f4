"""A dataset's patch and the dataset on a branch in; what a commit must change to put the one on the other, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from dsl.diagnostics import Diagnostic, SynthError
from runtime.diff.shards import Version
from runtime.measures.dataset import measures
from runtime.merge.apply import Applied, Delta, apply
from runtime.patch.fitting import Fitted, fit
from runtime.patch.model import DatasetPatch, Outline, Part, PartPatch, Patch, parts_of
from runtime.query.determinism import recounted
from runtime.store.port import Change, CommitId, Store
from runtime.tables import layout
from runtime.tables.keys import decode_key, encode_key
from runtime.tables.manifest import Counts, Fingerprints, Manifest, TableManifest
from runtime.tables.manifest_json import write_manifest
from runtime.tables.shards import read_shard
from runtime.tables.writer import table_changes

CALLS = Part("calls", "")
REJECTED = Part("rejected", "")


@dataclass
class DatasetDone:
    """`state` says what became of the dataset: "same" where it is what the patch makes already."""

    name: str
    state: str = "changed"
    added: int = 0
    removed: int = 0
    changed: int = 0
    paths: dict[str, Change] = field(default_factory=dict)


class Patching:
    """One dataset of one patch on one commit."""

    def __init__(self, store: Store, commit: CommitId | None, patch: Patch, own: DatasetPatch, base: Manifest | None):
        self._store, self._commit, self._patch, self._own, self._base = store, commit, patch, own, base
        self._done = DatasetDone(own.name)
        self._tables: dict[Part, TableManifest] = {}
        self._keys: set[bytes] = set()

    def result(self) -> DatasetDone:
        if self._patch.whole and _is(self._own.after, self._base, calls=self._patch.calls):
            self._drain()
            return replace(self._done, state="same")
        self._check_fits()
        if self._patch.whole and self._own.after is None:
            return self._removed()
        self._tables = dict(self._kept())
        misfits = [self._put(part) for part in self._own.parts]
        told = [found for found in misfits if found is not None]
        if told:
            raise SynthError(*told)
        self._follow_calls()
        self._finish()
        return self._done

    def _drain(self) -> None:
        for part in self._own.parts:
            for _ in part.rows:
                pass

    def _kept(self) -> Iterable[tuple[Part, TableManifest]]:
        """Tables of the branch that the new version has, too."""
        for part in parts_of(self._base):
            table = part.of(self._base)
            if table is not None and (self._own.after is None or part in self._own.after.parts or part == CALLS):
                yield part, table

    # --- does it fit ---

    def _check_fits(self) -> None:
        """A patch is made from one version of a spec, and goes on no other."""
        base, own = self._base, self._own
        if not self._patch.whole or own.before is not None:
            if base is None:
                raise SynthError(self._unfit("there is no such dataset here"))
            known = [side.manifest.fingerprints for side in (own.before, own.after) if side is not None]
            if self._patch.whole and not any(_one_spec(base.fingerprints, found) for found in known):
                raise SynthError(self._unfit("another spec made the dataset here"))
        elif base is not None:
            raise SynthError(self._unfit("a dataset of that name is here already"))
        if own.after is None and own.before is not None and base is not None and base.root != own.before.root:
            raise SynthError(self._unfit("the patch removes the dataset, and here it holds other rows"))

    def _unfit(self, why: str, notes: tuple[str, ...] = ()) -> Diagnostic:
        made = self._patch.source[:10] if self._patch.source else None
        help_ = f"make a branch at {made}, apply the patch there, and merge the branch with `synth merge`"
        return Diagnostic(
            "E1039",
            f"the patch does not fit `{self._own.name}`: {why}",
            notes=notes,
            help=help_
            if made and self._base is not None
            else "apply it to a branch that has the version it was made from",
        )

    # --- tables ---

    def _put(self, patch: PartPatch) -> Diagnostic | None:
        """The table with the patch on it; or why it cannot be."""
        here = patch.part.of(self._base)
        if here is not None and patch.after is not None and here.root == patch.after.root and self._patch.whole:
            return None
        if (here is None) != (patch.before is None):
            return self._unfit(f"table `{patch.part}` {'is not here' if here is None else 'is here already'}")
        if here is not None and patch.before is not None and here.schema != patch.before.schema:
            return self._unfit(f"table `{patch.part}` has other columns here")
        found = fit(patch, self._version(patch.part, here))
        if found.applied is None:
            return self._misfits(patch.part, found)
        self._take(patch, here, found, found.applied)
        return None

    def _misfits(self, part: Part, found: Fitted) -> Diagnostic:
        rows = "1 row is" if found.unfit == 1 else f"{found.unfit:,} rows are"
        more = (f"and {found.unfit - len(found.misfits):,} more",) if found.unfit > len(found.misfits) else ()
        return self._unfit(f"{rows} not as in the version it was made from", (f"table {part}", *found.misfits, *more))

    def _take(self, patch: PartPatch, here: TableManifest | None, found: Fitted, applied: Applied) -> None:
        """Where the table was just the old version's, it must be just the new version's now."""
        made = replace(applied.table, atomic=patch.after.atomic if patch.after else applied.table.atomic)
        same_start = (here is None and patch.before is None) or bool(
            here and patch.before and here.root == patch.before.root
        )
        if self._patch.whole and same_start and patch.after is not None and made.root != patch.after.root:
            message = f"this is no patch: its rows do not make the table `{patch.part}` that it names"
            raise SynthError(Diagnostic("E1038", message, help="make it anew with `synth diff A..B --format patch`"))
        self._changed(patch.part, here, made, applied)
        if patch.part.kind == "table":
            self._done.added += found.added
            self._done.removed += found.removed
            self._done.changed += found.changed
        if patch.part.kind in ("table", "rejected"):
            self._keys |= found.keys

    def _changed(self, part: Part, here: TableManifest | None, made: TableManifest, applied: Applied) -> None:
        self._tables[part] = made
        self._done.paths |= table_changes(part.folder(self._own.name), here, made, applied.written)

    def _version(self, part: Part, table: TableManifest | None) -> Version:
        return Version(self._store, self._commit, part.folder(self._own.name), table)

    def _follow_calls(self) -> None:
        """A patch without calls leaves none that tell of rows as they no longer are."""
        here = CALLS.of(self._base)
        if self._patch.calls or here is None or not here.rows or not self._keys:
            return
        version, parts = self._version(CALLS, here), len((self._base or self._manifest()).key)
        owners = {_candidate(key, parts) for key in self._keys}
        found = (key for shard in here.shards for key in _keys(version.local(shard)))
        gone = [key for key in found if _candidate(key, parts) in owners]
        applied = apply(version, version, here.schema, Delta(None, gone))
        self._changed(CALLS, here, applied.table, applied)

    # --- the manifest ---

    def _removed(self) -> DatasetDone:
        assert self._commit is not None and self._base is not None
        folder = layout.dataset_folder(self._own.name)
        gone: Mapping[str, Change] = {entry.path: None for entry in self._store.entries(self._commit, folder)}
        rows = sum(table.rows for table in self._base.tables.values())
        return replace(self._done, state="removed", removed=rows, paths=dict(gone))

    def _finish(self) -> None:
        """The new version's manifest; where other rows are here than it counted, they are counted and measured."""
        manifest = self._manifest()
        after = self._own.after
        if after is None or manifest.root != after.root:
            found = measures(self._own.name, manifest.tables, self._local)
            again = recounted(manifest.calls, self._files(CALLS, manifest.calls) if manifest.calls else ())
            manifest = replace(manifest, counts=self._counts(manifest), measures=found, determinism=again)
        manifest = self._told_from_built(manifest)
        self._done.state = "changed" if self._base else "added"
        self._dropped_tables()
        self._done.paths |= self._spec()
        self._done.paths[layout.manifest_path(self._own.name)] = write_manifest(manifest)
        self._done.paths[layout.FORMAT_PATH] = layout.format_bytes()

    def _manifest(self) -> Manifest:
        start = self._own.after.manifest if self._own.after else self._base
        assert start is not None
        tables = {part.name: table for part, table in self._tables.items() if part.kind == "table"}
        rest = {kind: self._tables.get(Part(kind, "")) for kind in ("rejected", "calls", "decisions")}
        return replace(start, tables=dict(sorted(tables.items())), **rest)  # type: ignore[arg-type]

    def _told_from_built(self, manifest: Manifest) -> Manifest:
        """What no build makes must not be taken for what one made: rows beside the patch's, calls of before it."""
        after, base = self._own.after, self._base
        if not self._patch.whole or after is None or base is None:
            return manifest
        if manifest.root != after.root:
            both = manifest.fingerprints.holding(base.fingerprints, manifest.fingerprints)
            manifest = replace(manifest, fingerprints=both)
        left = manifest.calls is not None and manifest.calls.rows > 0
        kept = left and (not self._patch.calls or base.patched)
        return replace(manifest, patched=manifest.patched or kept)

    def _dropped_tables(self) -> None:
        for part in parts_of(self._base):
            if part not in self._tables:
                self._done.paths |= table_changes(part.folder(self._own.name), part.of(self._base), None, {})

    def _spec(self) -> dict[str, Change]:
        if self._own.files is None:
            return {}
        folder = f"{layout.dataset_folder(self._own.name)}/spec"
        here = self._store.entries(self._commit, folder) if self._commit is not None else ()
        gone: dict[str, Change] = {entry.path: None for entry in here}
        return {**gone, **{f"{folder}/{path}": data for path, data in self._own.files.items()}}

    def _local(self, path: str) -> Path:
        new = self._done.paths.get(path)
        if isinstance(new, str):
            return self._store.local_object(new, ".parquet")
        assert self._commit is not None
        return self._store.local(self._commit, path)

    def _counts(self, manifest: Manifest) -> Counts:
        """Of the candidates that are here, whatever the patch's versions had."""
        parts, reasons = len(manifest.key), Counter[str]()
        kept = {
            _candidate(key, parts)
            for name, table in manifest.tables.items()
            for path in self._files(Part("table", name), table)
            for key in _keys(path)
        }
        if manifest.rejected is not None:
            for path in self._files(REJECTED, manifest.rejected):
                reasons.update(read_shard(Path(path), ["statement"]).column("statement").to_pylist())
        dropped = {name: count for name, count in sorted(reasons.items()) if not name.startswith("input ")}
        return Counts(len(kept) + sum(dropped.values()), len(kept), dropped)

    def _files(self, part: Part, table: TableManifest) -> list[str]:
        folder = part.folder(self._own.name)
        return [str(self._local(layout.shard_path(folder, shard.sha256))) for shard in table.shards]


def _is(after: Outline | None, base: Manifest | None, *, calls: bool) -> bool:
    """Whether the branch has what the patch makes."""
    if after is None or base is None:
        return after is None and base is None
    bare = replace(base, tables={}, rejected=None, calls=None, decisions=None, patched=after.manifest.patched)
    own = {part: table.root for part in after.parts if (table := part.of(base)) and (calls or part != CALLS)}
    wanted = {part: root for part, root in after.parts.items() if calls or part != CALLS}
    return after.root == base.root and own == wanted and write_manifest(bare) == write_manifest(after.manifest)


def _one_spec(base: Fingerprints, known: Fingerprints) -> bool:
    """What holds rows of two versions is of the spec that it has."""
    return base == known or (base.merged and replace(base, data=known.data) == known)


def _candidate(key: bytes, parts: int) -> bytes:
    return encode_key(decode_key(key)[:parts])


def _keys(path: str) -> list[bytes]:
    found: list[bytes] = read_shard(Path(path), ["_key"]).column("_key").to_pylist()
    return found
