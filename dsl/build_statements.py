"""The children of declarations and statements in; their nodes out: the second half of the rules in `dsl.build`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dsl import tree
from dsl.build import Made, Part, decimal, integer, name, part_rule, rule, string
from dsl.tokens import Token

for _kind in ("field_default", "field_constraint", "parameter_default", "let_type", "gen_prompt", "times", "when"):
    part_rule(_kind)
for _kind in ("per", "split"):
    part_rule(_kind)
for _kind in ("settings", "judge_body", "columns", "signature", "carries", "apart"):
    part_rule(_kind, many=True)


def _name_part(kind: str) -> None:
    @rule(kind)
    def build(made: Made) -> Part:
        return Part(kind, made.name(), made.span)


for _kind in ("of", "with", "from", "kind", "as"):
    _name_part(_kind)


def _template(made: Made) -> tree.Template | None:
    token = next((item for item in made.items if type(item) is Token and item.type == "TEMPLATE"), None)
    if token is None:
        return None
    return token.template or tree.Template(span=token.span, parts=())


def _required_template(made: Made) -> tree.Template:
    return _template(made) or tree.Template(span=made.span, parts=())


def _standing(items: Iterable[Any]) -> tuple[Any, ...]:
    """The statements but for loops whose head was broken: those were only read to find mistakes inside them."""
    return tuple(item for item in items if not (isinstance(item, tree.Loop) and item.name.text == ""))


# --- declarations ---


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
    params, template = made.parts("signature"), _required_template(made)
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
        template=_required_template(made),
        points=tuple(item for item in body if isinstance(item, tree.Point)),
        settings=tuple(item for item in body if isinstance(item, tree.Setting)),
    )


@rule("mix")
def _mix(made: Made) -> tree.Declaration:
    return tree.Mix(span=made.span, doc=made.doc, name=made.name(), shares=made.items[1])


@rule("dataset")
def _dataset(made: Made) -> tree.Declaration:
    return tree.Dataset(span=made.span, doc=made.doc, name=made.name(), body=_standing(made.items[1:]))


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


# --- statements ---


@rule("setting")
def _setting(made: Made) -> tree.Setting:
    return tree.Setting(span=made.span, name=made.name(), value=made.items[1])


@rule("spread")
def _spread(made: Made) -> tree.Spread:
    return tree.Spread(span=made.span, value=made.items[0])


@rule("set")
def _set(made: Made) -> tree.Statement:
    return tree.Set(span=made.span, doc=made.doc, name=made.name(), value=made.items[1], per=made.part("per"))


@rule("each_from")
def _each_from(made: Made) -> tree.Statement:
    return tree.Each(span=made.span, doc=made.doc, name=made.name(), kind="from", over=made.items[1])


@rule("each_in")
def _each_in(made: Made) -> tree.Statement:
    return tree.Each(span=made.span, doc=made.doc, name=made.name(), kind="in", over=made.items[1])


@rule("draw")
def _draw(made: Made) -> tree.Statement:
    return tree.Draw(span=made.span, doc=made.doc, name=made.name(), distribution=made.items[1])


@rule("let")
def _let(made: Made) -> tree.Statement:
    type_ = made.part("let_type")
    return tree.Let(span=made.span, doc=made.doc, name=made.name(), type=type_, value=made.items[-1])


@rule("for")
def _for(made: Made) -> tree.ForClause:
    *targets, iterable = made.items
    return tree.ForClause(span=made.span, targets=tuple(map(name, targets)), iterable=iterable)


@rule("gen")
def _gen(made: Made) -> tree.Statement:
    return tree.Gen(
        span=made.span,
        doc=made.doc,
        name=made.name(),
        type=made.items[1],
        prompt=made.part("gen_prompt"),
        role=made.part("with"),
        times=made.part("times"),
        settings=made.parts("settings"),
        template=_template(made),
        fors=made.nodes(tree.ForClause),
        condition=made.part("when"),
    )


@rule("run")
def _run(made: Made) -> tree.Statement:
    return tree.Run(
        span=made.span,
        doc=made.doc,
        name=made.name(),
        tool=made.items[1],
        settings=made.parts("settings"),
        fors=made.nodes(tree.ForClause),
        condition=made.part("when"),
    )


@rule("drop")
def _drop(made: Made) -> tree.Retry:
    return tree.Retry(span=made.span, times=None, origin=None)


@rule("retry")
def _retry(made: Made) -> tree.Retry:
    return tree.Retry(span=made.span, times=integer(made.items[0]), origin=made.part("from"))


@rule("require")
def _require(made: Made) -> tree.Statement:
    otherwise = made.items[1] if len(made.items) > 1 else None
    return tree.Require(span=made.span, doc=made.doc, condition=made.items[0], otherwise=otherwise)


@rule("filter")
def _filter(made: Made) -> tree.Statement:
    return tree.Filter(span=made.span, doc=made.doc, condition=made.items[0])


@rule("dedup")
def _dedup(made: Made) -> tree.Statement:
    return tree.Dedup(span=made.span, doc=made.doc, value=made.items[0], method=made.items[1])


@rule("decontaminate")
def _decontaminate(made: Made) -> tree.Statement:
    value, against, method = made.items
    return tree.Decontaminate(span=made.span, doc=made.doc, value=value, against=against, method=method)


@rule("flag")
def _flag(made: Made) -> tree.Statement:
    return tree.Flag(span=made.span, doc=made.doc, value=made.items[0], condition=made.items[1])


@rule("select")
def _select(made: Made) -> tree.Statement:
    apart, method = made.part("apart") or (None, None)
    count, by = made.items[:2]
    return tree.Select(span=made.span, doc=made.doc, count=count, by=by, apart=apart, method=method)


@rule("carry")
def _carry(made: Made) -> tree.Carry:
    return tree.Carry(span=made.span, name=made.name(), type=made.items[1], start=made.items[2])


@rule("loop")
def _loop(made: Made) -> tree.Statement:
    body = _standing(made.nodes(tree.Statement))
    carries = made.parts("carries")
    return tree.Loop(span=made.span, doc=made.doc, name=made.name(), over=made.items[1], carries=carries, body=body)


@rule("next")
def _next(made: Made) -> tree.Statement:
    return tree.Next(span=made.span, doc=made.doc, name=made.name(), value=made.items[1])


@rule("until")
def _until(made: Made) -> tree.Statement:
    return tree.Until(span=made.span, doc=made.doc, condition=made.items[0])


@rule("emit")
def _emit(made: Made) -> tree.Statement:
    return tree.Emit(
        span=made.span,
        doc=made.doc,
        kind=made.part("kind"),
        name=made.part("as"),
        split=made.part("split"),
        fors=made.nodes(tree.ForClause),
        columns=made.parts("columns"),
    )


@rule("audit")
def _audit(made: Made) -> tree.Statement:
    return tree.Audit(span=made.span, doc=made.doc, condition=made.items[0])


@rule("given")
def _given(made: Made) -> tree.Statement:
    return tree.Given(span=made.span, doc=made.doc, name=made.name(), value=made.items[1])


@rule("mock")
def _mock(made: Made) -> tree.Statement:
    return tree.Mock(span=made.span, doc=made.doc, name=made.name(), value=made.items[1])


@rule("expect_kept")
def _expect_kept(made: Made) -> tree.Statement:
    return tree.ExpectRow(span=made.span, doc=made.doc, dropped_by=None)


@rule("expect_dropped")
def _expect_dropped(made: Made) -> tree.Statement:
    return tree.ExpectRow(span=made.span, doc=made.doc, dropped_by=made.items[0])


@rule("expect_that")
def _expect_that(made: Made) -> tree.Statement:
    return tree.ExpectThat(span=made.span, doc=made.doc, condition=made.items[0])
