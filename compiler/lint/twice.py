"""L008: a criterion that stands twice in its pool, or a point twice in its judge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from compiler.lint.spec import Spec
from dsl import tree
from dsl.diagnostics import Diagnostic, Related
from dsl.source import Span

_Texts = Iterable[tuple[str, Span]]


def check(spec: Spec) -> Iterator[Diagnostic]:
    for node in spec.file.declarations:
        if isinstance(node, tree.Criteria):
            texts = ((one.text, one.text_span) for one in node.criteria if one.condition is None)
            yield from _twice(texts, "criterion", "it is drawn twice as often, and can be drawn beside itself")
        elif isinstance(node, tree.Judge):
            yield from _twice(((one.text, one.span) for one in node.points), "point", "it counts twice")


def _twice(texts: _Texts, what: str, effect: str) -> Iterator[Diagnostic]:
    seen: dict[str, Span] = {}
    for text, span in texts:
        first = seen.setdefault(re.sub(r"\W+", " ", text).strip().lower(), span)
        if first is not span:
            related = (Related(first, "here first"),)
            help_ = "take one of them out; `weight 2` says that one counts for more" if what == "criterion" else None
            yield Diagnostic("L008", f"the same {what} twice: {effect}", span, related=related, help=help_)
