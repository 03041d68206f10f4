"""Decisions as people give them in; the rows they mean, found and checked against a version, out (E1100–E1109)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dsl.diagnostics import Diagnostic, SynthError, nearest
from runtime.decisions.look import candidate_of, find_keys
from runtime.decisions.model import VERDICTS, Decision, Made, Place
from runtime.decisions.values import check_values
from runtime.decisions.version import Version
from runtime.query.catalog import no_table
from runtime.query.names import Reference
from runtime.tables import layout
from runtime.tables.keys import Key, print_key

SHOWN = 5


@dataclass(frozen=True)
class Asked:
    """`candidates` are all whose rows are concerned, in the order of their keys."""

    new: Mapping[Place, Decision]
    withdrawn: frozenset[Place]
    candidates: Mapping[Key, Sequence[Place]]

    def of(self, candidate: Key) -> Sequence[Place]:
        """The places of its new decisions."""
        return [place for place in self.candidates[candidate] if place in self.new]

    def checked(self, place: Place, made: Made | None, now: Made | None) -> Decision:
        """The new decision, bound to the row as it was made. E1100 where it was not, E1107 where another was seen.

        A person may have seen the row as it was made, or as an edit has left it.
        """
        decision = self.new[place]
        if made is None:
            raise SynthError(_no_row(decision.table, [decision.key], []))
        if decision.seen and decision.seen not in (made.hash, now.hash if now else ""):
            raise SynthError(_changed(decision))
        return replace(decision, seen=made.hash)


def asked(version: Version, new: Sequence[Decision], withdraw: Sequence[tuple[str, str]]) -> Asked:
    for decision in new:
        _check(version, decision)
    there = {(one.decision.table, one.decision.key): one.place for one in version.recorded}
    unknown = [place for place in withdraw if place not in there]
    if unknown:
        raise SynthError(_nothing_to_withdraw(unknown[0], [key for table, key in there if table == unknown[0][0]]))
    gone = frozenset(there[place] for place in withdraw)
    wanted = _placed(version, new)
    if twice := wanted.keys() & gone:
        table, key = min(twice)
        raise SynthError(_both(table, print_key(key)))
    candidates: dict[Key, list[Place]] = defaultdict(list)
    for place in (*wanted, *gone):
        candidates[candidate_of(version.manifest, place[1])].append(place)
    return Asked(wanted, gone, candidates)


def _placed(version: Version, new: Sequence[Decision]) -> dict[Place, Decision]:
    """Each decision under the typed key of its row: one that is there, or one that a decision took away."""
    found: dict[Place, Decision] = {}
    by_table: dict[str, dict[str, Decision]] = defaultdict(dict)
    for decision in new:
        if decision.key in by_table[decision.table]:
            raise SynthError(_both(decision.table, decision.key))
        by_table[decision.table][decision.key] = decision
    taken = {(row.table, print_key(row.key)): row.key for one in version.recorded for row in one.generated}
    for table, decisions in by_table.items():
        folder = layout.table_folder(version.dataset, table)
        keys = find_keys(version.manifest.tables[table], folder, version.local, decisions.keys())
        keys |= {text: taken[table, text] for text in decisions if text not in keys and (table, text) in taken}
        missing = [text for text in decisions if text not in keys]
        if missing:
            raise SynthError(_no_row(table, missing, _near(version, table)))
        found |= {(table, keys[text]): decision for text, decision in decisions.items()}
    return found


def _check(version: Version, decision: Decision) -> None:
    table = version.manifest.tables.get(decision.table)
    if table is None:
        raise SynthError(no_table(Reference(version.dataset, None, decision.table), sorted(version.manifest.tables)))
    if decision.verdict not in VERDICTS:
        raise SynthError(_no_verdict(decision.verdict))
    if decision.verdict == "edit":
        check_values(decision.table, table.schema, decision.values)
    elif decision.values:
        raise SynthError(_values_without_edit(decision))


def _near(version: Version, table: str) -> list[str]:
    """Some keys of the table, to show what they look like."""
    shards = version.manifest.tables[table].shards
    return [print_key(key) for shard in shards for key in (shard.first, shard.last)]


def _no_row(table: str, missing: Sequence[str], keys: Sequence[str]) -> Diagnostic:
    more = f" and {len(missing) - SHOWN:,} more" if len(missing) > SHOWN else ""
    named = ", ".join(f"`{key}`" for key in missing[:SHOWN])
    guess = nearest(missing[0], keys)
    return Diagnostic(
        "E1100",
        f"table `{table}` has no row {named}{more} to decide on",
        notes=(f"keys look like this: {', '.join(dict.fromkeys(keys[:3]))}",) if keys else (),
        help=f"did you mean `{guess}`?" if guess else "`synth sql` lists keys: select key from the dataset",
    )


def _changed(decision: Decision) -> Diagnostic:
    return Diagnostic(
        "E1107",
        f"row `{decision.key}` of `{decision.table}` is not the one that was seen",
        notes=("a build has changed it since",),
        help="look at it again, and decide on the row as it is now",
    )


def _nothing_to_withdraw(place: tuple[str, str], keys: Sequence[str]) -> Diagnostic:
    table, key = place
    guess = nearest(key, keys)
    return Diagnostic(
        "E1108",
        f"nothing was decided about row `{key}` of `{table}`",
        help=f"did you mean `{guess}`?" if guess else "`synth decisions` lists what was decided",
    )


def _both(table: str, key: str) -> Diagnostic:
    return Diagnostic("E1109", f"two things are decided about row `{key}` of `{table}` at once", help="decide on one")


def _no_verdict(verdict: str) -> Diagnostic:
    guess = nearest(verdict, VERDICTS)
    return Diagnostic(
        "E1109", f"`{verdict}` is no decision", help=f"{', '.join(VERDICTS)}" + (f": {guess}?" if guess else "")
    )


def _values_without_edit(decision: Decision) -> Diagnostic:
    return Diagnostic(
        "E1109",
        f"row `{decision.key}` cannot be both {decision.verdict}ed and given values",
        help="an edit accepts the row with its new values",
    )
