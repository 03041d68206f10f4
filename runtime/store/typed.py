"""What a person typed for a commit in; its id out, whichever store it is in, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from runtime.store.names import is_reserved
from runtime.store.port import CommitId

_STEPS = re.compile(r"(?P<base>.*?)(?P<steps>(~\d*)*)")


def resolve(ref: str, named: Callable[[str], CommitId], parents: Callable[[CommitId], Sequence[CommitId]]) -> CommitId:
    """`main~2` is two steps of first parents before what `named` finds. E1005 before the first commit."""
    match = _STEPS.fullmatch(ref)
    base, steps = (match["base"], match["steps"]) if match else (ref, "")
    at = named(base)
    for _ in range(sum(int(step or 1) for step in steps.split("~")[1:])):
        above = parents(at)
        if not above:
            raise SynthError(Diagnostic("E1005", f"`{ref}` lies before the first commit of `{base}`"))
        at = above[0]
    return at


def only(prefix: str, found: Iterable[CommitId]) -> CommitId | None:
    """The commit that begins so; E1006 when several do."""
    ids = {id_ for id_ in found if id_.startswith(prefix)}
    if len(ids) > 1:
        listed = ", ".join(sorted(id_[:12] for id_ in ids))
        raise SynthError(Diagnostic("E1006", f"several commits begin with `{prefix}`", notes=(listed,)))
    return ids.pop() if ids else None


def unknown(name: str, names: Iterable[str]) -> SynthError:
    """`names`: all branches and tags; those of the store's own are not told."""
    known = sorted(one for one in names if not is_reserved(one))
    return SynthError(
        Diagnostic(
            "E1001",
            f"no branch, tag or commit is called `{name}`",
            notes=(f"there are: {', '.join(known[:8])}" if known else "the store has no commits yet",),
            help=(did_you_mean(name, known) or None) if known else "`synth build SPEC` makes the first",
        )
    )
