"""Names in expressions, types and templates in; the symbol each stands for out, or a message that none does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compiler.context import Context
from compiler.exports import CALLED, READ, WRITTEN_AS_TYPES, Exports
from compiler.functions import METHODS, REGISTRY, Each
from compiler.model import Kind, Symbol
from compiler.passes.names.scope import Scope
from compiler.prelude import TYPES
from compiler.walk import children
from dsl import tree
from dsl.diagnostics import Guess, Related, did_you_mean

FUNCTIONS: dict[str, Symbol] = {name: Symbol(name, Kind.FUNCTION, "", None) for name in REGISTRY}
TYPE_SYMBOLS: dict[str, Symbol] = {name: Symbol(name, Kind.RECORD, "", None) for name in TYPES}
_OVER_THE_ROW = {method.name for method in METHODS.values()} - {
    method.name for method in METHODS.values() if any(isinstance(p.type, Each) for p in method.signature.params)
}
"""Methods that evaluate nothing once per element: in all others a bare name may be a field of the element."""


class Resolver:
    """Resolves one file; `symbols` and `used` are shared by all files."""

    def __init__(
        self,
        path: str,
        top: Mapping[str, Symbol],
        context: Context,
        symbols: dict[tree.Node, Symbol],
        used: set[Symbol],
        exports: Exports | None = None,
    ) -> None:
        """`exports`: what the file could import, which a name that nobody knows may stand for."""
        self.path = path
        self.exports = exports
        self.context = context
        self.symbols = symbols
        self.used = used
        self.top = Scope(names=dict(top))

    # --- looking up ---

    def declare(self, name: tree.Name, kind: Kind, node: tree.Node, scope: Scope) -> Symbol:
        """Add a local name to `scope`; hiding one of the file or of the row is allowed, and warned about."""
        symbol = Symbol(name.text, kind, self.path, node)
        self.symbols[name] = self.symbols[node] = symbol
        hidden = scope.parent.find(name.text) if scope.parent is not None else None
        if hidden is not None and hidden.node is not None:
            self._warn_hidden(name, hidden)
        scope.names[name.text] = symbol
        return symbol

    def _warn_hidden(self, name: tree.Name, hidden: Symbol) -> None:
        declared = getattr(hidden.node, "name", None)
        self.context.report(
            "W0203",
            f"`{name.text}` hides the {hidden.kind.value} of that name",
            name.span,
            related=(Related(declared.span, "which is declared here"),) if isinstance(declared, tree.Name) else (),
            help="rename one of them",
        )

    def use(self, node: tree.Node, symbol: Symbol) -> None:
        self.symbols[node] = symbol
        self.used.add(symbol)

    def ref(self, node: tree.Ref, scope: Scope, hint: str | None = None) -> None:
        """`hint` says how what is no name may have been meant at this place, where that is more than a text."""
        symbol = scope.find(node.name)
        if symbol is not None:
            self.use(node, symbol)
            return
        self.probe(node.name, scope)
        if not scope.is_lenient:
            self._unknown(node, scope, hint)

    def probe(self, name: str, scope: Scope) -> None:
        """What could have stood where this name stands, for whoever asks."""
        if self.context.probe is not None:
            self.context.probe.seen(name, scope.visible())

    def _unknown(self, node: tree.Ref, scope: Scope, hint: str | None) -> None:
        self.symbols[node] = Symbol(node.name, Kind.UNKNOWN, self.path, None)
        later = scope.declared_later(node.name)
        if later is not None:
            self.context.report(
                "E0206",
                f"`{node.name}` is used before it has a value",
                node.span,
                related=(Related(later.span, "it gets its value here"),),
                help="statements act in the order they stand: move this one down",
            )
        elif node.name == "it":
            self.context.report(
                "E0201",
                "there is no `it` here",
                node.span,
                help="`it` is the element inside a list's method: `rules.where(words(it) < 5)`",
            )
        elif scope.is_column(node.name):
            self.context.report(
                "E0201",
                f"`{node.name}` is a column, and no name of the row",
                node.span,
                help=f"write what it is emitted from, or name that above the emit: `let {node.name} = …`",
            )
        else:
            self.report_unknown(node.name, node, scope.all(), "name", hint)

    def report_unknown(
        self, name: str, node: tree.Node, known: Iterable[str], what: str, hint: str | None = None
    ) -> None:
        kinds = CALLED if what == "function" else READ
        foreign = _FOREIGN_VALUES.get(name)
        guess = Guess.of(name, foreign) if foreign else self._guess(name, known, kinds)
        message = f"there is no {what} `{name}` here"
        help_ = self._meant(name, guess, hint) if what == "name" else None
        if name in FUNCTIONS and what == "name":
            message, help_ = f"`{name}` is a function", f"call it: `{name}(…)`"
        self.context.report("E0201", message, node.span, label=guess, help=help_)

    def _guess(self, name: str, known: Iterable[str], kinds: frozenset[Kind]) -> str:
        """The nearest name that is seen here, unless one to import is nearer; the name itself is no guess."""
        here = did_you_mean(name, known)
        there = self.exports.guess(name, kinds) if self.exports is not None else None
        if there is None or (isinstance(here, Guess) and here.likeness >= there.likeness):
            return here
        return there if there.meant != name else ""

    def _meant(self, name: str, guess: str, hint: str | None) -> str | None:
        """A bare word is never a value: what it was probably meant as."""
        enums = (found.node for found in self.top.names.values() if isinstance(found.node, tree.Enum))
        owner = next((enum.name.text for enum in enums if name in {member.text for member in enum.members}), None)
        if owner is not None:
            return f'a value of `{owner}` is written `{owner}.{name}` or `"{name}"`'
        if guess or (self.exports is not None and any(self.exports.declaring(name))):
            return None
        return hint or f'a text stands in quotes: `"{name}"`'

    # --- expressions ---

    def expr(self, node: tree.Node, scope: Scope) -> None:
        kind = type(node)
        if kind is tree.Ref:
            self.ref(node, scope)  # type: ignore[arg-type]
        elif kind is tree.Call:
            self.call(node, scope)  # type: ignore[arg-type]
        elif kind is tree.TypeName:
            self.type_name(node)  # type: ignore[arg-type]
        else:
            for child in children(node):
                self.expr(child, scope)

    def call(self, node: tree.Call, scope: Scope) -> None:
        callee = node.callee
        inner = scope
        if isinstance(callee, tree.Ref):
            self.callee(callee, scope)
        elif isinstance(callee, tree.Attr):
            self.expr(callee.base, scope)
            inner = scope.inner(lenient=callee.name.text not in _OVER_THE_ROW)
        else:
            self.expr(callee, scope)
        for arg in node.args:
            self.expr(arg.value, inner)

    def callee(self, node: tree.Ref, scope: Scope) -> None:
        """A name before a bracket: a prompt, judge or pool, else a built-in function."""
        symbol = scope.find(node.name)
        if symbol is None or (symbol.kind not in _CALLABLE and node.name in FUNCTIONS):
            symbol = FUNCTIONS.get(node.name, symbol)
        if symbol is not None:
            self.use(node, symbol)
            return
        self.probe(node.name, scope)
        self.symbols[node] = Symbol(node.name, Kind.UNKNOWN, self.path, None)
        callables = {name for name, found in self.top.names.items() if found.kind in _CALLABLE}
        self.report_unknown(node.name, node, callables | FUNCTIONS.keys(), "function")

    # --- types ---

    def type_name(self, node: tree.TypeName) -> None:
        symbol = TYPE_SYMBOLS.get(node.name) or self.top.names.get(node.name)
        if symbol is not None and (symbol.kind in _TYPES or symbol.kind is Kind.UNKNOWN):
            self.use(node, symbol)
            return
        self.symbols[node] = Symbol(node.name, Kind.UNKNOWN, self.path, None)
        if symbol is not None:
            self.context.report(
                "E0207",
                f"`{node.name}` is a {symbol.kind.value}, not a type",
                node.span,
                help="types are records and enums",
            )
            return
        known = [*TYPES, *(name for name, found in self.top.names.items() if found.kind in _TYPES)]
        foreign = _FOREIGN_TYPES.get(node.name)
        label = Guess.of(node.name, foreign) if foreign else self._guess(node.name, known, WRITTEN_AS_TYPES)
        if node.name == "list":
            label = "write `T[]`"
        self.context.report("E0207", f"there is no type `{node.name}`", node.span, label=label)

    # --- templates ---

    def template(self, template: tree.Template, scope: Scope) -> None:
        self._parts(template.parts, scope)

    def _parts(self, parts: Iterable[tree.TemplatePart], scope: Scope) -> None:
        for part in parts:
            if isinstance(part, tree.TemplateFor):
                self._template_for(part, scope)
            elif isinstance(part, tree.TemplateIf):
                for branch in part.branches:
                    if branch.condition is not None:
                        self.expr(branch.condition, scope)
                    self._parts(branch.body, scope)
            elif isinstance(part, tree.TemplateHole | tree.TemplateMarker) and part.value is not None:
                self.expr(part.value, scope)

    def _template_for(self, part: tree.TemplateFor, scope: Scope) -> None:
        self.expr(part.iterable, scope)
        inner = scope.inner()
        inner.names["loop"] = Symbol("loop", Kind.LOOP, self.path, part)
        self.declare(part.target, Kind.ELEMENT, part, inner)
        self._parts(part.body, inner)
        self._parts(part.otherwise, scope)


_CALLABLE = frozenset({Kind.PROMPT, Kind.JUDGE, Kind.CRITERIA, Kind.UNKNOWN})
_TYPES = frozenset({Kind.ENUM, Kind.RECORD})
_FOREIGN_VALUES = {"None": "null", "True": "true", "False": "false"}
_FOREIGN_TYPES = {
    "string": "str",
    "text": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
}
