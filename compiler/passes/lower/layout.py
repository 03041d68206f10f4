"""A small document (brackets, operator chains, literals) in; Python text laid out as `ruff format` would, out.

What fits stays on its line. A bracket that does not fit is opened with one item a line and a trailing comma, which a
formatter leaves alone; a chain of operators breaks before each operator.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

WIDTH = 110
STEP = "    "


@dataclass(frozen=True, slots=True)
class Leaf:
    """Text that is never broken."""

    text: str


@dataclass(frozen=True, slots=True)
class Bracket:
    """`open item, item close`. `comma` is whether a trailing comma may stand when it is broken."""

    open: str
    items: tuple[Doc, ...]
    close: str
    comma: bool = True


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands with the operator that stands before each (none before the first): `a`, `and b`, `and c`."""

    parts: tuple[tuple[str, Doc], ...]


@dataclass(frozen=True, slots=True)
class Prefixed:
    """`prefix` directly before a document: `name=…`, `not …`, `"key": …`."""

    prefix: str
    body: Doc


@dataclass(frozen=True, slots=True)
class Lambda:
    """`lambda it: body`"""

    params: str
    body: Doc


@dataclass(frozen=True, slots=True)
class Lines:
    """A long string as adjacent literals, one a line of text; one literal where they fit together."""

    pieces: tuple[str, ...]


Doc = Leaf | Bracket | Chain | Prefixed | Lambda | Lines


def literal(text: str) -> str:
    """`text` as a Python string literal, in the quotes `ruff format` prefers. The same data as `repr`, never code."""
    if text.count('"') > text.count("'"):
        return repr(text) if "'" not in text else "'" + _body(text).replace("'", "\\'") + "'"
    return '"' + _body(text).replace('"', '\\"') + '"'


def _body(text: str) -> str:
    """What `repr` writes between the quotes, with neither quote escaped."""
    return "".join(char if char in "'\"" else repr(char)[1:-1] for char in text)


def flat(doc: Doc) -> str:
    """The document on one line."""
    match doc:
        case Leaf(text):
            return text
        case Bracket(opening, items, closing):
            return opening + ", ".join(map(flat, items)) + closing
        case Chain(parts):
            return " ".join(f"{op} {flat(part)}" if op else flat(part) for op, part in parts)
        case Prefixed(prefix, body):
            return prefix + flat(body)
        case Lambda(params, body):
            return f"{_lambda(params)}{flat(body)}"
        case Lines(pieces):
            return literal("".join(pieces))


def layout(doc: Doc, indent: str = "", before: int = 0, after: int = 0, bracketed: bool = False) -> str:
    """The document as lines. `before` and `after` are the columns that what surrounds it takes on its ends.

    `bracketed` says that a bracket is already open around it, so that a chain may break without one of its own.
    """
    line = flat(doc)
    if len(indent) + before + len(line) + after <= WIDTH:
        return line
    match doc:
        case Leaf():
            return line
        case Bracket():
            return _broken_bracket(doc, indent)
        case Chain():
            return _broken_chain(doc, indent, after) if bracketed else _in_parentheses(doc, indent)
        case Prefixed(prefix, body):
            return prefix + layout(body, indent, before + len(prefix), after, bracketed)
        case Lambda(params, body):
            head = _lambda(params)
            return head + layout(body, indent, before + len(head), after)
        case Lines(pieces):
            joined = f"\n{indent}".join(map(literal, pieces))
            return joined if bracketed else f"(\n{indent}{STEP}" + joined.replace("\n", f"\n{STEP}") + f"\n{indent})"


def _broken_bracket(doc: Bracket, indent: str) -> str:
    if not doc.items:
        return flat(doc)
    inner = indent + STEP
    comma = "," if doc.comma else ""
    rows = [f"{inner}{layout(item, inner, 0, len(comma), bracketed=True)}{comma}" for item in doc.items]
    return "\n".join((doc.open, *rows, indent + doc.close))


def _broken_chain(doc: Chain, indent: str, after: int) -> str:
    rows = []
    for number, (op, part) in enumerate(doc.parts, 1):
        head = f"{op} " if op else ""
        rows.append(head + layout(part, indent, len(head), after if number == len(doc.parts) else 0))
    return f"\n{indent}".join(rows)


def _in_parentheses(doc: Chain, indent: str) -> str:
    inner = indent + STEP
    return f"(\n{inner}{layout(doc, inner, bracketed=True)}\n{indent})"


def call(head: str, *items: Doc, **named: Doc) -> Bracket:
    """`head(items, name=…)`"""
    keywords = (Prefixed(f"{name}=", value) for name, value in named.items())
    return Bracket(f"{head}(", (*items, *keywords), ")")


def dotted(base: Doc, name: str) -> Doc:
    """`base.name`, which may be broken inside the brackets that `base` ends with."""
    return replace(base, close=f"{base.close}.{name}") if isinstance(base, Bracket) else Leaf(f"{flat(base)}.{name}")


def text(value: str) -> Leaf:
    """A string literal."""
    return Leaf(literal(value))


def statement(prefix: str, doc: Doc, suffix: str = "", indent: str = "") -> str:
    """One statement: `prefix` (an assignment's left side, `return `), the document, `suffix` (a colon)."""
    return indent + prefix + layout(doc, indent, len(prefix), len(suffix)) + suffix


def lines_of(value: str) -> Lines:
    """`value` cut after each line end."""
    pieces = tuple(piece for piece in value.splitlines(keepends=True))
    return Lines(_only_newlines(pieces)) if pieces else Lines(("",))


def _only_newlines(pieces: tuple[str, ...]) -> tuple[str, ...]:
    """Joins what `splitlines` cut at other separators than a line feed."""
    found: list[str] = []
    for piece in pieces:
        if found and not found[-1].endswith("\n"):
            found[-1] += piece
        else:
            found.append(piece)
    return tuple(found)


def value(data: object) -> Doc:
    """A plain value (null, number, text, list, map) as Python source; a document in it stands as it is."""
    if isinstance(data, Doc):
        return data
    if isinstance(data, str):
        return text(data)
    if isinstance(data, (list, tuple)):
        return Bracket("[", tuple(map(value, data)), "]")
    if isinstance(data, dict):
        return Bracket("{", tuple(Prefixed(f"{literal(str(k))}: ", value(v)) for k, v in data.items()), "}")
    if data is None or isinstance(data, (bool, int, float)):
        return Leaf(_number(data))
    raise TypeError(f"not a plain value: {type(data).__name__}")


def _number(data: float | None) -> str:
    """`repr`, which is exact; infinities and not-a-number have no literal."""
    written = repr(data)
    return f'float("{written}")' if written in ("inf", "-inf", "nan") else written


def _lambda(params: str) -> str:
    return f"lambda {params}: " if params else "lambda: "
