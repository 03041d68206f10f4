"""The rules, in the order of their codes; an analysis in, what they find in its spec, suppressions heeded, out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from compiler.analysis import Analysis
from compiler.lint import (
    import_order,
    late_filter,
    no_gold,
    own_judge,
    refused_example,
    retyped,
    same_again,
    single_braces,
    twice,
    unsaid_type,
    untested,
)
from compiler.lint.spec import Spec
from compiler.lint.suppress import NO_REASON, NOTHING, heeded
from dsl.diagnostics import Diagnostic, Severity


class Rule(NamedTuple):
    code: str
    check: Callable[[Spec], Iterator[Diagnostic]]


RULES: tuple[Rule, ...] = (
    Rule("L001", unsaid_type.check),
    Rule("L002", no_gold.check),
    Rule("L003", late_filter.check),
    Rule("L004", retyped.check),
    Rule("L005", own_judge.check),
    Rule("L006", same_again.check),
    Rule("L007", untested.check),
    Rule("L008", twice.check),
    Rule("L009", import_order.check),
    Rule("L010", single_braces.check),
    Rule("L011", refused_example.check),
)
CODES = (*(rule.code for rule in RULES), NO_REASON, NOTHING)


def chosen(select: Iterable[str], ignore: Iterable[str]) -> Callable[[str], bool]:
    """Which codes are wanted: those that begin with one of `select` (all, where it is empty), and none of `ignore`."""
    wanted, unwanted = tuple(select), tuple(ignore)
    return lambda code: (not wanted or code.startswith(wanted)) and not (unwanted and code.startswith(unwanted))


def lint(analysis: Analysis, wanted: Callable[[str], bool] = lambda code: True) -> tuple[Diagnostic, ...]:
    """The spec's warnings, those of the compiler among them, in the order of their places. Errors are not repeated."""
    if analysis.model.root not in analysis.model.files:
        return ()
    spec = Spec(analysis)
    found = [one for rule in RULES if wanted(rule.code) for one in rule.check(spec)]
    found += [one for one in analysis.diagnostics if _is_own(one, analysis.model.root) and wanted(one.code)]
    return tuple(sorted(heeded(spec, found, wanted), key=lambda one: one.sort_key))


def _is_own(found: Diagnostic, path: str) -> bool:
    """A warning of this file: one of an imported file is told when that one is looked at."""
    return found.severity is Severity.WARNING and (found.span is None or found.span.path == path)
