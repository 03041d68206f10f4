"""The children of statements in; their nodes out."""

from __future__ import annotations

from dsl import tree
from dsl.build import Made, Part, integer, name, name_rule, part_rule, rule, template_of

for _kind in ("let_type", "gen_prompt", "times", "when", "per", "split"):
    part_rule(_kind)
for _kind in ("columns", "carries", "apart"):
    part_rule(_kind, many=True)
for _kind in ("with", "from", "kind", "as"):
    name_rule(_kind)


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
        template=template_of(made),
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
    body = made.nodes(tree.Statement)
    carries = made.parts("carries")
    return tree.Loop(span=made.span, doc=made.doc, name=made.name(), over=made.items[1], carries=carries, body=body)


@rule("next")
def _next(made: Made) -> tree.Statement:
    return tree.Next(span=made.span, doc=made.doc, name=made.name(), value=made.items[1])


@rule("until")
def _until(made: Made) -> tree.Statement:
    return tree.Until(span=made.span, doc=made.doc, condition=made.items[0])


@rule("atomic")
def _atomic(made: Made) -> Part:
    return Part("atomic", tree.Name(span=made.span, text="atomic"), made.span)


@rule("emit")
def _emit(made: Made) -> tree.Statement:
    return tree.Emit(
        span=made.span,
        doc=made.doc,
        atomic=made.part("atomic"),
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
