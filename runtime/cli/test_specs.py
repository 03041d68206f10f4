"""Specs in; the verdicts of their own tests, and what became of their snapshots, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import typer

from dsl.diagnostics import Diagnostic, SynthError, diagnostics_json, nearest
from runtime.cli.console import paint, plural, report, say, say_json, spent
from runtime.cli.context import Context
from runtime.cli.noted import ENTERED
from runtime.cli.options import Json, Params, ProfileName

if TYPE_CHECKING:
    from dsl.diagnostics import SourceOf
    from runtime.build.suite import Result, Suite


@dataclass
class Asked:
    """What was typed, and what came of it: `results` as JSON has them, `titles` of all tests, run or not.

    `snapshots` counts what became of them; `broken` are the specs that could not be tested.
    """

    words: str | None
    live: bool
    update: bool
    params: Sequence[str]
    profile: str | None
    quiet: bool
    results: list[dict[str, Any]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    snapshots: Counter[str] = field(default_factory=Counter)
    broken: int = 0

    def chosen(self, title: str) -> bool:
        return self.words is None or self.words.casefold() in title.casefold()

    def say(self, text: str) -> None:
        if not self.quiet:
            say(text)

    def note(self, diagnostics: Iterable[Diagnostic], source_of: SourceOf) -> None:
        """On stderr, unless they stand in the JSON."""
        if not self.quiet:
            report(diagnostics, source_of)


def run(
    specs: list[str] = typer.Argument(None, metavar="SPEC", help="Specs; all of the project without any."),
    words: str | None = typer.Option(None, "-k", metavar="WORDS", help="Only tests with these words in their title."),
    live: bool = typer.Option(False, "--live", help="Ask the profile's engines for what is not mocked."),
    update: bool = typer.Option(False, "--update", help="Write down the prompts that the tests reach."),
    param: list[str] = Params,
    profile: str | None = ProfileName,
    as_json: bool = Json,
) -> None:
    """Run the specs' own tests. Exit 1 when one fails.

    No model is asked: what a test does not mock and reaches is a failure, unless
    --live asks for it. --update writes the prompts of the tests to a folder
    beside the spec; where there is one, they are compared with it.

    Example: synth test specs/python_qa.synth
    """
    asked = Asked(words, live, update, param, profile, as_json)
    chosen = specs or [str(path) for path in Context.here().specs()]
    for spec in chosen:
        _run(spec, asked)
    if not asked.broken and asked.words is not None and not asked.results:
        raise SynthError(_nothing_like(asked.words, asked.titles))
    if as_json:
        say_json(asked.results)
    elif chosen:
        _sum_up(asked)
    else:
        say("there is no spec here: `synth new DIR`")
    raise typer.Exit(2 if asked.broken else 1 if any(not one["passed"] for one in asked.results) else 0)


def _run(spec: str, asked: Asked) -> None:
    """A mistake in one spec does not keep the others from being tested."""
    from runtime.build.suite import Suite
    from runtime.cli.compiled import compiled

    try:
        with compiled(spec, asked.params, None, asked.profile) as (analysis, session, context):
            _test(spec, Suite(analysis, session, context.branch, asked.live, asked.update), asked)
    except SynthError as error:
        source_of = (ENTERED[-1] if ENTERED else Context.here()).source
        asked.broken += 1
        asked.results.append(_entry(spec, error.diagnostics, source_of))
        asked.note(error.diagnostics, source_of)


def _test(spec: str, suite: Suite, asked: Asked) -> None:
    """Each result as it comes; then what the tests cost, and what became of snapshots that are nobody's."""
    asked.titles += [test.title for test in suite.tests]
    suite.run(asked.chosen, lambda result: _tell(spec, result, suite, asked))
    if suite.answering is not None and suite.answering.progress.calls:
        asked.say(f"  {spent(suite.answering.progress)}")
    stale = suite.stale()
    if asked.update and asked.words is None:
        suite.snapshots.remove(stale)
        asked.snapshots["removed"] += len(stale)
    else:
        report([suite.snapshots.warning(name) for name in stale], suite.analysis.source)


def _tell(spec: str, result: Result, suite: Suite, asked: Asked) -> None:
    test, source_of = result.verdict.test, suite.analysis.source
    asked.snapshots[result.snapshot or "none"] += 1
    more = {"dataset": test.dataset, "test": test.title, "snapshot": result.snapshot, "calls": asdict(result.spent)}
    asked.results.append(_entry(spec, result.failures, source_of) | more)
    mark = paint("✗", "red") if result.failures else paint("✓", "green")
    asked.say(f"{mark} {test.dataset}: {test.title}")
    asked.note(result.failures, source_of)


def _entry(spec: str, failures: Sequence[Diagnostic], source_of: SourceOf) -> dict[str, Any]:
    """Of a spec that could not be tested at all: no test has a name then."""
    return {
        "spec": spec,
        "dataset": None,
        "test": None,
        "passed": not failures,
        "failures": diagnostics_json(failures, source_of),
        "snapshot": None,
        "calls": {"made": 0, "reused": 0, "tokens": 0},
    }


def _sum_up(asked: Asked) -> None:
    tests = [one for one in asked.results if one["test"] is not None]
    passed = sum(one["passed"] for one in tests)
    say(f"{plural(passed, 'test')} passed, {len(tests) - passed} failed")
    if asked.update:
        found = asked.snapshots
        say(f"{plural(found['written'], 'snapshot')} written, {found['same']} unchanged, {found['removed']} removed")


def _nothing_like(words: str, titles: list[str]) -> Diagnostic:
    guess = nearest(words, titles)
    return Diagnostic(
        "E0912",
        f"no test has `{words}` in its title",
        notes=(f"{plural(len(titles), 'test')} looked at",),
        help=f"did you mean `{guess}`?" if guess else "the titles are what stands behind `test` in a spec",
    )
