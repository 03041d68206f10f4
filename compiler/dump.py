"""An analysis and the name of a stage in; what that stage found out, as text a person can read, out.

tokens    one token a line, with its place              types     every expression with its type
ast       the tree, one node a line                     plan      datasets, steps, digests, parts
names     every name with what it stands for            program   the Python module of every dataset
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass

from compiler import plan
from compiler.analysis import Analysis
from compiler.model import Model
from dsl import tree
from dsl.lexer import Lexer
from dsl.source import Span

STAGES = ("tokens", "ast", "names", "types", "desugar", "plan", "program")


def dump(stage: str, analysis: Analysis) -> str:
    """The text of one stage of the spec itself; imported files are shown where they are used."""
    return "".join(f"{line}\n" for line in _DUMPS[stage](analysis.model))


def _place(model: Model, span: Span) -> str:
    at = model.sources[span.path].position(span.start)
    return f"{at.line}:{at.column}"


def _tokens(model: Model) -> Iterator[str]:
    source = model.sources[model.root]
    for token in Lexer(source).tokens:
        at = source.position(token.start)
        yield f"{at.line}:{at.column}".ljust(8) + f"{token.type.ljust(10)} {token.text!r}"


# --- the tree ---


def _ast(model: Model) -> Iterator[str]:
    yield from tree_lines(model.files[model.root])


def tree_lines(node: tree.Node, label: str = "", indent: str = "") -> Iterator[str]:
    """A node on its line, with what is plain in it; the nodes below it indented."""
    plain, below = [], []
    for item in fields(node):
        value = getattr(node, item.name)
        if item.name == "span" or item.name.endswith("_span") or value in (None, (), frozenset()):
            continue
        if isinstance(value, tree.Name):
            plain.append(f"{item.name}={value.text}")
        elif isinstance(value, tree.Node):
            below.append((item.name, (value,)))
        elif isinstance(value, tuple) and all(isinstance(part, tree.Node) for part in value):
            below.append((item.name, value))
        else:
            plain.append(f"{item.name}={value!r}")
    yield " ".join((indent + label + type(node).__name__, *plain))
    for name, nodes in below:
        for child in nodes:
            yield from tree_lines(child, f"{name}: ", indent + "  ")


# --- what the passes found ---


def _names(model: Model) -> Iterator[str]:
    for node in tree.walk(model.files[model.root]):
        symbol = model.symbols.get(node) if isinstance(node, tree.Ref | tree.Name | tree.TypeName) else None
        if symbol is None:
            continue
        text = node.text if isinstance(node, tree.Name) else node.name  # type: ignore[attr-defined]
        where = _declared(model, symbol.node)
        yield f"{_place(model, node.span)}".ljust(8) + f"{text.ljust(16)} {symbol.kind.value}{where}"


def _declared(model: Model, node: tree.Node | None) -> str:
    if node is None:
        return ""
    path = "" if node.span.path == model.root else f"{node.span.path}:"
    return f" of {path}{_place(model, node.span)}"


def _types(model: Model) -> Iterator[str]:
    source = model.sources[model.root]
    for node in tree.walk(model.files[model.root]):
        kind = model.types.get(node)
        if kind is None or isinstance(node, tree.Declaration):
            continue
        text = " ".join(source.slice(node.span).split())
        shown = text if len(text) <= 60 else text[:59] + "…"
        yield f"{_place(model, node.span)}".ljust(8) + f"{shown} : {kind}"


def _desugar(model: Model) -> Iterator[str]:
    """Digests in short: the first characters tell two versions apart."""
    source = model.sources[model.root]
    for gen, conditions in model.lifted.items():
        told = " and ".join(source.slice(condition.span) for condition in conditions)
        yield f"{_title(gen)} is decoded under {told}"
    for declaration in model.files[model.root].declarations:
        found = model.fingerprints.get(declaration)
        if found is not None and not isinstance(declaration, tree.Edition | tree.Import):
            yield f"{_title(declaration)} data={found.data[:8]} description={found.description[:8]}"


def _title(node: tree.Node) -> str:
    name = getattr(node, "name", None) or getattr(node, "title", "")
    return f"{type(node).__name__.lower()} {name.text if isinstance(name, tree.Name) else repr(name)}"


# --- plan and program ---


def _plan(model: Model) -> Iterator[str]:
    for made in model.plan.ordered if model.plan is not None else ():
        yield from _mix(made) if isinstance(made, plan.MixPlan) else _dataset(made, model)


def _mix(mix: plan.MixPlan) -> Iterator[str]:
    dataset = mix.dataset
    yield f"mix {mix.name} seed={dataset.seed} data={dataset.data[:8]}"
    yield from (f"  {part.step}: {part.share}" for part in mix.parts)
    yield from (f"  column {column.name}: {column.type}" for emit in dataset.of(plan.Emit) for column in emit.columns)
    yield from (f"  input {_input(item)}" for item in dataset.inputs)


def _dataset(dataset: plan.DatasetPlan, model: Model) -> Iterator[str]:
    per = f" per {_shown(dataset.per.value, model)}" if dataset.per is not None else ""
    yield f"dataset {dataset.name} target={dataset.target}{per} seed={dataset.seed} data={dataset.data[:8]}"
    for step in dataset.steps:
        yield from _step(step, model, "  ")
    for kind, parts in _parts(dataset).items():
        yield from (f"  {kind} {part}" for part in parts)
    yield from _prefixes(dataset)


def _prefixes(dataset: plan.DatasetPlan) -> Iterator[str]:
    """Every prompt's pieces, with what each varies with and about how many tokens it has."""
    if len(dataset.order) > 1:
        yield f"  order {', '.join(dataset.order)}"
    for prefix in dataset.prefixes:
        yield f"  prefix {prefix.cell}: {prefix.prompt}" + (f" asks={prefix.asks}" if prefix.asks > 1 else "")
        for segment in prefix.segments:
            text = " ".join(segment.text.split())
            shown = text if len(text) <= 48 else text[:47] + "…"
            about = f"{segment.tokens}" if segment.known else f"~{segment.tokens}"
            yield f"    {about.rjust(5)} {(', '.join(sorted(segment.varies)) or '-').ljust(16)} {shown}"


