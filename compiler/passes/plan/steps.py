"""A dataset's statements in; the plan's steps, each with a digest and a closure, out.

What a statement becomes is said by its builder (`@builds(tree.Let)`); here is what all steps share: ids, what they
read, and closures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypedDict, TypeVar

from compiler import plan
from compiler.constant import Evaluator
from compiler.digest import Digester, pack
from compiler.model import Model
from compiler.passes.plan.names import reads, title
from compiler.types import ANY, Type
from dsl import tree
from dsl.source import Span


class Common(TypedDict):
    """What every step has."""

    id: str
    title: str
    span: Span
    reads: tuple[str, ...]
    digest: str
    closure: str


Builder = Callable[["Steps", Any, Common], plan.Step]
B = TypeVar("B", bound=Builder)
BUILDERS: dict[type[tree.Statement], Builder] = {}


def builds(kind: type[tree.Statement]) -> Callable[[B], B]:
    def register(function: B) -> B:
        BUILDERS[kind] = function
        return function

    return register


@dataclass
class Steps:
    """Builds the steps of one dataset, in order. `base` is what every closure rests on: name, seed, key.

    `closures` and `behind` are of what a name stands for at this place: a carried one gets new ones at `next`.
    """

    model: Model
    evaluator: Evaluator
    digester: Digester
    dataset: tree.Dataset
    base: bytes
    counts: dict[str, int] = field(default_factory=dict)
    closures: dict[str, str] = field(default_factory=dict)
    behind: dict[str, frozenset[str]] = field(default_factory=dict)
    kinds: dict[str, type[tree.Node]] = field(default_factory=dict)

    def build(self) -> tuple[plan.Step, ...]:
        return tuple(self.step(s) for s in self.dataset.body if not isinstance(s, tree.Set))

    def step(self, node: tree.Statement) -> plan.Step:
        common = self.common(node)
        step = BUILDERS[type(node)](self, node, common)
        name = getattr(node, "name", None)
        if isinstance(name, tree.Name) and not isinstance(node, tree.Emit | tree.Loop):
            self.remember(name.text, step.closure, step.reads, type(node))
        return step

    def remember(self, name: str, closure: str, read: Iterable[str], kind: type[tree.Node]) -> None:
        """What later statements need to know: the closure of a name and everything it was made from."""
        self.closures[name] = closure
        self.kinds.pop(name, None)
        self.kinds[name] = kind
        above = (self.behind.get(other, frozenset()) | {other} for other in read)
        self.behind[name] = frozenset().union(*above)

    def common(self, node: tree.Statement) -> Common:
        names = reads(node, self.model)
        digest = self.model.fingerprints[node].data
        return {
            "id": self._id(node),
            "title": title(node, self.model),
            "span": node.span,
            "reads": names,
            "digest": digest,
            "closure": self.closure(digest, names),
        }

    def closure(self, digest: str | bytes, names: Iterable[str]) -> str:
        return pack(self.base, digest, *(self.closures.get(name, name) for name in names)).hex()

    def _id(self, node: tree.Statement) -> str:
        kind = type(node).__name__.lower()
        if isinstance(node, tree.Emit):
            return f"emit {node.name.text if node.name else self.dataset.name.text}"
        name = getattr(node, "name", None)
        if isinstance(name, tree.Name):
            return self._told_apart(f"{kind} {name.text}")
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return f"{kind} {self.counts[kind]}"

    def _told_apart(self, name: str) -> str:
        """A second `next` of the same name in one round has a number."""
        self.counts[name] = self.counts.get(name, 0) + 1
        return name if self.counts[name] == 1 else f"{name} {self.counts[name]}"

    def type_of(self, node: tree.Node) -> Type:
        return self.model.types.get(node, ANY)
