"""A pull request in; what `synth pr` prints of it, as text and as JSON, out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from runtime.cli.console import colour, paint, plural, signs, width
from runtime.diff.paint import Painter, Piece
from runtime.review import PullRequest, Reviews, Rule, describe, rules
from runtime.review.json import said_json, summary_json
from runtime.review.recorded import configured, in_force, record, recorded

if TYPE_CHECKING:
    from datetime import datetime

    from runtime.config.model import Config
    from runtime.diff import Diff
    from runtime.review import Comment, Place
    from runtime.review.outcome import Outcome
    from runtime.store.port import Store

STYLES = {"open": "green", "merged": "cyan", "closed": "red"}


@dataclass(frozen=True)
class Shown:
    """A pull request with all that is shown beside it. `rows`: so many rows of each table; None for no rows."""

    pull: PullRequest
    digest: str | None
    rules: tuple[Rule, ...]
    diff: Diff | None
    outcome: Outcome | None
    rows: int | None


def look(reviews: Reviews, config: Config, pull: PullRequest, rows: int | None) -> Shown:
    """Of one whose branch is gone, everything but the diff."""
    from runtime.diff import diff
    from runtime.review.outcome import outcome

    store = reviews.store
    if pull.merge is None and store.head(pull.source) is None:
        return Shown(pull, None, rules(store, config, pull), None, None, rows)
    target, source = reviews.heads(pull)
    base = store.merge_base(target, source) if target else None
    done = None if pull.state != "open" else outcome(store, target, source)
    between = replace(diff(store, base, source), a_name=pull.target, b_name=pull.source)
    return Shown(pull, reviews.digest(pull), rules(store, config, pull), between, done, rows)


# --- text ---


def line(pull: PullRequest) -> str:
    """`#12 merged  A formal tone  (tone, Ada)`, cut to the width."""
    about = f"  ({pull.source}, {_name(pull.author)})"
    head = f"#{pull.number} ".ljust(5)
    room = width() - len(head) - 8 - len(about)
    return f"{head}{paint(pull.state.ljust(8), STYLES[pull.state])}{_cut(pull.title, max(room, 20))}{about}"


def lines(shown: Shown) -> Iterator[str]:
    """What it is, what it changes, the rules, and what was said."""
    pull = shown.pull
    yield from _wrapped(f"#{pull.number} {pull.title}", "", "   ")
    about = f"{pull.source} into {pull.target}, by {pull.author}, {_time(pull.opened)}"
    yield from _wrapped(about, f"{paint(pull.state, STYLES[pull.state])}  ", "    ")
    if pull.description:
        yield ""
        yield from _wrapped(pull.description, "    ")
    yield ""
    yield from _changes(shown)
    yield from ("",) if shown.rules else ()
    for rule in shown.rules:
        mark = paint("met    ", "green") if rule.met else paint("not met", "red")
        yield from _wrapped(f"{rule.name}: {rule.text}", f"  {mark} ", " " * 10)
    yield from _said(pull)


def _changes(shown: Shown) -> Iterator[str]:
    if shown.diff is None:
        yield f"  the branch {shown.pull.source} is gone"
        return
    yield f"digest {(shown.digest or '')[:12]}"
    if shown.rows is not None:
        yield from _rows(shown.diff, shown.rows)
    for dataset in shown.diff.datasets if shown.rows is None else ():
        for table in dataset.tables:
            name = dataset.name if table.name == dataset.name else f"{dataset.name}.{table.name}"
            counts = table.counts
            yield f"  {name}  +{counts.added:,} −{counts.removed:,} ~{counts.changed:,} ={counts.same:,}"
    if shown.outcome is not None and shown.outcome.conflicts:
        count, target = plural(len(shown.outcome.conflicts), "conflict"), shown.pull.target
        yield from _wrapped(f"{count} with {target}: `synth merge {target} --into {shown.pull.source}`", "  ! ", "    ")
    for problem in shown.outcome.problems if shown.outcome else ():
        yield from _wrapped(problem.message, "  ! ")


def _rows(diff: Diff, limit: int) -> Iterator[str]:
    from runtime.diff import View, render_text

    yield from render_text(diff, View(limit=limit), width=width(), colour=colour())


def _said(pull: PullRequest) -> Iterator[str]:
    """Comments with their ids and places, everything else by a line, as it happened."""
    comments = {comment.id: comment for comment in pull.comments}
    for event in pull.events[1:]:
        comment = comments.get(event.id[:12])
        yield ""
        if comment is None:
            yield from _wrapped(f"{_time(event.time)}  {event.by} {describe(event)}", "", "    ")
        else:
            yield from _comment(comment)


def _comment(comment: Comment) -> Iterator[str]:
    about = f" on {_place(comment.at)}" if comment.at else ""
    answer = f" to {comment.reply_to}" if comment.reply_to else ""
    yield from _wrapped(f"{_time(comment.time)}  {comment.by}, {comment.id}{answer}{about}", "", "    ")
    yield from _wrapped(comment.text, "    ")


def _wrapped(text: str, first: str, rest: str | None = None) -> list[str]:
    return Painter(width()).wrap([Piece("", text)], first, first if rest is None else rest)


def _place(place: Place) -> str:
    table = "" if place.table == place.dataset else f".{place.table}"
    return f"{place.dataset}{table}/{place.key}{f':{place.column}' if place.column else ''}"


def _cut(text: str, room: int) -> str:
    shown = signs(" ".join(text.split()))
    return shown if len(shown) <= room else f"{shown[: room - 1]}…"


def _name(author: str) -> str:
    return author.partition(" <")[0]


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"


# --- JSON ---


def pull_json(shown: Shown) -> dict[str, Any]:
    from runtime.diff import View, diff_json

    pull, done = shown.pull, shown.outcome
    view = View(stat=True) if shown.rows is None else View(limit=shown.rows)
    return {
        **summary_json(pull),
        **said_json(pull),
        "digest": shown.digest,
        "rules": [asdict(rule) for rule in shown.rules],
        "conflicts": len(done.conflicts) if done else 0,
        "problems": [problem.message for problem in done.problems] if done else [],
        "diff": diff_json(shown.diff, view) if shown.diff else None,
    }


# --- the policy ---


def policy_json(store: Store, config: Config, branch: str) -> dict[str, Any]:
    head = store.head(branch)
    found = in_force(store, config, branch, head)
    return {"branch": branch, "recorded": recorded(store, head) is not None, "policy": asdict(found) if found else None}


def policy_lines(store: Store, config: Config, branch: str) -> Iterator[str]:
    """The rules in force, and whether they are recorded in the branch."""
    head = store.head(branch)
    found = in_force(store, config, branch, head)
    if found is None:
        yield f"{branch} is not protected: `[review]` in synth.toml names the branches that are"
        return
    yield f"{branch} takes what an approved pull request brings"
    others = "the author's counts" if found.author_may_approve else "the author's does not count"
    yield f"  approvals   {found.approvals}, {others}"
    yield f"  audits      {'must hold' if found.audits == 'green' else 'are not asked about'}"
    yield f"  flags       {'flagged rows must be read' if found.flags == 'read' else 'are not asked about'}"
    yield f"  signatures  {found.signatures}"
    if recorded(store, head) is None:
        yield f"not recorded yet: `synth pr policy {branch} --record`"


def record_policy(store: Store, config: Config, branch: str) -> str:
    """Commits `[review]` to the branch. E1086 where it is protected by a recorded policy: that takes a pull request."""
    from runtime.review import mistakes

    head, policy = store.head(branch), configured(config)
    if head is None:
        raise mistakes.no_branch(branch, store.branches())
    if not policy.branches:
        raise mistakes.no_policy()
    own = recorded(store, head)
    if own == policy:
        return f"{branch} holds these rules already"
    if own is not None and branch in own.branches:
        raise mistakes.protected(branch, "its rules change by a pull request too")
    return f"{branch} is at {record(store, branch, policy).id[:10]}, with its rules"
