"""Prompts and judges in; for each a `Prompt` constant and the SGLang function that asks it, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compiler import plan
from compiler.model import Symbol
from compiler.passes.lower.identifiers import mangle
from compiler.passes.lower.layout import Bracket, Leaf, Prefixed, call, lines_of, literal, statement
from compiler.passes.lower.scopes import Site
from compiler.passes.lower.templates import Jinja
from dsl import tree

if TYPE_CHECKING:
    from compiler.passes.lower.module import Module

ANSWER = 'sgl.gen("answer")'
VERDICT = 'sgl.select("verdict", ["yes", "no"])'
QUESTION = "Answer yes or no."


def prompt(found: plan.PromptPlan, module: Module) -> str:
    """The constant and its function, ready to stand in the module."""
    constant, function = module.constants[found.node], module.functions[found.node]
    params = [mangle(name) for name, _ in found.params]
    given = ", ".join(f"{name}={name}" for name in params)
    body = _turns(found, constant, given)
    return _printed(found, module, function, params, body)


def judge(found: plan.JudgePlan, module: Module) -> str:
    """A judge asks yes or no, and the probability of yes is read from one token."""
    constant, function = module.constants[found.node], module.functions[found.node]
    params = [mangle(name) for name, _ in found.prompt.params]
    given = ", ".join([*(f"{name}={name}" for name in params), f"last={literal(QUESTION)}"])
    body = [f"s += {constant}({given})", f"s += sgl.assistant({VERDICT})"]
    return _printed(found.prompt, module, function, params, body)


def _turns(found: plan.PromptPlan, constant: str, given: str) -> list[str]:
    """The messages, then the turn that the model continues, after what a prefill already says."""
    if found.ends == "raw":
        return [f"s += {constant}.text({given})", f"s += {ANSWER}"]
    turn = f"{constant}.tail({given}) + {ANSWER}" if _has_prefill(found) else ANSWER
    return [f"s += {constant}({given})", f"s += sgl.{found.ends}({turn})"]


def _has_prefill(found: plan.PromptPlan) -> bool:
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


def _printed(found: plan.PromptPlan, module: Module, function: str, params: list[str], body: list[str]) -> str:
    jinja = _jinja(found, module)
    constant = module.constants[found.node]
    named = {"functions": _dictionary(jinja.globals)} if jinja.globals else {}
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
    site = Site(module.model, module, locals=_locals(found, module))
    jinja = Jinja(site, lambda: module.names.claim(f"{found.name}_hole"))
    jinja.parts(template_of(found).parts, site)
    return jinja


def _locals(found: plan.PromptPlan, module: Module) -> dict[Symbol, str]:
    """The prompt's parameters; for an inline prompt, the names of the row that it mentions."""
    if isinstance(found.node, tree.Gen):
        wanted = {name for name, _ in found.params}
        parts = (module.model.symbols.get(part) for part in tree.walk(template_of(found)))
        return {symbol: mangle(symbol.name) for symbol in parts if symbol is not None and symbol.name in wanted}
    symbols = (module.model.symbols[param] for param in found.node.params)
    return {symbol: mangle(symbol.name) for symbol in symbols}
