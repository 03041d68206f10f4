"""What the passes are given besides the model: the catalogue, the caller's parameters, and where mistakes go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from compiler.catalog import Catalog
from compiler.probe import Probe
from dsl import tree
from dsl.diagnostics import Diagnostic, Related
from dsl.parser import Parsed
from dsl.source import Source, Span


@dataclass(frozen=True, slots=True)
class Context:
    """`params` are the caller's values (`-p n=100`) as expressions; `diagnostics` grows as passes find mistakes.

    `parse` reads a file, where the caller knows a shorter way than from its first character. `probe` notes what is
    known at a place, where someone asks.
    """

    catalog: Catalog
    params: Mapping[str, tree.Expr] = field(default_factory=dict)
    seed: int | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    parse: Callable[[Source], Parsed] | None = None
    probe: Probe | None = None

    def report(
        self,
        code: str,
        message: str,
        span: Span | None,
        *,
        label: str = "",
        related: tuple[Related, ...] = (),
        notes: tuple[str, ...] = (),
        help: str | None = None,  # noqa: A002 - the field's own name in Diagnostic
    ) -> None:
        self.diagnostics.append(Diagnostic(code, message, span, label, related, notes, help))

    @property
    def failed(self) -> bool:
        return any(diagnostic.severity.value == "error" for diagnostic in self.diagnostics)
