"""A spec and the options of a build in; live progress, and one commit with what it holds, out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from textwrap import fill
from typing import TYPE_CHECKING, Literal

import typer

from runtime.cli.answers import recorded_line, verified_json, verified_lines
from runtime.cli.console import paint, plural, say, say_json, spent, width
from runtime.cli.options import (
    Audits,
    Branch,
    Dataset,
    Json,
    Limit,
    Message,
    Params,
    ProfileName,
    Seed,
    Spec,
    Spend,
    Verify,
    Where,
    Workers,
)
from runtime.cli.workers import after

if TYPE_CHECKING:
    from compiler.analysis import Analysis
    from runtime.build.build import Build, Built, Options
    from runtime.build.session import Session
    from runtime.build.verify import Verified
    from runtime.cli.context import Context
    from runtime.config.model import Profile
    from runtime.store.port import Store

Executor = Literal["local", "ray"]
TITLE = 66
"""Characters of a statement that stand in a line of the summary."""


def run(
    spec: str = Spec,
    only: str | None = Dataset,
    param: list[str] = Params,
    seed: int | None = Seed,
    limit: int | None = Limit,
    profile: str | None = ProfileName,
    branch: str | None = Branch,
    message: str | None = Message,
    budget: str | None = Spend,
    allow_failed_audits: bool = Audits,
    again: int | None = Verify,
    where: Executor | None = Where,
    workers: int | None = Workers,
    plan: str | None = typer.Option(None, "--plan", metavar="FILE", help="Refuse what `plan -o FILE` did not say."),
    as_json: bool = Json,
) -> None:
    """Test, plan, run, audit: one commit.

    Runs only what the journal cannot answer, and goes on where an earlier
    build was stopped. With --verify, exit 1 when an answer came out otherwise.

    Example: synth build specs/python_qa.synth -p wanted=100
    """
    from runtime.cli.compiled import compiled
    from runtime.cli.plan_held import hold

    with compiled(spec, param, seed, profile) as (analysis, session, context):
        target = _target(branch, session, context)
        options = _options(session.profile, target, message, only, limit, budget, allow_failed_audits)
        if plan is not None:
            hold(plan, analysis, session, options)
        done = _build(analysis, session, options, where, workers)
        verified = _verify(analysis, session, options, done, again)
        _show(done, analysis, session, verified, as_json)
        if context.elsewhere and not as_json:
            say(f"in the project {context.elsewhere}: `cd {context.elsewhere}` to read and compare it")
        if verified is not None and verified.drifts:
            raise typer.Exit(1)


def _target(branch: str | None, session: Session, context: Context) -> str:
    """The branch that is committed to, if it may be."""
    from runtime.review.gate import refuse_direct
    from runtime.store.names import check_user_branch

    target = branch or session.profile.branch or context.branch
    check_user_branch(target)
    refuse_direct(session.store, session.project.config, target, "a build goes to a branch of its own")
    return target


def _options(
    profile: Profile,
    target: str,
    message: str | None,
    only: str | None,
    limit: int | None,
    budget: str | None,
    allow_failed_audits: bool,
) -> Options:
    """What was typed, over what the profile says."""
    from runtime.build.amounts import read_budget
    from runtime.build.build import Options

    return Options(
        target,
        message,
        only,
        limit if limit is not None else profile.limit,
        "scratch" if allow_failed_audits else profile.audits,
        read_budget(budget, profile.budget) if budget else profile.budget,
    )


def _build(
    analysis: Analysis, session: Session, options: Options, where: Executor | None, workers: int | None
) -> Build:
    from runtime.build.build import build
    from runtime.cli.live import live
    from runtime.executor.choice import executor

    place, many = where or session.profile.executor, workers or session.profile.workers
    with ExitStack() as stack:
        runs = stack.enter_context(executor(place, session.project.config, many))
        options = replace(options, executor=runs)
        return build(analysis, session, options, lambda progress: stack.enter_context(live(progress)))


def _verify(analysis: Analysis, session: Session, options: Options, done: Build, again: int | None) -> Verified | None:
    from runtime.build.verify import verify

    return verify(analysis, session, options, done.head, again) if again else None


def _show(done: Build, analysis: Analysis, session: Session, verified: Verified | None, as_json: bool) -> None:
    from runtime.cli.console import report

    report((*done.warnings, *(verified.warnings() if verified else ())), analysis.source)
    if as_json:
        told = {} if verified is None else {"verified": verified_json(verified)}
        say_json({**_json(done, done.branch), **told})
        return
    _show_built(done, session)
    for line in verified_lines(verified) if verified else ():
        say(line)


def _show_built(done: Build, session: Session) -> None:
    for one in done.datasets:
        _show_one(one, _why(one, done, session.store), session.profile)
    if done.commit is None:
        say(f"Nothing to do: {done.branch} is up to date.")
        return
    short = done.commit.id[:10]
    room = width() - len(f"{done.branch} is at {short}  ")
    say(f"{paint(done.branch, 'cyan')} is at {paint(short, 'yellow')}  {_cut(done.commit.message, max(room, 20))}")


def _why(one: Built, done: Build, store: Store) -> dict[str, str]:
    """Why gens dropped rows, from what was committed."""
    from runtime.stories.failures import failures

    if one.how != "ran" or done.commit is None:
        return {}
    return failures(store, done.commit.id, one.manifest.dataset, one.manifest.counts.rejected)


def _show_one(one: Built, why: dict[str, str], profile: Profile) -> None:
    name, counts = paint(one.manifest.dataset, "bold"), one.manifest.counts
    if one.how != "ran":
        words = "unchanged" if one.how == "unchanged" else "its words changed, its rows did not"
        say(f"{name}  {plural(counts.kept, 'row')}, {words}")
        return
    say(f"{name}  {plural(counts.kept, 'row')} kept of {counts.attempted:,} tried")
    for step, number in sorted(counts.rejected.items(), key=lambda item: -item[1]):
        say(f"  −{number:<5,} {_title(one, step, why)}")
    for line in _about(one, profile):
        say(fill(f"  {line}", width(), subsequent_indent="  ", break_long_words=False, break_on_hyphens=False))


def _about(one: Built, profile: Profile) -> Iterator[str]:
    """What is said below the counts, where there is something to say."""
    from runtime.judges.words import summary

    for found in one.judges:
        yield f"judge {summary(found)}"
    if one.progress.runs:
        yield f"{plural(one.progress.runs, 'run')} in {one.progress.sandbox}"
    yield f"{spent(one.progress)}  root {one.manifest.root[:12]}"
    yield from filter(None, (after(one.progress.busy), recorded_line(one.manifest, profile)))


def _title(one: Built, step: str, why: dict[str, str]) -> str:
    """A statement's own words; of a gen its name, and why its answers failed their type."""
    from runtime.decisions.model import STATEMENT

    titles = {record.id: record.title for record in one.manifest.steps} | {STATEMENT: "a person"}
    title = titles.get(step, step)
    return _cut(f"{step}: {why.get(step, 'no answer of its type')}" if step.startswith("gen ") else title)


def _cut(text: str, room: int = TITLE) -> str:
    """Its first line, as far as there is room for it."""
    first, more, _ = text.partition("\n")
    return first if len(first) <= room and not more else first[: room - 1] + "…"


def _json(done: Build, branch: str) -> dict[str, object]:
    return {
        "branch": branch,
        "commit": done.commit.id if done.commit else None,
        "head": done.head,
        "datasets": [
            {
                "dataset": one.manifest.dataset,
                "how": one.how,
                "root": one.manifest.root,
                "attempted": one.manifest.counts.attempted,
                "kept": one.manifest.counts.kept,
                "rejected": dict(one.manifest.counts.rejected),
                "calls": {"made": one.progress.fresh, "reused": one.progress.reused},
                "judges": [found.json() for found in one.judges],
                "tokens": {
                    "prompt": one.progress.prompt_tokens,
                    "completion": one.progress.completion_tokens,
                    "cached": one.progress.cached_tokens,
                },
                "determinism": {role: asdict(found) for role, found in one.manifest.determinism.items()},
            }
            for one in done.datasets
        ],
    }
