"""A checked template in; the source of a Jinja2 template of the same meaning out, and the functions its holes need.

Literal text stays as it is, except where Jinja2 would read it as its own. A hole prints as a Jinja2 expression; one
that needs a lambda becomes a function of the names it uses, which the module defines and hands to the prompt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from compiler.model import Kind
from compiler.passes.lower import expressions
from compiler.passes.lower.identifiers import mangle
from compiler.passes.lower.layout import Bracket, Chain, Doc, Lambda, Prefixed, flat, literal, statement
from compiler.passes.lower.scopes import Site
from compiler.passes.plan.prompts import is_previous
from dsl import tree

_SPECIAL = re.compile(r"\{(?=[{%#\r])|\{\Z|\r")


@dataclass
class Jinja:
    """`source` grows part by part. `helpers` are functions for holes, `globals` what the holes use of the module."""

    site: Site
    claim: Callable[[], str]
    pieces: list[str] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)
    globals: dict[str, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        return "".join(self.pieces)

    # --- parts ---

    def parts(self, parts: Iterable[tree.TemplatePart], site: Site) -> None:
        for part in parts:
            match part:
                case tree.TemplateText(text=text):
                    self.pieces.append(_SPECIAL.sub(_as_hole, text))
                case tree.TemplateHole(value=value):
                    self.pieces.append(f"{{{{ {self.hole(value, site)} }}}}")
                case tree.TemplateMarker():
                    self._marker(part, site)
                case tree.TemplateIf(branches=branches):
                    self._if(branches, site)
                case tree.TemplateFor():
                    self._for(part, site)

    def _marker(self, part: tree.TemplateMarker, site: Site) -> None:
        """A message's text is stripped when it is rendered, so that a marker may stand on its own line here."""
        if part.kind == "chat" and part.value is not None:
            self.pieces.append(f"{{{{ chat_({self.expression(part.value, site)}) }}}}")
        elif part.kind == "open":
            self.pieces.append(f'{{{{ open_("open {part.role}") }}}}\n')
        elif part.kind != "raw":
            self.pieces.append(f'{{{{ open_("{part.kind}") }}}}\n')

    def _if(self, branches: tuple[tree.TemplateBranch, ...], site: Site) -> None:
        word = "if"
        for branch in branches:
            condition = f"{word} {self.expression(branch.condition, site)}" if branch.condition is not None else "else"
            self.pieces.append(f"{{% {condition} %}}")
            self.parts(branch.body, site)
            word = "elif"
        self.pieces.append("{% endif %}")

    def _for(self, part: tree.TemplateFor, site: Site) -> None:
        target = mangle(part.target.text)
        nullable = expressions.code(part.iterable, site).nullable
        iterable = self.expression(part.iterable, site)
        self.pieces.append(f"{{% for {target} in {f'({iterable}) or []' if nullable else iterable} %}}")
        self.parts(part.body, self._inside(part, target, site))
        if part.otherwise:
            self.pieces.append("{% else %}")
            self.parts(part.otherwise, site)
        self.pieces.append("{% endfor %}")

    def _inside(self, part: tree.TemplateFor, target: str, site: Site) -> Site:
        symbol = site.model.symbols[part.target]
        return replace(site, locals={**site.locals, symbol: target})

    # --- holes ---

    def hole(self, node: tree.Expr, site: Site) -> str:
        """What a hole prints: a persona as its text, null as nothing."""
        return self._printed(node, site, lambda at: at.as_text(node).doc)

    def expression(self, node: tree.Expr, site: Site) -> str:
        return self._printed(node, site, lambda at: expressions.source(node, at))

    def _printed(self, node: tree.Expr, site: Site, printer: Callable[[Site], Doc]) -> str:
        self._note_globals(node, site)
        doc = printer(replace(site, jinja=True))
        return self._hoisted(node, site, printer) if _has_lambda(doc) else flat(doc)

    def _hoisted(self, node: tree.Expr, site: Site, printer: Callable[[Site], Doc]) -> str:
        name = self.claim()
        used = _locals_of(node, site)
        body = statement("return ", printer(site), indent="    ")
        self.helpers.append(f"def {name}({', '.join(used)}):\n{body}\n")
        self.globals[name] = name
        return f"{name}({', '.join(used)})"

    def _note_globals(self, node: tree.Expr, site: Site) -> None:
        for ref in tree.walk(node):
            symbol = site.model.symbols.get(ref)
            if isinstance(ref, tree.Ref) and symbol is not None and symbol.kind in (Kind.PARAM, Kind.CONST):
                name = site.module.constant(symbol)
                self.globals[name] = name


def _as_hole(found: re.Match[str]) -> str:
    return f"{{{{ {literal(found[0])} }}}}"


def _has_lambda(doc: Doc) -> bool:
    match doc:
        case Lambda():
            return True
        case Bracket(items=items):
            return any(map(_has_lambda, items))
        case Chain(parts=parts):
            return any(_has_lambda(part) for _, part in parts)
        case Prefixed(body=body):
            return _has_lambda(body)
    return False


def _locals_of(node: tree.Expr, site: Site) -> list[str]:
    """The local names an expression uses, in the order they are met."""
    names: dict[str, None] = {}
    for ref in tree.walk(node):
        symbol = site.model.symbols.get(ref)
        if isinstance(ref, tree.Ref) and symbol is not None and symbol in site.locals:
            names[site.locals[symbol]] = None
        if isinstance(ref, tree.Attr) and is_previous(ref, site.model):
            names[flat(site.previous[site.model.symbols[ref.base]].doc)] = None
    return list(names)
