"""What stands in a `test`; and a whole file."""

from __future__ import annotations

from dataclasses import dataclass, field

from dsl.source import Span
from dsl.tree.base import Name, Node
from dsl.tree.declarations import Declaration
from dsl.tree.expressions import Expr
from dsl.tree.shared import Doc
from dsl.tree.statements import Statement


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Given(Statement):
    name: Name
    value: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Mock(Statement):
    name: Name
    value: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class ExpectRow(Statement):
    """`expect kept` (`dropped_by` is None) or `expect dropped by name`."""

    dropped_by: Expr | None


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class ExpectThat(Statement):
    condition: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Test(Declaration):
    title: str
    title_span: Span = field(repr=False)
    dataset: Name | None
    body: tuple[Statement, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class File(Node):
    """One parsed file. `broken` holds the spans of statements that were cut out after a mistake in them or read as far
    as that could be mended, `lost` the names that the former would have declared, an empty one where it cannot be told
    which: an unknown name among them is no second mistake."""

    doc: Doc | None
    declarations: tuple[Declaration, ...]
    broken: tuple[Span, ...] = ()
    lost: frozenset[str] = frozenset()
