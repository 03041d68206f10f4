"""A place and a new name in; the edits that rename what is named there everywhere, out, or why that cannot be.

A rename keeps what the project means: it is made in memory and analysed, and where any name would then stand for
another thing, or a mistake would arise, it is refused. It keeps the rows as well: a gen that is renamed keeps its
seeds by a `salt`. What cannot keep them says so in `changes`, for the one who asked to decide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compiler.queries.edited import Edited
from compiler.queries.salt import keeps, salted
from compiler.queries.subject import Key, Subject
from dsl import tree
from dsl.diagnostics import Diagnostic, Edit, Related, Severity
from dsl.source import Span

if TYPE_CHECKING:
    from compiler.analysis import Analysis

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Renaming:
    """`changes` says what of the rows would be another; `notes` who else calls it by its name, outside of the specs."""

    edits: tuple[Edit, ...]
    changes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


CHANGES = {
    "draw": "a draw is seeded by its name: other values are drawn",
    "drawn": "a role that is drawn is drawn by its name, and rows call it so: others are drawn",
    "dataset": "draws and calls are seeded by the dataset's name, and its tables are called by it",
    "mix": "the mix's table is called by its name",
    "table": "the table is called by this name in every version",
    "column": "the column is called by this name in every version, and in what reads it",
    "field": "the field is called by this name in files, in what a model is asked to answer, and in recorded answers",
    "member": "the text itself is the value, in rows, in files and in recorded answers",
}
NOTES = {
    "param": "`-p` and the profiles of synth.toml set the parameter by its name",
    "model": "the profiles of synth.toml bind the role by its name",
}


def prepare(analysis: Analysis, path: str, offset: int) -> Span | Diagnostic:
    """The name that a rename would begin from; a diagnostic where there is none that can be renamed."""
    found = analysis.index.at(path, offset)
    if found is None:
        return Diagnostic("E1201", "there is no name here", Span(path, offset, offset), help="stand on a name")
    reason = _fixed(found.subject)
    return found.span if reason is None else Diagnostic("E1201", reason, found.span)


def _fixed(subject: Subject) -> str | None:
    if subject.what == "file":
        return "a path is renamed by moving its file"
    if subject.place is None and subject.what != "model":
        return f"`{subject.name}` is built in"
    if subject.place is not None and subject.place.path.startswith("std/"):
        return f"`{subject.name}` belongs to the library `{subject.place.path}`"
    return None


def rename(
    analyses: Sequence[Analysis], path: str, offset: int, new: str, params: Mapping[str, tree.Expr] | None = None
) -> Renaming | Diagnostic:
    """`analyses` are of every spec that the name could stand in; the first one knows the file at `path`.

    `params` are those that the analyses were made with.
    """
    start = prepare(analyses[0], path, offset)
    if isinstance(start, Diagnostic):
        return start
    if not NAME.fullmatch(new):
        return Diagnostic("E1202", f"`{new}` is not a name", start, help="letters, digits and `_`, no digit first")
    found = analyses[0].index.at(path, offset)
    assert found is not None  # prepare has looked
    subject = found.subject
    if new == subject.name:
        return Renaming(())
    edited = Edited.of(_edits(analyses, subject.key, new))
    given = {new if name == subject.name else name: value for name, value in (params or {}).items()}
    problem = _unread(analyses, subject.name, start) or _broken(analyses, edited, new, start, given)
    if problem is not None:
        return problem
    note = NOTES.get(subject.what)
    return Renaming(edited.edits, _changes(analyses, subject), (note,) if note is not None else ())


def _edits(analyses: Iterable[Analysis], key: Key, new: str) -> Iterable[Edit]:
    for analysis in analyses:
        for use in analysis.index.uses(key):
            yield Edit(use.span, new)
            if use.declares and isinstance(use.subject.node, tree.Gen):
                yield from salted(analysis.model.sources[use.span.path], use.subject.node, new)


def _changes(analyses: Iterable[Analysis], subject: Subject) -> tuple[str, ...]:
    if subject.place is None:
        return ()
    for analysis in analyses:
        there = analysis.index.at(subject.place.path, subject.place.start)
        node = there.subject.node if there is not None else None
        if isinstance(node, tree.Gen) and not keeps(node):
            return ("its `salt` is no plain text: its calls are seeded by the new name",)
        if there is not None:
            found = CHANGES.get("drawn" if _is_drawn(analyses, there.subject) else there.subject.what)
            return (found,) if found is not None else ()
    return ()


def _is_drawn(analyses: Iterable[Analysis], subject: Subject) -> bool:
    """Whether it is a role that some draw may give."""
    if subject.what != "model":
        return False
    for analysis in analyses:
        draws = [node.span for node in _nodes(analysis) if isinstance(node, tree.Draw)]
        uses = [use.span for use in analysis.index.uses(subject.key)]
        if any(draw.path == use.path and draw.start <= use.start < draw.end for draw in draws for use in uses):
            return True
    return False


def _nodes(analysis: Analysis) -> Iterable[tree.Node]:
    return (node for file in analysis.model.files.values() for node in tree.walk(file))


# --- what it would break ---


def _unread(analyses: Sequence[Analysis], name: str, start: Span) -> Diagnostic | None:
    """What a statement that cannot be read names, nobody knows."""
    word = re.compile(rf"\b{name}\b")
    for analysis in analyses:
        for path, file in analysis.model.files.items():
            for span in file.broken:
                if word.search(analysis.model.sources[path].slice(span)):
                    related = (Related(span, "this cannot be read"),)
                    message = f"`{name}` stands in a statement that cannot be read"
                    return Diagnostic("E1203", message, start, related=related, help="mend the statement first")
    return None


def _broken(
    analyses: Sequence[Analysis], edited: Edited, new: str, start: Span, params: Mapping[str, tree.Expr]
) -> Diagnostic | None:
    for before in analyses:
        after = _after(before, edited, params)
        found = _mistakes(before, after, edited, new, start) or _captured(before, after, edited, new, start)
        if found is not None:
            return found
    return None


def _after(before: Analysis, edited: Edited, params: Mapping[str, tree.Expr]) -> Analysis:
    from compiler.analysis import analyse
    from compiler.catalog import MemoryCatalog

    texts = {path: source.text for path, source in before.model.sources.items()}
    made = {path: edited.text(path, texts[path]) for path in edited.by_file if path in texts}
    return analyse(before.model.root, before.catalog or MemoryCatalog(texts), params, texts=made)


def _mistakes(before: Analysis, after: Analysis, edited: Edited, new: str, start: Span) -> Diagnostic | None:
    """What is wrong afterwards and was not: a name that is taken, a keyword, a column that the file does not have."""
    known = Counter((found.code, edited.moved(found.span) if found.span else None) for found in before.diagnostics)
    for found in sorted(after.diagnostics, key=lambda one: one.severity is not Severity.ERROR):
        known[found.code, found.span] -= 1
        if known[found.code, found.span] < 0:
            return Diagnostic(
                "E1203",
                f"the name `{new}` would break this: {found.message}",
                start,
                notes=(f"{found.code} in `{found.span.path}`",) if found.span is not None else (found.code,),
                help=f"`synth explain {found.code}` says more; choose another name",
            )
    return None


def _captured(before: Analysis, after: Analysis, edited: Edited, new: str, start: Span) -> Diagnostic | None:
    """Whether any name then stands for something else."""
    wanted = {edited.moved(span): (edited.moved(place), span) for span, place in _meanings(before)}
    found = dict(_meanings(after))
    for place, (meant, span) in wanted.items():
        if found.get(place) != meant:
            return Diagnostic(
                "E1203",
                f"the name `{new}` would be mistaken for another",
                start,
                related=(Related(span, "this would come to mean something else"),),
                help="choose another name",
            )
    return None


def _meanings(analysis: Analysis) -> Iterable[tuple[Span, Span]]:
    """Each name that is declared somewhere, and where."""
    for path in analysis.model.files:
        for use in analysis.index.of_file(path):
            if use.subject.place is not None:
                yield use.span, use.subject.place
