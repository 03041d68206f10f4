"""What rules found, and the comments of the spec, in; what is left when comments that give a reason are heeded, out.

`# lint: allow L002 because the cases are the reader's to write` speaks of its own line, or, where it stands alone, of
the declaration or statement that begins below it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from compiler.lint.spec import Spec
from dsl import tree
from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.lexer import COMMENT, Lexer
from dsl.source import Span

NO_REASON, NOTHING = "L100", "L101"
_SAID = re.compile(r"#+\s*lint\s*:\s*(?P<rest>.*)")
_FORM = re.compile(r"allow\s+(?P<codes>[LW]\d+(?:\s*,\s*[LW]\d+)*)\s+because\s+(?P<reason>\S.*)")
FORM = "# lint: allow L002 because the cases are the reader's to write"
UNSAID = "it is meant this way"
"""The reason until a person gives a better one: without any, the comment would be told itself."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """`codes` need not be told where they are found in `scope`."""

    codes: tuple[str, ...]
    comment: Span
    scope: Span

    def covers(self, found: Diagnostic) -> bool:
        at = found.span
        return (
            found.code in self.codes
            and at is not None
            and at.path == self.scope.path
            and self.scope.start <= at.start <= self.scope.end
        )


def heeded(spec: Spec, found: Iterable[Diagnostic], wanted: Callable[[str], bool]) -> Iterator[Diagnostic]:
    """What is not allowed by a comment, and what is wrong with the comments themselves."""
    allowed, wrong = _comments(spec)
    used: set[Allowed] = set()
    for one in found:
        covering = [comment for comment in allowed if comment.covers(one)]
        used.update(covering)
        if not covering:
            yield one
    yield from (one for one in wrong if wanted(one.code))
    for comment in allowed:
        if comment not in used and wanted(NOTHING) and all(map(wanted, comment.codes)):
            yield _nothing(spec, comment)


def _comments(spec: Spec) -> tuple[list[Allowed], list[Diagnostic]]:
    """Read only where the text has such a comment at all."""
    allowed, wrong = list[Allowed](), list[Diagnostic]()
    if not re.search(r"#+\s*lint\s*:", spec.source.text):
        return allowed, wrong
    for token in Lexer(spec.source).tokens:
        said = _SAID.match(token.text) if token.type == COMMENT else None
        if said is None:
            continue
        form = _FORM.fullmatch(said["rest"].strip())
        if form is None:
            wrong.append(_no_reason(token.span))
        else:
            codes = tuple(re.split(r"\s*,\s*", form["codes"]))
            allowed.append(Allowed(codes, token.span, _scope(spec, token.span)))
    return allowed, wrong


def _scope(spec: Spec, comment: Span) -> Span:
    """The comment's line; for one that stands alone, all of the outermost node that begins on the next line of code."""
    source = spec.source
    line = source.position(comment.start).line
    if not source.line(line).lstrip().startswith("#"):
        return _line(spec, line)
    line += 1
    while source.line(line).lstrip().startswith("#"):
        line += 1
    below = _line(spec, line)
    begins = (one for one in spec.nodes if isinstance(one, tree.Declaration | tree.Statement | tree.Field))
    return next((one.span for one in begins if below.start <= one.span.start < below.end), below)


def _line(spec: Spec, number: int) -> Span:
    source = spec.source
    start = source.line_starts[min(number, source.line_count) - 1]
    return Span(source.path, start, start + len(source.line(number)))


def allowing(spec: Spec, found: Diagnostic) -> Edit | None:
    """The comment that allows what was found, above it; None for what is said of a comment itself."""
    if found.span is None or found.code in (NO_REASON, NOTHING):
        return None
    start = spec.source.line_starts[spec.source.position(_above(spec, found.span)).line - 1]
    line = spec.source.text[start:]
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    return Edit(Span(spec.source.path, start, start), f"{indent}# lint: allow {found.code} because {UNSAID}\n")


def _above(spec: Spec, place: Span) -> int:
    """Where the line begins that a comment can stand above: inside a template it would be a part of the prompt."""
    start = spec.source.line_starts[spec.source.position(place.start).line - 1]
    templates = (token for token in Lexer(spec.source).tokens if token.type == "TEMPLATE")
    around = next((token for token in templates if token.start < start < token.end), None)
    if around is None:
        return place.start
    owners = [node for node in spec.nodes if isinstance(node, tree.Declaration | tree.Statement)]
    return max((node.span.start for node in owners if node.span.start <= around.start < node.span.end), default=0)


def _no_reason(place: Span) -> Diagnostic:
    return Diagnostic(NO_REASON, "this does not say what is allowed, and why", place, help=f"write `{FORM}`")


def _nothing(spec: Spec, comment: Allowed) -> Diagnostic:
    text = spec.source.text
    start = len(text[: comment.comment.start].rstrip(" \t"))
    alone = start == 0 or text[start - 1] == "\n"
    end = comment.comment.end + (1 if alone and text[comment.comment.end : comment.comment.end + 1] == "\n" else 0)
    fix = Fix("remove the comment", (Edit(Span(comment.comment.path, start, end), ""),), safe=True)
    codes = ", ".join(comment.codes)
    return Diagnostic(NOTHING, f"nothing here is told as {codes}", comment.comment, fixes=(fix,))
