"""What went wrong with a pull request in; the error with its code and a way out, out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean

if TYPE_CHECKING:
    from runtime.review.model import PullRequest, Rule

SHORT = 8
"""Characters of a digest that a person types at least."""


def unknown(number: int, known: Sequence[int]) -> SynthError:
    newest = ", ".join(f"#{one}" for one in list(known)[-8:])
    return SynthError(
        Diagnostic(
            "E1080",
            f"there is no pull request #{number}",
            notes=(f"pull requests: {newest}",) if known else ("there are none yet",),
            help="`synth pr list --state all` shows them" if known else "`synth pr open` makes one",
        )
    )


def not_in_state(pull: PullRequest, wanted: str) -> SynthError:
    way = {"closed": f"`synth pr reopen {pull.number}` opens it again", "merged": "open a new one for what comes next"}
    return SynthError(
        Diagnostic("E1081", f"pull request #{pull.number} is {pull.state}, not {wanted}", help=way.get(pull.state))
    )


def open_already(pull: PullRequest) -> SynthError:
    return SynthError(
        Diagnostic(
            "E1082",
            f"pull request #{pull.number} for `{pull.source}` into `{pull.target}` is open already",
            help=f"it follows its branch by itself: `synth pr show {pull.number}`",
        )
    )


def nothing(source: str, target: str) -> SynthError:
    what = f"`{source}` has no commit that `{target}` lacks" if source != target else "source and target are one branch"
    return SynthError(
        Diagnostic(
            "E1083",
            f"there is nothing to merge: {what}",
            help="commit to a branch first: `synth build SPEC --branch NAME`, then `synth pr open --source NAME`",
        )
    )


def no_branch(name: str, known: Iterable[str]) -> SynthError:
    guess = did_you_mean(name, known)
    return SynthError(Diagnostic("E1001", f"there is no branch `{name}`", help=guess or None))


def gone(pull: PullRequest) -> SynthError:
    return SynthError(
        Diagnostic(
            "E1084",
            f"the branch `{pull.source}` of pull request #{pull.number} is gone",
            help=f"make it again (`synth branch {pull.source} COMMIT`), or `synth pr close {pull.number}`",
        )
    )


def unmet(target: str, title: str, rules: Iterable[Rule], number: int) -> SynthError:
    return SynthError(
        Diagnostic(
            "E1085",
            f"{title} cannot be merged into `{target}` yet",
            notes=tuple(f"{rule.name}: {rule.text}" for rule in rules if not rule.met),
            help=f"`synth pr show {number}` shows where it stands",
        )
    )


def protected(target: str, what: str) -> SynthError:
    return SynthError(
        Diagnostic(
            "E1086",
            f"`{target}` is protected: {what}",
            notes=("it takes what an open pull request brings, once that is approved",),
            help=f"commit to another branch, and then `synth pr open --source NAME --target {target}`",
        )
    )


def moved(number: int, seen: str, now: str) -> SynthError:
    return SynthError(
        Diagnostic(
            "E1087",
            f"pull request #{number} is not what you saw: its diff has changed",
            notes=(f"you saw {seen[:12] or 'nothing'}, and it is {now[:12]} now",),
            help=f"look again: `synth pr show {number} --diff`",
        )
    )


def no_comment(number: int, id_: str) -> SynthError:
    return SynthError(
        Diagnostic(
            "E1090",
            f"pull request #{number} has no comment `{id_}`",
            help=f"`synth pr show {number}` shows each comment with its id",
        )
    )


def no_place(text: str, why: str) -> SynthError:
    return SynthError(
        Diagnostic(
            "E1090",
            f"`{text}` is no place of this pull request: {why}",
            help="a row is written dataset/key, a cell dataset/key:column, as in `--at qa/break/1:answer`",
        )
    )


def empty() -> SynthError:
    return SynthError(Diagnostic("E1091", "the text is empty", help="say something: `synth pr comment 3 'why 7?'`"))


def no_policy() -> SynthError:
    help_ = 'add them to synth.toml: [review] branches = ["main"]'
    return SynthError(Diagnostic("E1093", "there are no rules to record: synth.toml protects no branch", help=help_))
