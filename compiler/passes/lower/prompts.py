"""Prompts and judges in; for each a `Prompt` constant and the SGLang function that asks it, out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from compiler import plan
from compiler.model import Symbol
from compiler.passes.lower.identifiers import mangle
from compiler.passes.lower.layout import Bracket, Doc, Leaf, Prefixed, call, lines_of, literal, statement, text
from compiler.passes.lower.nulls import or_null
from compiler.passes.lower.precedence import Code, leaf
from compiler.passes.lower.scopes import Site
from compiler.passes.lower.templates import Jinja
from compiler.passes.plan.prompts import is_previous, previous_name
from compiler.types import Type
from dsl import tree

if TYPE_CHECKING:
    from compiler.passes.lower.module import Module

ANSWER = 'sgl.gen("answer")'
QUESTION = "Answer yes or no."
GOOD = "Is the last answer a good one? Answer yes or no."
NUMBER = "Answer with one number."
PLACES = {"bool": "behind", "points": "line", "scale": "line", "score": "turn"}
"""Where a judge's last line stands, as `Prompt` has it."""


def prompt(found: plan.PromptPlan, module: Module) -> str:
    """The constant and its function, ready to stand in the module."""
    constant, function = module.constants[found.node], module.functions[found.node]
    params = [mangle(name) for name, _ in found.params]
    given = ", ".join(f"{name}={name}" for name in params)
    body = _turns(found, constant, given)
    return _printed(found, module, function, params, body)


def judge(found: plan.JudgePlan, module: Module) -> str:
    """A judge asks for one of a few labels, and their probabilities are read from one token."""
    constant, function = module.constants[found.node], module.functions[found.node]
    params = [mangle(name) for name, _ in found.prompt.params]
    given = tuple(Leaf(f"{name}={name}") for name in params)
    asked = statement("s += ", Bracket(f"{constant}(", (*given, _last(found)), ")"))
    verdict = statement("s += ", call("sgl.assistant", call("sgl.select", text("verdict"), _labels(found))))
    body = [line for part in (asked, verdict) for line in part.split("\n")]
    own = {"points": ["last"], "score": [f"last={literal(GOOD)}"]}.get(found.kind, [])
    return _printed(found.prompt, module, function, [*params, *own], body, PLACES[found.kind])


def _last(found: plan.JudgePlan) -> Doc:
    """What the judge is asked after its prompt: of points, one question at a time; of a reward model, nothing."""
    if found.kind == "points":
        return Leaf(f'last=last + " {QUESTION}"')
    if found.kind == "scale":
        steps = [f"{number}: {words}" for words, number in found.points]
        return Prefixed("last=", lines_of("\n".join([*steps, NUMBER])))
    return Leaf("last=last" if found.kind == "score" else f"last={literal(QUESTION)}")


def _labels(found: plan.JudgePlan) -> Doc:
    numbers = [str(step) for step in range(found.low, found.high + 1)]
    labels = numbers if found.kind == "scale" else ["yes", "no"]
    return Bracket("[", tuple(text(label) for label in labels), "]")


def _turns(found: plan.PromptPlan, constant: str, given: str) -> list[str]:
    """The messages, then the turn that the model continues, after what a prefill already says."""
    if found.ends == "raw":
        return [f"s += {constant}.text({given})", f"s += {ANSWER}"]
    turn = f"{constant}.tail({given}) + {ANSWER}" if has_prefill(found) else ANSWER
    return [f"s += {constant}({given})", f"s += sgl.{found.ends}({turn})"]


def has_prefill(found: plan.PromptPlan) -> bool:
    """Whether anything stands after `@open`."""
    parts = template_of(found).parts
    for place, part in enumerate(parts):
        if isinstance(part, tree.TemplateMarker) and part.kind == "open":
            rest = parts[place + 1 :]
            return any(not isinstance(after, tree.TemplateText) or after.text.strip() for after in rest)
    return False


def template_of(found: plan.PromptPlan) -> tree.Template:
    assert found.node.template is not None
    return found.node.template


def _printed(
    found: plan.PromptPlan, module: Module, function: str, params: list[str], body: list[str], asks: str = "behind"
) -> str:
    jinja = _jinja(found, module)
    constant = module.constants[found.node]
    named: dict[str, Doc] = {"functions": _dictionary(jinja.globals)} if jinja.globals else {}
    if asks != "behind":
        named["asks"] = text(asks)
    head = f"def {function}({', '.join(['s', *params, 'call=None'])}):"
    return "\n".join(
        [
            *(f"{helper}\n" for helper in jinja.helpers),
            statement(f"{constant} = ", call("Prompt", Leaf(literal(found.name)), lines_of(jinja.source), **named)),
            "",
            "",
            "@sgl.function",
            _signature(head),
            *(f"    {line}" for line in body),
            "",
        ]
    )


def _signature(head: str) -> str:
    """A `def` line, one parameter a line where it is too long."""
    name, params = head[: head.index("(")], head[head.index("(") + 1 : -2]
    items = tuple(Leaf(param) for param in params.split(", "))
    return statement("", Bracket(f"{name}(", items, ")"), ":")


def _dictionary(names: dict[str, str]) -> Bracket:
    return Bracket("{", tuple(Prefixed(f"{literal(key)}: ", Leaf(name)) for key, name in names.items()), "}")


def _jinja(found: plan.PromptPlan, module: Module) -> Jinja:
    names = _locals(found, module)
    site = Site(module.model, module, names, kinds=_kinds(found, names, module), previous=_previous(found, module))
    jinja = Jinja(site, lambda: module.names.claim(f"{found.name}_hole"))
    jinja.parts(template_of(found).parts, site)
    return jinja


def _locals(found: plan.PromptPlan, module: Module) -> dict[Symbol, str]:
    """The prompt's parameters; for an inline prompt, the names of the row that it mentions."""
    if isinstance(found.node, tree.Gen):
        symbols = (symbol for name, _ in found.params for symbol in _mentioned(found, name, module))
        return {symbol: mangle(symbol.name) for symbol in symbols}
    symbols = (module.model.symbols[param] for param in found.node.params)
    return {symbol: mangle(symbol.name) for symbol in symbols}


def _mentioned(found: plan.PromptPlan, name: str, module: Module) -> set[Symbol]:
    """The symbols that an inline template calls by a name; an element's own member of a list has one each time."""
    loops = (part.target for part in tree.walk(template_of(found)) if isinstance(part, tree.TemplateFor))
    own = {module.model.symbols.get(target) for target in loops}
    parts = (module.model.symbols.get(part) for part in tree.walk(template_of(found)) if isinstance(part, tree.Ref))
    return {symbol for symbol in parts if symbol is not None and symbol not in own and symbol.name == name}


def _kinds(found: plan.PromptPlan, names: Mapping[Symbol, str], module: Module) -> dict[Symbol, Type]:
    """The types of parameters that are given what can be null although the checker does not say so."""
    null, types = module.null_params.get(found.node, set()), dict(found.params)
    return {symbol: or_null(types[symbol.name], True) for symbol in names if symbol.name in null}


def _previous(found: plan.PromptPlan, module: Module) -> dict[Symbol, Code]:
    """`facts.previous` in an inline template: a parameter of its own."""
    parts = (part for part in tree.walk(template_of(found)) if is_previous(part, module.model))
    bases = (part.base for part in parts if isinstance(part, tree.Attr))
    symbols = (module.model.symbols[base] for base in bases)
    return {symbol: leaf(mangle(previous_name(symbol.name)), True) for symbol in symbols}
