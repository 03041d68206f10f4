"""A line such as `@user` or `@open assistant` in; the marker it is, or what is wrong with it, out."""

from __future__ import annotations

from typing import Any

from dsl import tree
from dsl.diagnostics import nearest
from dsl.source import Span
from dsl.template_holes import Holes
from dsl.template_lines import MARKER, MARKERS
from dsl.template_pieces import Piece

_ROLES = ("user", "assistant")


def parse_marker(piece: Piece, rest: list[Piece], holes: Holes) -> tree.TemplatePart | None:
    """The marker in `piece`, with the holes of its line in `rest`; the text itself where it was never meant as one."""
    match = MARKER.match(piece.text)
    if match is None:
        raise ValueError(f"not a marker: {piece.text!r}")
    kind, argument = match["word"], match["rest"].strip()
    span = Span(holes.source.path, piece.start, (rest[-1] if rest else piece).end)
    if kind not in MARKERS:
        return _not_a_marker(kind, argument, piece, holes)
    if kind == "chat":
        return _chat(span, argument, rest, holes)
    if kind == "open" and argument in _ROLES:
        return tree.TemplateMarker(span=span, kind="open", role=_role(argument))
    if kind == "open":
        _wrong(holes, span, "`@open` needs the role that goes on", "write `@open assistant` or `@open user`")
        return None
    if argument:
        _wrong(holes, span, f"`@{kind}` stands alone on its line", "put the text on the line below")
        return None
    return tree.TemplateMarker(span=span, kind=_kind(kind))


def _kind(word: str) -> Any:
    return word


def _role(word: str) -> Any:
    return word


def _wrong(holes: Holes, span: Span, message: str, label: str) -> None:
    help_ = 'for a line of text that begins with `@`, write {{ "@" }} there'
    holes.report("E0505", message, (span.start, span.end), label, help_)


def _not_a_marker(word: str, argument: str, piece: Piece, holes: Holes) -> tree.TemplatePart | None:
    """Text, unless it stands alone and all but spells a marker."""
    span = Span(holes.source.path, piece.start, piece.end)
    meant = nearest(word, MARKERS, cutoff=0.75)
    if meant and not argument:
        _wrong(holes, span, f"there is no marker `@{word}`", f"did you mean `@{meant}`?")
        return None
    return tree.TemplateText(span=span, text=piece.text)


def _chat(span: Span, argument: str, rest: list[Piece], holes: Holes) -> tree.TemplatePart | None:
    if argument or len(rest) != 1 or rest[0].kind != "hole":
        _wrong(holes, span, "`@chat` takes the messages in one hole", "write `@chat {{ messages }}`")
        return None
    value = holes.expression("hole", rest[0].inner, "the end of the `{{ }}`")
    return tree.TemplateMarker(span=span, kind="chat", value=value) if value is not None else None
