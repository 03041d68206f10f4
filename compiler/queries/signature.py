"""A place inside a call's brackets in; what is called, what it takes, and which of that stands here, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compiler.analysis import Analysis
from compiler.functions import Function
from compiler.model import Kind, Symbol
from compiler.passes.types.declared import params_of
from compiler.prelude import APART, DEDUP, OVERLAP, TOOLS
from compiler.queries.completion.asked import Asked, ask
from compiler.queries.completion.model import Nowhere
from compiler.queries.subject import function_of
from compiler.queries.words import COMPARING, READERS
from dsl import tree
from dsl.lexer import Lexer
from dsl.placeholder import placed
from dsl.tokens import Token

_OPENS = frozenset({"LPAR", "LSQB", "LBRACE"})
_CLOSES = frozenset({"RPAR", "RSQB", "RBRACE"})


@dataclass(frozen=True, slots=True)
class ParameterHelp:
    """`label` is a part of the signature's."""

    label: str
    doc: str = ""


@dataclass(frozen=True, slots=True)
class SignatureHelp:
    """`active` is the place of the parameter that is being given; None where the call takes no more."""

    label: str
    doc: str
    params: tuple[ParameterHelp, ...]
    active: int | None


@dataclass(frozen=True, slots=True)
class _Open:
    """The innermost bracket of a call: how many arguments stand before the place, and the name of this one, if any."""

    bracket: Token
    place: int
    name: str | None


def signature(analysis: Analysis, path: str, offset: int) -> SignatureHelp | None:
    """None outside of a call's brackets, and where what is called is not known."""
    found = _open(_before(analysis, path, offset))
    if found is None:
        return None
    asked = ask(analysis, path, found.bracket.end, Nowhere())
    call = asked.around(tree.Call) if asked is not None else None
    if asked is None or call is None:
        return None
    made = _of_call(asked, call)
    return None if made is None else _at(made, found)


def _before(analysis: Analysis, path: str, offset: int) -> Sequence[Token]:
    """What stands before the place in its statement or hole. In a number it is asked where that begins."""
    source, file = analysis.model.sources.get(path), analysis.model.files.get(path)
    if source is None or file is None:
        return ()
    placeholder = placed(source, offset, file)
    if placeholder is None:
        line = source.text.rfind("\n", 0, offset) + 1
        token = next((one for one in Lexer(source, line, offset).tokens if one.start < offset <= one.end), None)
        placeholder = placed(source, token.start, file) if token is not None and token.text[0].isdigit() else None
    return placeholder.before if placeholder is not None else ()


def _open(before: Sequence[Token]) -> _Open | None:
    depth, place, start = 0, 0, len(before)
    for at in reversed(range(len(before))):
        kind = before[at].type
        if kind in _CLOSES:
            depth += 1
        elif depth and kind in _OPENS:
            depth -= 1
        elif depth == 0 and kind == "COMMA":
            start = at + 1 if place == 0 else start
            place += 1
        elif depth == 0 and kind in _OPENS:
            called = kind == "LPAR" and at > 0 and before[at - 1].word
            start = at + 1 if place == 0 else start
            return _Open(before[at], place, _named(before[start:])) if called else _open(before[:at])
    return None


def _named(argument: Sequence[Token]) -> str | None:
    given = len(argument) > 1 and argument[0].word and argument[1].text == "="
    return argument[0].text if given else None


def _at(made: SignatureHelp, found: _Open) -> SignatureHelp:
    names = [param.label.lstrip("*").split(":")[0].strip() for param in made.params]
    active: int | None = names.index(found.name) if found.name in names else None
    if found.name is None and made.params:
        last = len(made.params) - 1
        active = found.place if found.place <= last else last if made.params[-1].label.startswith(("*", "…")) else None
    return SignatureHelp(made.label, made.doc, made.params, active)


def _of_call(asked: Asked, call: tree.Call) -> SignatureHelp | None:
    symbol = asked.model.symbols.get(call.callee)
    if symbol is not None and symbol.kind in (Kind.PROMPT, Kind.JUDGE, Kind.CRITERIA):
        return _of_declared(asked, symbol)
    function = function_of(asked.model, call)
    return _of_function(function) if function is not None else _of_word(asked, call)


def _of_declared(asked: Asked, symbol: Symbol) -> SignatureHelp:
    source, node = asked.model.sources.get(symbol.file), symbol.node
    shown = [source.slice(param.span) if source else param.name.text for param in params_of(node)]
    result = f" -> {source.slice(node.result.span)}" if isinstance(node, tree.Judge) and source else ""
    doc = getattr(node, "doc", None)
    label = f"{symbol.name}({', '.join(shown)}){result}"
    return SignatureHelp(label, doc.text if isinstance(doc, tree.Doc) else "", tuple(map(ParameterHelp, shown)), None)


def _of_function(function: Function) -> SignatureHelp:
    params = tuple(ParameterHelp(str(param)) for param in function.signature.params)
    doc = f"{function.doc}\n\n    {function.example}" if function.example else function.doc
    return SignatureHelp(f"{function.name}{function.signature}", doc, params, None)


def _of_word(asked: Asked, call: tree.Call) -> SignatureHelp | None:
    """Tools, readers and ways to compare: words of their own statement."""
    name = call.callee.name if isinstance(call.callee, tree.Ref) else ""
    if asked.around(tree.Run) is not None and name in TOOLS:
        return _of_text(TOOLS[name].signature, "A tool in the sandbox.")
    if asked.around(tree.Input) is not None or asked.around(tree.Personas) is not None:
        word = READERS.get(name)
        return _of_text(f"{name}(path: str)", word.doc) if word is not None else None
    number = {**OVERLAP, **DEDUP, **APART}.get(name)
    return _of_text(f"{name}(at: {number.kind})", COMPARING[name].doc) if number is not None else None


def _of_text(label: str, doc: str) -> SignatureHelp:
    inner = label[label.index("(") + 1 : label.rindex(")")]
    return SignatureHelp(label, doc, tuple(map(ParameterHelp, inner.split(", "))), None)
