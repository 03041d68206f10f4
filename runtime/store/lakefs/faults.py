"""What a server or the way to it did wrong, in; diagnostics that say what to do, out.

SynthError
├── Refused       the server answered and will answer the same again: `status` and what it said
└── Unanswered    no answer, or one that says "later": what was asked for may have been done or not
    └── Cut       an answer that ended too soon
"""

from __future__ import annotations

from dsl.diagnostics import Diagnostic, SynthError
from runtime.store.port import Unavailable

LATER = frozenset({420, 423, 429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed. 500 is also what lakeFS answers while a branch is locked."""

BUSY = frozenset({420, 423, 429, 503})


class Refused(SynthError):
    """A lasting answer other than success."""

    def __init__(self, status: int, said: str, diagnostic: Diagnostic) -> None:
        self.status, self.said = status, said
        super().__init__(diagnostic)


class Unanswered(Unavailable):
    """Asking again may help. Whether the request had its effect is unknown: look before repeating it."""


class Cut(Unanswered):
    """The answer ended before all its bytes were there."""


def refused(status: int, said: str, asked: str, where: str) -> Refused:
    """`asked` is the method and path, `where` the server; `said` the message in the answer's body."""
    return Refused(status, said, _diagnose(status, said, asked, where))


def _diagnose(status: int, said: str, asked: str, where: str) -> Diagnostic:
    notes = (f"the server said: {said}" if said else f"status {status}", f"asked: {asked}")
    if status == 401:
        return bad_keys(where, said)
    if status == 403:
        return _forbidden(said, notes, where)
    if status == 410:
        return Diagnostic(
            "E1047", f"what was asked for is gone from the lakeFS server at {where}", notes=notes, help=_GONE
        )
    if status == 412:
        return Diagnostic("E1048", "the lakeFS server's hooks refused this", notes=notes, help=_HOOKS)
    if status == 400 and "dirty" in said:
        return Diagnostic("E1049", "the branch has uncommitted changes on the lakeFS server", notes=notes, help=_DIRTY)
    if status == 501:
        return Diagnostic("E1042", f"the lakeFS server at {where} cannot do this", notes=notes, help=_VERSION)
    if status == 404:
        return Diagnostic("E1046", f"the lakeFS server at {where} does not have this", notes=notes, help=_MISSING)
    return Diagnostic(
        "E1051", f"the lakeFS server at {where} refused this", notes=(f"status {status}", *notes), help=_REFUSED
    )


_GONE = "the repository is being deleted, or an object's bytes were collected: `synth doctor` says what is left"
_HOOKS = "the actions of the repository (`_lakefs_actions/`) say why; their log is on the server, under Actions"
_DIRTY = "another tool wrote to it: commit that there (`lakectl commit`) or drop it (`lakectl branch reset`)"
_VERSION = "synth needs lakeFS 1.49 or newer"
_MISSING = "`synth doctor` says which repository and user this is"
_REFUSED = "`synth doctor` says which server, repository and user this is"


def _forbidden(said: str, notes: tuple[str, ...], where: str) -> Diagnostic:
    if "read-only" in said:
        help_ = "make another repository, or name another one in synth.toml"
    elif "protected" in said:
        help_ = "the branch is protected on the server: work on another branch, or lift the rule there"
    else:
        help_ = "the keys are good and their user lacks the permission: ask who runs the server for FSReadWrite access"
    return Diagnostic("E1045", f"the lakeFS server at {where} does not allow this", notes=notes, help=help_)


def bad_keys(where: str, said: str = "") -> Diagnostic:
    return Diagnostic(
        "E1044",
        f"the lakeFS server at {where} does not accept the keys",
        notes=(f"the server said: {said}",) if said else (),
        help="see LAKEFS_ACCESS_KEY_ID and LAKEFS_SECRET_ACCESS_KEY, or the credentials in ~/.lakectl.yaml",
    )


def busy(status: int, said: str, where: str) -> Unanswered:
    """After every attempt the server still says "later"."""
    notes = (f"status {status}: {said}" if said else f"status {status}",)
    if status in BUSY or "locked" in said:
        help_ = "run the command again in a while: what was done is found and not done twice"
        return Unanswered(Diagnostic("E1050", f"the lakeFS server at {where} is too busy", notes=notes, help=help_))
    help_ = "its log says more; run the command again when it is well: what was done is found and not done twice"
    return Unanswered(Diagnostic("E1052", f"the lakeFS server at {where} failed", notes=notes, help=help_))


def unreachable(where: str, why: str) -> Unanswered:
    help_ = "see that it runs and that `endpoint` in synth.toml (or LAKEFS_ENDPOINT) names it; then run this again"
    return Unanswered(Diagnostic("E1040", f"the lakeFS server at {where} cannot be reached", notes=(why,), help=help_))


def cut(where: str, why: str) -> Cut:
    help_ = "run this again; if it stays so, something between here and the server ends connections"
    return Cut(Diagnostic("E1040", f"the lakeFS server at {where} broke off its answer", notes=(why,), help=help_))


def untrusted(where: str, why: str) -> SynthError:
    help_ = (
        "`http://` for a server without TLS; for a certificate of your own, SSL_CERT_FILE names the authority's file"
    )
    return SynthError(
        Diagnostic("E1041", f"no secure connection to the lakeFS server at {where}", notes=(why,), help=help_)
    )


def not_lakefs(where: str, why: str) -> SynthError:
    return SynthError(
        Diagnostic(
            "E1042",
            f"what answers at {where} is not a lakeFS server that synth can use",
            notes=(why,),
            help="`endpoint` is the server's address, as in http://127.0.0.1:8000; synth needs lakeFS 1.49 or newer",
        )
    )


def damaged(commit: str, path: str, why: str) -> SynthError:
    return SynthError(
        Diagnostic(
            "E1007",
            "the store is damaged: an object is missing or does not match its digest",
            notes=(f"`{path}` of commit {commit}", why),
            help="the server's storage lost or changed the bytes: restore them there, or build again",
        )
    )
