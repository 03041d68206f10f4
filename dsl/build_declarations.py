"""The children of declarations in; their nodes out."""

from __future__ import annotations

from dsl import tree
from dsl.build import Made, Part, decimal, integer, name, name_rule, part_rule, rule, string, template_of
from dsl.tokens import Token

for _kind in ("field_default", "field_constraint", "parameter_default"):
    part_rule(_kind)
for _kind in ("settings", "judge_body", "signature"):
    part_rule(_kind, many=True)
name_rule("of")


@rule("edition")
def _edition(made: Made) -> tree.Declaration:
    return tree.Edition(span=made.span, doc=made.doc, number=integer(made.items[0]))


@rule("import")
def _import(made: Made) -> tree.Declaration:
    path, *names = made.items
    found = tuple(name(token) for token in names)
    return tree.Import(span=made.span, doc=made.doc, path=string(path), path_span=path.span, names=found)


@rule("param")
def _param(made: Made) -> tree.Declaration:
    _, type_, default = made.items
    return tree.Param(span=made.span, doc=made.doc, name=made.name(), type=type_, default=default)


@rule("const")
def _const(made: Made) -> tree.Declaration:
    return tree.Const(span=made.span, doc=made.doc, name=made.name(), value=made.items[1])


@rule("enum")
def _enum(made: Made) -> tree.Declaration:
    first, *members = map(name, made.items)
    return tree.Enum(span=made.span, doc=made.doc, name=first, members=tuple(members))


@rule("field")
def _field(made: Made) -> tree.Field:
    default, constraint = made.part("field_default"), made.part("field_constraint")
    return tree.Field(
        span=made.span, doc=made.doc, name=made.name(), type=made.items[1], default=default, constraint=constraint
    )


@rule("record")
def _record(made: Made) -> tree.Declaration:
    return tree.Record(span=made.span, doc=made.doc, name=made.name(), fields=made.nodes(tree.Field))


@rule("input")
def _input(made: Made) -> tree.Declaration:
    _, type_, source = made.items[:3]
    settings = made.parts("settings")
    return tree.Input(span=made.span, doc=made.doc, name=made.name(), type=type_, source=source, settings=settings)


@rule("personas")
def _personas(made: Made) -> tree.Declaration:
    settings = made.parts("settings")
    return tree.Personas(span=made.span, doc=made.doc, name=made.name(), source=made.items[1], settings=settings)


@rule("weight")
def _weight(made: Made) -> Part:
    token = made.items[0]
    value = integer(token) if token.type == "INT" else decimal(token)
    return Part("weight", tree.Constant(span=token.span, value=value), made.span)


@rule("criterion")
def _criterion(made: Made) -> tree.Criterion:
    text: Token = made.items[0]
    weight, condition = made.part("weight"), made.part("when")
    return tree.Criterion(
        span=made.span, doc=made.doc, text=string(text), text_span=text.span, weight=weight, condition=condition
    )


@rule("criteria")
def _criteria(made: Made) -> tree.Declaration:
    return tree.Criteria(
        span=made.span,
        doc=made.doc,
        name=made.name(),
        params=made.parts("signature"),
        criteria=made.nodes(tree.Criterion),
    )


@rule("model")
def _model(made: Made) -> tree.Declaration:
    return tree.Model(span=made.span, doc=made.doc, name=made.name(), settings=made.parts("settings"))


@rule("parameter")
def _parameter(made: Made) -> tree.Parameter:
    default = made.part("parameter_default")
    return tree.Parameter(span=made.span, name=made.name(), type=made.items[1], default=default)


@rule("prompt")
def _prompt(made: Made) -> tree.Declaration:
    params, template = made.parts("signature"), (template_of(made) or tree.Template(span=made.span, parts=()))
    return tree.Prompt(span=made.span, doc=made.doc, name=made.name(), params=params, template=template)


@rule("scale")
def _scale(made: Made) -> tree.Range:
    low, high = (tree.Constant(span=token.span, value=integer(token)) for token in made.items)
    return tree.Range(span=made.span, low=low, high=high)


@rule("signed_point")
def _signed_point(made: Made) -> tree.Point:
    sign, value, text = made.items
    points = -integer(value) if sign.text == "-" else integer(value)
    return tree.Point(span=made.span, value=points, signed=True, text=string(text))


@rule("scale_point")
def _scale_point(made: Made) -> tree.Point:
    value, text = made.items
    return tree.Point(span=made.span, value=integer(value), signed=False, text=string(text))


@rule("judge")
def _judge(made: Made) -> tree.Declaration:
    _, _, result, role, *_ = made.items
    body = made.parts("judge_body")
    return tree.Judge(
        span=made.span,
        doc=made.doc,
        name=made.name(),
        params=made.parts("signature"),
        result=result,
        role=name(role),
        template=(template_of(made) or tree.Template(span=made.span, parts=())),
        points=tuple(item for item in body if isinstance(item, tree.Point)),
        settings=tuple(item for item in body if isinstance(item, tree.Setting)),
    )


@rule("mix")
def _mix(made: Made) -> tree.Declaration:
    return tree.Mix(span=made.span, doc=made.doc, name=made.name(), shares=made.items[1])


@rule("dataset")
def _dataset(made: Made) -> tree.Declaration:
    return tree.Dataset(span=made.span, doc=made.doc, name=made.name(), body=made.nodes(tree.Statement))


@rule("test")
def _test(made: Made) -> tree.Declaration:
    title: Token = made.items[0]
    return tree.Test(
        span=made.span,
        doc=made.doc,
        title=string(title),
        title_span=title.span,
        dataset=made.part("of"),
        body=made.nodes(tree.Statement),
    )
