"""`rejected` or `calls` of three versions, and whose each candidate's row is, in; what the merge takes of them, out.

They tell how rows came about, so they raise no conflict of their own: a candidate's entries follow its row. Where its
row is of both sides, and a call of both sides too, both calls are kept, theirs under a later attempt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtime.merge.apply import Delta
from runtime.merge.sides import Three
from runtime.query.scratch import Scratch, parquet, quoted
from runtime.tables.keys import decode_key, encode_key, print_key

if TYPE_CHECKING:
    import pyarrow as pa

LATER = 1_000
"""What is added to the attempt of theirs where both sides have a call, once more after each merge before: no gen is
asked so often."""
FATES = "fates"
EMPTY = "(select null::blob as _key, null::blob as _hash, null::varchar as owner where false)"


def open_fates(scratch: Scratch) -> None:
    """The relation of candidates (`owner`, printed) whose row both changed, and its `side`: `o`, `t` or `both`."""
    scratch.execute(f"create table {FATES} (owner varchar, side varchar)")


def note_fates(scratch: Scratch, found: list[tuple[str, str]]) -> None:
    if found:
        owners, sides = zip(*found, strict=True)
        scratch.execute(f"insert into {FATES} select unnest($1), unnest($2)", [list(owners), list(sides)])


@dataclass(frozen=True)
class Trail:
    """`owner` is the column that holds the candidate's printed key: `key` of rejected rows, `row` of calls."""

    three: Three
    owner: str

    def delta(self, kept: set[str] | None = None) -> Delta:
        """Relative to ours. `kept` are candidates whose row is in the result: they are not rejected."""
        decided = self._decided()
        found = self.three.scratch.execute(f"select _key, side, o, t, b, owner from {decided}").fetchall()
        gone = [r for r in found if kept is not None and r[5] in kept]
        left = [r for r in found if kept is None or r[5] not in kept]
        taken = [r for r in left if r[1] in ("t", "both")]
        removed = [r[0] for r in gone if r[2]] + [r[0] for r in taken if r[1] == "t" and r[2] and not r[3]]
        fresh = self._taken([r[0] for r in taken if r[3]])
        return Delta(self._shifted(fresh, {r[0] for r in taken if r[1] == "both" and r[2] and r[3]}), removed)

    def owners(self) -> list[str]:
        """Candidates with an entry that either side changed."""
        return [
            owner for (owner,) in self.three.scratch.execute(f"select distinct owner from {self._decided()}").fetchall()
        ]

    def _decided(self) -> str:
        """Every key that changed: whose it is, and on which sides it is there (the base's stands for one unchanged)."""
        name, three = quoted(f"{self.three.name} decided"), self.three
        base, ours, theirs = (self._side(paths) for paths in three.paths())
        three.scratch.execute(
            f"""create table if not exists {name} as
            with changed as (select coalesce(o._key, t._key) as _key, o.state as so, t.state as st
                    from {three.mine.keys} o full join {three.other.keys} t on o._key = t._key),
                seen as (select k.*, b._key is not null as b, coalesce(o.owner, t.owner, b.owner) as owner,
                        case when so is null then b._key is not null else o._key is not null end as o,
                        case when st is null then b._key is not null else t._key is not null end as t,
                        o._hash as oh, t._hash as th
                    from changed k left join {base} b using (_key) left join {ours} o using (_key)
                        left join {theirs} t using (_key)),
                whose as (select owner, min(side) as side from {FATES} group by 1 having count(distinct side) = 1
                    union all select owner, 'both' from {FATES} group by 1 having count(distinct side) > 1)
            select _key, seen.owner, o, t, b, case when whose.side in ('o', 't') then whose.side
                when st is null then 'o' when so is null then 't'
                when oh is not distinct from th then 'o' when whose.side = 'both' then 'both'
                when not t then 'o' when not o then 't'
                when oh <= th then 'o' else 't' end as side
            from seen left join whose using (owner)"""
        )
        return name

    def _side(self, paths: list[str]) -> str:
        return parquet(paths, f"_key, _hash, {self.owner} as owner") if paths else EMPTY

    def _taken(self, keys: list[bytes]) -> pa.Table | None:
        """Theirs' rows, which are the base's where theirs left them alone."""
        base, _, theirs = self.three.paths()
        if not keys or not (base or theirs):
            return None
        parts = [f"(select *, {i} as place from {parquet(paths)})" for i, paths in enumerate((theirs, base)) if paths]
        sql = f"""select * exclude (place) from ({" union all by name ".join(f"select * from {p}" for p in parts)})
            where _key in (select unnest($1::blob[]))
            qualify row_number() over (partition by _key order by place) = 1"""
        return self.three.scratch.arrow(sql, [keys])

    def _shifted(self, rows: pa.Table | None, doubled: set[bytes]) -> pa.Table | None:
        if rows is None or not doubled:
            return rows
        import pyarrow as pa

        keys, attempts, by = rows.column("_key").to_pylist(), rows.column("attempt").to_pylist(), self._free()
        moved = [_later(key, by) if key in doubled else key for key in keys]
        later = [n + by if key in doubled else n for key, n in zip(keys, attempts, strict=True)]
        columns: dict[str, Any] = {name: rows.column(name) for name in rows.column_names}
        columns["_key"] = pa.array(moved, pa.binary())
        columns["key"] = pa.array([print_key(decode_key(key)) for key in moved], pa.string())
        columns["attempt"] = pa.array(later, pa.int64())
        return pa.table(columns)

    def _free(self) -> int:
        """So much later no call of either side, nor one that an earlier merge brought, has its place."""
        tables = (self.three.ours.table, self.three.theirs.table)
        most = max(int(table.stats["attempt"].high or 0) for table in tables if table)
        return LATER * (1 + most // LATER)


def _later(key: bytes, by: int) -> bytes:
    *place, attempt = decode_key(key)
    assert isinstance(attempt, int)
    return encode_key((*place, attempt + by))
