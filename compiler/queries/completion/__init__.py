"""An analysis and a place in a file in; what could follow there, the likeliest first, out.

The grammar's tables say which kinds of words can stand at the place (`dsl.placeholder`), the passes which names (they
run once more, over a spec with a name of ours put in there), and the place itself which of them mean something.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from compiler.analysis import Analysis
from compiler.prelude import OF_FILES, OF_PATHS
from compiler.queries.completion.asked import Asked, ask
from compiler.queries.completion.blocks import entry_items, setting_items, statement_settings
from compiler.queries.completion.declared import name_items, type_items
from compiler.queries.completion.elsewhere import file_items, import_items, path_items
from compiler.queries.completion.markup import markup_items
from compiler.queries.completion.members import filter_items, member_items
from compiler.queries.completion.model import Completions, Item, Names, Nowhere, Rank
from compiler.queries.completion.values import text_items, value_items
from compiler.queries.completion.words import head_items, inner_items
from dsl import tree
from dsl.placeholder import HERE
from dsl.source import Span

__all__ = ["Completions", "Item", "Names", "Rank", "completions"]


def completions(analysis: Analysis, path: str, offset: int, names: Names | None = None) -> Completions:
    asked = ask(analysis, path, offset, names or Nowhere())
    if asked is None:
        return Completions(Span(path, offset, offset), ())
    return Completions(asked.placeholder.span, tuple(_shortened(asked, item) for item in _ordered(_items(asked))))


def _shortened(asked: Asked, item: Item) -> Item:
    """Brackets and clauses that stand there already are not written again."""
    end = asked.placeholder.span.end
    line = asked.source.text[end : asked.source.text.find("\n", end) % (len(asked.source.text) + 1)].lstrip()
    called = item.snippet and item.insert.startswith(f"{item.label}(") and line.startswith("(")
    begun = item.sort == "keyword" and item.snippet and line and line[0] not in "})%"
    assigned = item.insert.endswith(" = ") and line.startswith("=")
    return replace(item, insert="", snippet=False) if called or begun or assigned else item


def _ordered(items: Iterable[Item]) -> tuple[Item, ...]:
    """Each label once, where it fits best."""
    best: dict[str, Item] = {}
    for item in items:
        known = best.get(item.label)
        if known is None or item.rank < known.rank:
            best[item.label] = item
    return tuple(sorted(best.values(), key=lambda item: item.rank))


def _items(asked: Asked) -> Iterator[Item]:
    placeholder = asked.placeholder
    if placeholder.inside in ("text", "tag"):
        yield from markup_items(asked)
    elif placeholder.inside == "string":
        yield from _in_text(asked)
    elif placeholder.heads and placeholder.heads[-1] == HERE:
        yield from _at_head(asked)
    elif not placeholder.heads and not asked.nodes:
        yield from head_items(placeholder.follows)
    elif "NAME" not in placeholder.follows:
        yield from inner_items(placeholder.follows)
    elif asked.node is not None:
        yield from _in_statement(asked, asked.node)


def _at_head(asked: Asked) -> Iterator[Item]:
    """Where a declaration or a statement begins, or one of the lines of a record, a criteria or a judge."""
    yield from head_items(asked.placeholder.follows)
    if asked.placeholder.heads[-2:-1] == ("dataset",):
        dataset = asked.around(tree.Dataset)
        taken = [one.name.text for one in dataset.body if isinstance(one, tree.Set)] if dataset is not None else []
        yield from statement_settings(taken)


def _in_statement(asked: Asked, node: tree.Node) -> Iterator[Item]:
    parent = asked.parent
    if isinstance(node, tree.Ref):
        yield from value_items(asked)
    elif isinstance(node, tree.TypeName):
        yield from type_items(asked)
    elif isinstance(node, tree.Entry):
        yield from entry_items(asked)
    elif isinstance(parent, tree.Attr):
        yield from member_items(asked, parent.base)
    elif isinstance(parent, tree.Filtered):
        yield from filter_items(asked, parent)
    elif isinstance(parent, tree.Setting):
        yield from setting_items(asked)
    elif isinstance(parent, tree.Import):
        yield from import_items(asked, parent)
    else:
        yield from name_items(asked)
        yield from inner_items(asked.placeholder.follows, Rank.FILE)


def _in_text(asked: Asked) -> Iterator[Item]:
    if isinstance(asked.node, tree.Import):
        yield from path_items(asked)
        return
    call = asked.around(tree.Call)
    arg = asked.parent
    if isinstance(arg, tree.Arg) and call is not None and getattr(call.callee, "name", "") in OF_FILES | OF_PATHS:
        yield from file_items(asked)
    yield from text_items(asked)