def _step(step: plan.Step, model: Model, indent: str) -> Iterator[str]:
    """A loop's own steps stand under it."""
    yield f"{indent}{step.id}: {step.title}"
    yield f"{indent}  {type(step).__name__} reads={', '.join(step.reads) or '-'} closure={step.closure[:8]}"
    yield from (f"{indent}  {line}" for line in _details(step, model))
    for inner in step.steps if isinstance(step, plan.Loop) else ():
        yield from _step(inner, model, indent + "  ")


def _details(step: plan.Step, model: Model) -> Iterator[str]:
    """What a step has of its own, except what its title already says, and its own steps."""
    common = {"steps", *(item.name for item in fields(plan.Step))}
    if isinstance(step, plan.Gen) and str(step.answer) == str(step.type):
        common.add("answer")
    if isinstance(step, plan.Emit) and step.tables == (step.table,):
        common.add("tables")
    if isinstance(step, plan.Emit) and not step.atomic:
        common.add("atomic")
    for item in fields(step):
        value = getattr(step, item.name)
        if item.name not in common and value not in (None, ()):
            yield f"{item.name} = {_shown(value, model)}"


def _shown(value: object, model: Model) -> str:
    if isinstance(value, tree.Node):
        return " ".join(model.sources[value.span.path].slice(value.span).split())
    if isinstance(value, tuple):
        return f"({', '.join(_shown(part, model) for part in value)})"
    if isinstance(value, plan.Column):
        given = _shown(value.value, model) if value.value is not None else f"...{_shown(value.spread, model)}"
        return f"{value.name}: {value.type} = {given}"
    if isinstance(value, plan.Carry):
        return f"{value.name}: {value.type} = {_shown(value.start, model)}"
    return str(value) if is_dataclass(value) else repr(value)


def _parts(dataset: plan.DatasetPlan) -> Mapping[str, list[str]]:
    return {
        "input": [_input(item) for item in dataset.inputs],
        "prompt": [f"{p.name}({_params(p)}) ends={p.ends} digest={p.digest[:8]}" for p in dataset.prompts],
        "judge": [
            f"{j.name}: {j.kind} by {j.role} threshold={j.threshold} digest={j.digest[:8]}" for j in dataset.judges
        ],
        "model": [f"{m.role}: {dict(sorted(m.settings.items()))}" for m in dataset.models],
        "test": [repr(t.title) for t in dataset.tests],
    }


def _input(item: plan.InputPlan) -> str:
    rows = f"dataset {item.dataset}.{item.table}" if item.dataset is not None else f"{item.kind}({item.arguments})"
    return f"{item.name}: {rows} key={item.key} digest={item.digest[:8]}"


def _params(prompt: plan.PromptPlan) -> str:
    return ", ".join(f"{name}: {kind}" for name, kind in prompt.params)


def _programs(model: Model) -> Iterator[str]:
    for text in model.programs.values():
        yield from text.rstrip("\n").split("\n")


_DUMPS: Mapping[str, Callable[[Model], Iterator[str]]] = {
    "tokens": _tokens,
    "ast": _ast,
    "names": _names,
    "types": _types,
    "desugar": _desugar,
    "plan": _plan,
    "program": _programs,
}
