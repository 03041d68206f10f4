"""L001: a gen whose prompt says nothing of the choice or the fields that its type demands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.lint.spec import Demand, Spec, demand, gens
from compiler.passes.types.relations import solid
from compiler.types import Choice, List
from dsl import tree
from dsl.diagnostics import Diagnostic, Related


def check(spec: Spec) -> Iterator[Diagnostic]:
    for gen in gens(spec):
        template, wanted = spec.template(gen), demand(spec, gen.type)
        if template is None or wanted is None or _says(spec, gen, template, wanted):
            continue
        words = ", ".join(f"`{word}`" for word in _named(wanted))
        what = f"the fields of `{wanted.record}`" if wanted.fields else "what may be answered"
        yield Diagnostic(
            "L001",
            f"the prompt of `{gen.name.text}` never says {what}",
            gen.type.span,
            related=() if gen.template is template else (Related(template.span, "this is asked"),),
            notes=(f"decoding allows only: {words}" if not wanted.fields else f"fields: {words}",),
            help="a model held to what it was not told answers worse: name it in the prompt, or show an example",
        )


def _named(wanted: Demand) -> tuple[str, ...]:
    return wanted.words or tuple(name for name, _ in wanted.fields)


def _says(spec: Spec, gen: tree.Gen, template: tree.Template, wanted: Demand) -> bool:
    """One of the words is enough; of numbers nothing is asked, and truth may be asked for as yes and no."""
    if wanted.what == "int":
        return True
    words = (*wanted.words, "yes", "no", "whether") if wanted.what == "bool" else _named(wanted)
    given = gen.prompt.args if isinstance(gen.prompt, tree.Call) else ()
    said = " ".join([spec.text(template.span), *(spec.text(arg.span) for arg in given)]).lower()
    if any(re.search(rf"(?<!\w){re.escape(part)}", said) for word in words for part in _spellings(word)):
        return True
    return "json" in said or any(_tells(spec, node) for node in tree.walk(template))


def _spellings(word: str) -> tuple[str, ...]:
    plain = word.lower()
    return (plain, plain.replace("_", " "))


def _tells(spec: Spec, node: tree.Node) -> bool:
    """A hole may hold all that can be said: a list, a choice, a conversation."""
    if isinstance(node, tree.TemplateMarker):
        return node.kind == "chat"
    if not isinstance(node, tree.TemplateHole):
        return False
    types = spec.model.types
    kinds = [types[part] for part in tree.walk(node.value) if part in types]
    return not kinds or any(isinstance(solid(kind), List | Choice) for kind in kinds)
