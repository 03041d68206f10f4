"""The name of a branch or a tag in; whether a store takes it, and the mistake to tell where not, out."""

from __future__ import annotations

import re

from dsl.diagnostics import Diagnostic, SynthError
from runtime.store.port import CommitId

BRANCH_NAME = re.compile(r"\w[-\w]*", re.ASCII)
TAG_NAME = re.compile(r"\w[-\w]*(\.[-\w]+)*", re.ASCII)
RESERVED = "_synth"
"""Branches and tags whose names begin so are the store's own: no list shows them, no command takes them."""

FIRST_BRANCH = "main"
_RESERVED_NAMES = frozenset({"HEAD"})


def check_branch_name(name: str) -> None:
    """E1002 unless `name` is letters, digits, `_` and `-`, not beginning with `-`."""
    if BRANCH_NAME.fullmatch(name) is None or name in _RESERVED_NAMES or len(name) > 200:
        raise SynthError(_bad_name("branch", name, "letters, digits, `_` and `-`"))


def check_tag_name(name: str) -> None:
    """E1002 unless `name` is a branch name, dots allowed between its parts; `.lock` ends no name.

    `main` is no tag: a server's default branch has that name before anything is committed to it.
    """
    if name == FIRST_BRANCH:
        note = "it is the name of the first branch"
        raise SynthError(Diagnostic("E1002", f"`{name}` cannot be the name of a tag", notes=(note,)))
    if TAG_NAME.fullmatch(name) is None or name in _RESERVED_NAMES or name.endswith(".lock") or len(name) > 200:
        raise SynthError(_bad_name("tag", name, "letters, digits, `_`, `-` and inner dots"))


def is_reserved(name: str) -> bool:
    """Whether a branch or tag is the store's own."""
    return name.startswith(RESERVED)


def check_user_branch(name: str) -> None:
    """`check_branch_name`, and E1002 for the store's own branches: what a command does with a name it was given."""
    check_branch_name(name)
    if is_reserved(name):
        raise SynthError(_reserved("branch", name))


def check_user_tag(name: str) -> None:
    """`check_tag_name`, and E1002 for the store's own tags."""
    check_tag_name(name)
    if is_reserved(name):
        raise SynthError(_reserved("tag", name))


def taken(what: str, name: str, at: CommitId | None) -> Diagnostic:
    """`what` is a branch or a tag: a name is one or the other, never both."""
    notes = () if at is None else (f"at {at}",)
    return Diagnostic(code="E1003", message=f"there is a {what} `{name}` already", notes=notes)


def _bad_name(what: str, name: str, allowed: str) -> Diagnostic:
    suggestion = re.sub(r"[^-\w]+", "-", name, flags=re.ASCII).strip("-")
    return Diagnostic(
        code="E1002",
        message=f"`{name}` cannot be the name of a {what}",
        notes=(f"a {what}'s name is made of {allowed}, and does not begin with `-`",),
        help=f"for example `{suggestion}`" if suggestion and suggestion not in _RESERVED_NAMES else None,
    )


def _reserved(what: str, name: str) -> Diagnostic:
    note = f"names that begin with `{RESERVED}` are the store's own"
    return Diagnostic("E1002", f"`{name}` cannot be the name of a {what}", notes=(note,))
