"""What declares a name in; how a reader is shown it (one line of code, or the whole of a short one) and facts, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from compiler.constant import UNKNOWN
from compiler.model import Model
from compiler.queries.fanout import axis_count, choices, number
from compiler.types import Type
from dsl import tree

MOST_LINES = 16
"""A record or a pool that is longer is shown without its end."""


def title(model: Model, node: tree.Node, name: str, kind: Type | None) -> str:
    """The declaration as code, with the type that was found out where none is written."""
    make = _TITLES.get(type(node))
    if make is not None:
        return make(model, node, name, kind)
    word = type(node).__name__.lower()
    return f"{word} {name}" if kind is None else f"{word} {name}: {kind}"


def _text(model: Model, node: tree.Node) -> str:
    source = model.sources.get(node.span.path)
    return source.slice(node.span) if source is not None else ""


def _whole(model: Model, node: tree.Node, name: str, kind: Type | None) -> str:
    lines = _text(model, node).splitlines()
    return "\n".join(lines if len(lines) <= MOST_LINES else [*lines[:MOST_LINES], "  …"])


def _signature(model: Model, node: Any, name: str, kind: Type | None) -> str:
    """`prompt ask(page: Page, tone: str = "dry")`, and what a judge says."""
    params = ", ".join(_text(model, param) for param in node.params)
    given = f"({params})" if node.params or not isinstance(node, tree.Criteria) else ""
    tail = f" -> {_text(model, node.result)} by {node.role.text}" if isinstance(node, tree.Judge) else ""
    return f"{type(node).__name__.lower()} {name}{given}{tail}"


def _draw(model: Model, node: tree.Draw, name: str, kind: Type | None) -> str:
    return f"draw {_typed(name, kind)} ~ {_one_line(_text(model, node.distribution))}"


def _each(model: Model, node: tree.Each, name: str, kind: Type | None) -> str:
    return f"each {_typed(name, kind)} {node.kind} {_one_line(_text(model, node.over))}"


def _let(model: Model, node: tree.Let, name: str, kind: Type | None) -> str:
    return f"let {_typed(name, kind)} = {_one_line(_text(model, node.value))}"


def _const(model: Model, node: tree.Const, name: str, kind: Type | None) -> str:
    return f"const {_typed(name, kind)} = {_one_line(_text(model, node.value))}"


def _param(model: Model, node: tree.Param, name: str, kind: Type | None) -> str:
    return _one_line(_text(model, node))


def _gen(model: Model, node: tree.Gen, name: str, kind: Type | None) -> str:
    asked = f" = {_one_line(_text(model, node.prompt))}" if node.prompt is not None else ""
    times = f" times {_text(model, node.times)}" if node.times is not None else ""
    return f"gen {name}: {_text(model, node.type)}{asked} with {node.role.text}{times}"


def _run(model: Model, node: tree.Run, name: str, kind: Type | None) -> str:
    return f"run {name} = {_one_line(_text(model, node.tool))}"


def _argument(model: Model, node: tree.Parameter, name: str, kind: Type | None) -> str:
    return _text(model, node)


def _element(model: Model, node: tree.Node, name: str, kind: Type | None) -> str:
    return f"for {_typed(name, kind)}"


def _column(model: Model, node: tree.Setting | tree.Entry, name: str, kind: Type | None) -> str:
    return f"column {_typed(name, kind)} = {_one_line(_text(model, node.value))}"


def _dataset(model: Model, node: tree.Node, name: str, kind: Type | None) -> str:
    return f"{type(node).__name__.lower()} {name}"


def _emit(model: Model, node: tree.Emit, name: str, kind: Type | None) -> str:
    return f"emit {node.kind.text} as {name}" if node.kind is not None else f"emit as {name}"


_TITLES: Mapping[type[tree.Node], Callable[..., str]] = {
    tree.Record: _whole,
    tree.Enum: _whole,
    tree.Model: _whole,
    tree.Input: _whole,
    tree.Personas: _whole,
    tree.Field: _whole,
    tree.Carry: _argument,
    tree.Criteria: _signature,
    tree.Prompt: _signature,
    tree.Judge: _signature,
    tree.Param: _param,
    tree.Const: _const,
    tree.Dataset: _dataset,
    tree.Mix: _dataset,
    tree.Each: _each,
    tree.Draw: _draw,
    tree.Let: _let,
    tree.Gen: _gen,
    tree.Run: _run,
    tree.Parameter: _argument,
    tree.ForClause: _element,
    tree.TemplateFor: _element,
    tree.Setting: _column,
    tree.Entry: _column,
    tree.Emit: _emit,
}


def _typed(name: str, kind: Type | None) -> str:
    return name if kind is None else f"{name}: {kind}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


# --- facts ---


def facts(model: Model, node: tree.Node) -> tuple[str, ...]:
    """What the code does not say, or says far away."""
    make = _FACTS.get(type(node))
    return tuple(make(model, node)) if make is not None else ()


def _of_axis(model: Model, node: tree.Each) -> list[str]:
    count = axis_count(model, node)
    return [f"{count:,} value{'s' if count != 1 else ''}"] if count is not None else []


def _of_draw(model: Model, node: tree.Draw) -> list[str]:
    count = choices(model, node)
    return [f"one of {count:,}, drawn by the row's seed"] if count else ["drawn by the row's seed"]


def _of_gen(model: Model, node: tree.Gen) -> list[str]:
    given = {setting.name.text: setting.value for setting in node.settings}
    attempts = number(model, given["attempts"]) if "attempts" in given else 3
    samples = number(model, node.times) if node.times is not None else None
    found = [f"{samples} samples"] if samples is not None else []
    found += [f"one call for each of {_text(model, clause.iterable)}" for clause in node.fors]
    return [
        *found,
        f"asked at most {attempts} times" if attempts is not None else "asked again where it fails its type",
    ]


def _of_criteria(model: Model, node: tree.Criteria) -> list[str]:
    """Each criterion with its weight, and how likely a draw of one takes it where no condition says otherwise."""
    weights = [_weight(model, criterion) for criterion in node.criteria]
    total = sum(weights)
    return [_criterion(item, weight, total) for item, weight in zip(node.criteria, weights, strict=True)]


def _criterion(item: tree.Criterion, weight: float, total: float) -> str:
    when = ", under its condition" if item.condition is not None else ""
    return f"“{item.text}”: weight {weight:g} of {total:g}{when}"


def _weight(model: Model, item: tree.Criterion) -> float:
    value = getattr(item.weight, "value", 1)
    return float(value) if isinstance(value, int | float) else 1.0


def _of_value(model: Model, node: tree.Param | tree.Const) -> list[str]:
    symbol = model.symbols.get(node)
    value = model.values.get(symbol, UNKNOWN) if symbol is not None else UNKNOWN
    if isinstance(value, list | tuple | dict):
        return [f"{len(value):,} elements"]
    return [f"value: {value}"] if isinstance(value, int | float) else []


def _of_prompt(model: Model, node: tree.Prompt) -> list[str]:
    markers = [part for part in node.template.parts if isinstance(part, tree.TemplateMarker)]
    return [f"{len(markers)} messages" if len(markers) > 1 else "one message"]


_FACTS: Mapping[type[tree.Node], Callable[[Model, Any], list[str]]] = {
    tree.Each: _of_axis,
    tree.Draw: _of_draw,
    tree.Gen: _of_gen,
    tree.Criteria: _of_criteria,
    tree.Param: _of_value,
    tree.Const: _of_value,
    tree.Prompt: _of_prompt,
}
