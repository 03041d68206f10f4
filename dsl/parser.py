"""A source in; its syntax tree and every mistake in its text out. Nothing a user can type raises."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dsl import tree
from dsl.brackets import balance
from dsl.depth import MAX_DEPTH, too_deep
from dsl.diagnostics import Diagnostic, SynthError
from dsl.grammar import Misfit, derive
from dsl.lexer import Lexer, significant
from dsl.messages import unclosed, unexpected
from dsl.recovery import recover
from dsl.runs import told
from dsl.source import Source, Span
from dsl.templates import parse_template
from dsl.units import split

MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Parsed:
    """`file` holds all that could be read; `diagnostics` stand in the order of their places, long runs cut."""

    file: tree.File
    diagnostics: tuple[Diagnostic, ...]


def parse(source: Source) -> Parsed:
    """The tree of a whole file. Broken statements are cut out and reported, one message each."""
    return parse_tokens(source, Lexer(source))


def parse_tokens(source: Source, lexer: Lexer) -> Parsed:
    """As `parse`, of a source that is already read; afterwards its tokens know which words were keywords."""
    balanced = balance(lexer.tokens)
    diagnostics = lexer.diagnostics + balanced.diagnostics
    for token in balanced.tokens:
        if token.type == "TEMPLATE":
            token.template, found = parse_template(source, token)
            diagnostics += found
    recovered = recover(split(balanced.tokens))
    diagnostics += recovered.diagnostics
    file = whole_file(source, recovered.declarations, tuple(sorted(recovered.broken)), frozenset(recovered.lost))
    return Parsed(file, told(sorted(diagnostics, key=lambda d: d.sort_key), source))


def whole_file(
    source: Source, declarations: list[tree.Declaration], broken: tuple[Span, ...], lost: frozenset[str]
) -> tree.File:
    edition = next((d for d in declarations if isinstance(d, tree.Edition)), None)
    span = Span(source.path, 0, len(source.text))
    doc = edition.doc if edition else None
    return tree.File(span=span, doc=doc, declarations=tuple(declarations), broken=broken, lost=lost)


def parse_expression(text: str, path: str) -> tree.Expr:
    """One expression that stands alone, as after `--where` or `-p n=`. A mistake in it raises SynthError.

    `path` is what messages call it; its source is `Source(path, text)`.
    """
    source = Source(path, text)
    lexer = Lexer(source)
    tokens = [token for token in significant(lexer.tokens) if token.type not in ("_NL", "DOC")]
    if lexer.diagnostics:
        raise SynthError(*lexer.diagnostics)
    outcome = derive("expression", tokens)
    if isinstance(outcome, Misfit):
        mistake = unclosed(tokens, outcome.index) or unexpected(tokens, outcome, "", end="the end")
        raise SynthError(mistake)
    deep = too_deep(outcome)
    if deep is not None:
        raise SynthError(Diagnostic("E0109", "nested too deep", deep, notes=(f"at most {MAX_DEPTH} levels are read",)))
    expr: tree.Expr = outcome
    return expr


def read_source(where: Path | str | bytes, path: str | None = None) -> Source:
    """The source that a file (or its bytes) holds, its lines all ended by `\\n`. What cannot be read raises SynthError.

    `path` is what messages print; without it, the file's own path.
    """
    shown = path if path is not None else "<input>" if isinstance(where, bytes) else str(where)
    data = where if isinstance(where, bytes) else _read(Path(where), shown)
    if len(data) > MAX_BYTES:
        note = f"a spec has at most {MAX_BYTES:,} bytes"
        raise SynthError(
            Diagnostic("E0113", f"`{shown}` is too large for a spec", notes=(note,), help="put data into an input file")
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SynthError(_undecodable(data, shown, error.start)) from None
    return Source.saved(shown, text)


def _read(file: Path, shown: str) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise SynthError(Diagnostic("E0114", f"there is no file `{shown}`")) from None
    except IsADirectoryError:
        raise SynthError(Diagnostic("E0114", f"`{shown}` is a folder, not a file")) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SynthError(Diagnostic("E0114", f"`{shown}` cannot be read: {reason}")) from None


def _undecodable(data: bytes, shown: str, at: int) -> Diagnostic:
    line = data.count(b"\n", 0, at) + 1
    column = at - (data.rfind(b"\n", 0, at) + 1) + 1
    note = f"the byte 0x{data[at]:02x} at line {line}, byte {column} of that line"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        note += "; the file looks like UTF-16"
    return Diagnostic("E0112", f"`{shown}` is not UTF-8", notes=(note,), help="save the file as UTF-8")
