"""L011: a worked answer in a prompt that the type of the answers would refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator

from compiler.lint.spec import Demand, Spec, demand, gens, literal, turns
from dsl import tree
from dsl.diagnostics import Diagnostic, Related
from dsl.source import Span

_YES_OR_NO = Demand("judge", ("yes", "no"))


def check(spec: Spec) -> Iterator[Diagnostic]:
    told: set[tree.Template] = set()
    for gen in gens(spec):
        template, wanted = spec.template(gen), demand(spec, gen.type)
        if template is not None and wanted is not None and template not in told:
            told.add(template)
            yield from _refused(spec, template, wanted, gen.type.span)
    for judge in spec.file.declarations:
        if isinstance(judge, tree.Judge) and isinstance(judge.result, tree.TypeName) and judge.result.name == "bool":
            yield from _refused(spec, judge.template, _YES_OR_NO, judge.result.span)


def _refused(spec: Spec, template: tree.Template, wanted: Demand, asked: Span) -> Iterator[Diagnostic]:
    """Told at the example; where that stands in another file, at the type, which is this file's to choose."""
    for role, parts in turns(template):
        shown = literal(parts) if role == "assistant" else None
        fault = _fault(shown, wanted) if shown else None
        if fault:
            example = _trimmed(spec, parts)
            here = example.path == spec.source.path
            related = Related(asked, "what an answer has to be") if here else Related(example, "the example")
            help_ = "a model learns from the example, and is then held to the type: let them agree"
            message = f"the example's answer {fault}"
            yield Diagnostic("L011", message, example if here else asked, related=(related,), help=help_)


def _trimmed(spec: Spec, parts: tuple[tree.TemplatePart, ...]) -> Span:
    whole = Span(parts[0].span.path, parts[0].span.start, parts[-1].span.end)
    text = spec.text(whole)
    start = whole.start + len(text) - len(text.lstrip())
    return Span(whole.path, start, start + len(text.strip()))


def _fault(shown: str, wanted: Demand) -> str | None:
    if wanted.fields:
        return _not_the_record(shown, wanted)
    if wanted.what == "int":
        return None if shown.lstrip("+-").isdigit() else "is no number"
    words = {word.lower() if wanted.what == "judge" else word for word in wanted.words}
    said = shown.lower().rstrip(".!") if wanted.what == "judge" else shown
    return None if said in words else f"is none of {', '.join(sorted(words))}"


def _not_the_record(shown: str, wanted: Demand) -> str | None:
    try:
        value = json.loads(shown)
    except ValueError:
        return f"is no JSON object, as `{wanted.record}` is"
    if not isinstance(value, dict):
        return f"is no JSON object, as `{wanted.record}` is"
    known = {name for name, _ in wanted.fields}
    missing = [name for name, needed in wanted.fields if needed and name not in value]
    spare = [name for name in value if name not in known]
    if missing:
        return f"lacks `{missing[0]}` of `{wanted.record}`"
    return f"has `{spare[0]}`, which `{wanted.record}` has not" if spare else None
