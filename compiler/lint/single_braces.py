"""L010: `{name}` in a prompt, where the name is one that `{{ name }}` would fill in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.lint.spec import Spec
from compiler.walk import statements
from dsl import tree
from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.source import Span

_SINGLE = re.compile(r"(?<!\{)\{(?P<name>[A-Za-z_]\w*)\}(?!\})")


def check(spec: Spec) -> Iterator[Diagnostic]:
    for node in spec.file.declarations:
        if isinstance(node, tree.Prompt | tree.Judge):
            yield from _found(spec, node.template, {param.name.text for param in node.params})
    for dataset in spec.datasets:
        names = {name.text for one in dataset.body if isinstance(name := getattr(one, "name", None), tree.Name)}
        for gen in statements(dataset.body):
            if isinstance(gen, tree.Gen) and gen.template is not None:
                yield from _found(spec, gen.template, names)


def _found(spec: Spec, template: tree.Template, names: set[str]) -> Iterator[Diagnostic]:
    """Of the text alone: what stands in `{% raw %}` is text too, and cannot be told from it here."""
    if "{% raw" in spec.text(template.span):
        return
    for part in tree.walk(template):
        if isinstance(part, tree.TemplateText) and "{" in part.text:
            start, source = part.span.start, spec.text(part.span)
            for match in _SINGLE.finditer(source):
                if match["name"] in names:
                    yield _one(Span(part.span.path, start + match.start(), start + match.end()), match["name"])


def _one(span: Span, name: str) -> Diagnostic:
    return Diagnostic(
        "L010",
        f"the model reads `{{{name}}}` as it stands here",
        span,
        label="a value stands in two braces",
        help="in a text of braces that mean themselves, say so with `{% raw %}`",
        fixes=(Fix(f"write `{{{{ {name} }}}}`", (Edit(span, f"{{{{ {name} }}}}"),), safe=False),),
    )
