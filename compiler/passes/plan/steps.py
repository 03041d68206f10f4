"""A dataset's statements in; the plan's steps, each with a digest and a closure, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypedDict

from compiler import plan
from compiler.constant import UNKNOWN, Evaluator
from compiler.digest import identity, pack
from compiler.model import Model
from compiler.passes.plan.later import feature, method_name
from compiler.passes.plan.names import condition_names, reads, title
from compiler.passes.plan.prompts import arguments_of, prompt_name
from compiler.types import ANY, Record, Type
from dsl import tree
from dsl.source import Span

ATTEMPTS = 3


class Common(TypedDict):
    """What every step has."""

    id: str
    title: str
    span: Span
    reads: tuple[str, ...]
    digest: str
    closure: str


@dataclass
class Steps:
    """Builds the steps of one dataset, in order. `base` is what every closure rests on: name, seed, key."""

    model: Model
    evaluator: Evaluator
    dataset: tree.Dataset
    base: bytes
    counts: dict[str, int] = field(default_factory=dict)
    closures: dict[str, str] = field(default_factory=dict)
    behind: dict[str, frozenset[str]] = field(default_factory=dict)
    kinds: dict[str, type[tree.Statement]] = field(default_factory=dict)

    def build(self) -> tuple[plan.Step, ...]:
        return tuple(self._step(s) for s in self.dataset.body if not isinstance(s, tree.Set))

    def _step(self, node: tree.Statement) -> plan.Step:
        common = self._common(node)
        missing = feature(node, self.model)
        step = plan.Later(**common, feature=missing) if missing else BUILDERS[type(node)](self, node, common)
        name = getattr(node, "name", None)
        if isinstance(name, tree.Name) and not isinstance(node, tree.Emit):
            self._remember(name.text, step, type(node))
        return step

    def _remember(self, name: str, step: plan.Step, kind: type[tree.Statement]) -> None:
        """What later statements need to know: the closure of a name and everything it was made from."""
        self.closures[name] = step.closure
        self.kinds[name] = kind
        above = (self.behind.get(read, frozenset()) | {read} for read in step.reads)
        self.behind[name] = frozenset().union(*above)

    def _common(self, node: tree.Statement) -> Common:
        names = reads(node, self.model)
        digest = self.model.fingerprints[node].data
        closure = pack(self.base, digest, *(self.closures.get(name, name) for name in names)).hex()
        return {
            "id": self._id(node),
            "title": title(node, self.model),
            "span": node.span,
            "reads": names,
            "digest": digest,
            "closure": closure,
        }

    def _id(self, node: tree.Statement) -> str:
        kind = type(node).__name__.lower()
        if isinstance(node, tree.Emit):
            return f"emit {node.name.text if node.name else self.dataset.name.text}"
        name = getattr(node, "name", None)
        if isinstance(name, tree.Name):
            return f"{kind} {name.text}"
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return f"{kind} {self.counts[kind]}"

    def type_of(self, node: tree.Node) -> Type:
        return self.model.types.get(node, ANY)

    # --- retry ---

    def reruns(self, node: tree.Require, names: tuple[str, ...]) -> tuple[str, ...]:
        """The gen that a failed condition asks again, and every gen since that was made from it."""
        if node.otherwise is None or node.otherwise.times is None:
            return ()
        origin = node.otherwise.origin.text if node.otherwise.origin else self._last_gen(names)
        gens = [name for name, kind in self.kinds.items() if kind is tree.Gen]
        return tuple(name for name in gens if name == origin or origin in self.behind[name])

    def _last_gen(self, names: tuple[str, ...]) -> str:
        """The last gen the condition depends on: those it names, directly or through a `let`."""
        near = set(names)
        for name in reversed(self.kinds):
            if name in near and self.kinds[name] is tree.Let:
                near |= {read for read in self.behind[name] if not self._through_gen(name, read)}
        gens = [name for name, kind in self.kinds.items() if kind is tree.Gen and name in near]
        return gens[-1] if gens else ""

    def _through_gen(self, name: str, read: str) -> bool:
        """Whether `read` stands behind `name` only as something that a gen between them was made from."""
        between = self.behind[name]
        return any(self.kinds.get(gen) is tree.Gen and read in self.behind[gen] for gen in between)


Builder = Callable[["Steps", tree.Statement, Common], plan.Step]


def _axis(steps: Steps, node: tree.Statement, common: Common) -> plan.Step:
    assert isinstance(node, tree.Each)
    from_source = node.kind == "from" and isinstance(node.over, tree.Ref)
    source = node.over.name if from_source and isinstance(node.over, tree.Ref) else None
    values = None if from_source else node.over
    return plan.Axis(**common, name=node.name.text, source=source, values=values, type=steps.type_of(node))


def _draw(steps: Steps, node: tree.Statement, common: Common) -> plan.Step:
    assert isinstance(node, tree.Draw)
    return plan.Draw(**common, name=node.name.text, distribution=node.distribution, type=steps.type_of(node))


def _let(steps: Steps, node: tree.Statement, common: Common) -> plan.Step:
    assert isinstance(node, tree.Let)
    return plan.Let(**common, name=node.name.text, value=node.value, type=steps.type_of(node))


def _gen(steps: Steps, node: tree.Statement, common: Common) -> plan.Step:
    assert isinstance(node, tree.Gen)
    lifted = steps.model.lifted.get(node, ())
    return plan.Gen(
        **common,
        name=node.name.text,
        prompt=prompt_name(node, steps.model),
        arguments=arguments_of(node, steps.model),
        role=node.role.text,
        settings=tuple(s for s in node.settings if s.name.text not in ("attempts", "salt")),
        type=steps.type_of(node),
        times=node.times,
        fors=node.fors,
        condition=node.condition,
        attempts=_attempts(steps, node),
        salt=identity(node),
        lifted=tuple(condition for condition in lifted if isinstance(condition, tree.Expr)),
    )


def _attempts(steps: Steps, node: tree.Gen) -> int:
    for setting in node.settings:
        if setting.name.text == "attempts":
            value = steps.evaluator.evaluate(setting.value)
            return value if isinstance(value, int) else ATTEMPTS
    return ATTEMPTS


def _require(steps: Steps, node: tree.Statement, common: Common) -> plan.Step:
    assert isinstance(node, tree.Require)
    names = condition_names(node.condition, steps.model)
    times = (node.otherwise.times or 0) if node.otherwise else 0
    direct = reads(node.condition, steps.model)
    reruns = steps.reruns(node, direct)
    return plan.Require(**common, condition=node.condition, names=names, times=times, reruns=reruns)


def _filter(steps: Steps, node: tree.Statement, common: Common) -> plan.Step:
    assert isinstance(node, tree.Filter)
    return plan.Filter(**common, condition=node.condition, names=condition_names(node.condition, steps.model))


def _flag(steps: Steps, node: tree.Statement, common: Common) -> plan.Step:
    assert isinstance(node, tree.Flag)
    return plan.Flag(**common, value=node.value, condition=node.condition)


def _dedup(steps: Steps, node: tree.Statement, common: Common) -> plan.Step:
    assert isinstance(node, tree.Dedup)
    args = node.method.args if isinstance(node.method, tree.Call) else ()
    value = steps.evaluator.evaluate(args[0].value) if args else UNKNOWN
    threshold = float(value) if isinstance(value, int | float) else None
    names = condition_names(node.value, steps.model)
    return plan.Dedup(**common, value=node.value, method=method_name(node.method), threshold=threshold, names=names)


def _emit(steps: Steps, node: tree.Statement, common: Common) -> plan.Step:
    assert isinstance(node, tree.Emit)
    return plan.Emit(
        **common,
        table=node.name.text if node.name else steps.dataset.name.text,
        kind=node.kind.text if node.kind else None,
        columns=tuple(column for entry in node.columns for column in _columns(steps, entry)),
        split=node.split,
        fors=node.fors,
    )


def _columns(steps: Steps, entry: tree.Setting | tree.Spread | tree.Entry) -> list[plan.Column]:
    """One column, or those of a spread record."""
    if isinstance(entry, tree.Spread):
        kind = steps.type_of(entry.value)
        while not isinstance(kind, Record) and hasattr(kind, "base"):
            kind = kind.base
        fields = kind.fields if isinstance(kind, Record) else ()
        return [plan.Column(name=item.name, type=item.type, value=None, spread=entry.value) for item in fields]
    name = entry.name.text if isinstance(entry, tree.Setting) else entry.key
    return [plan.Column(name=name, type=steps.type_of(entry.value), value=entry.value)]


def _audit(steps: Steps, node: tree.Statement, common: Common) -> plan.Step:
    assert isinstance(node, tree.Audit)
    return plan.Audit(**common, condition=node.condition)


BUILDERS: Mapping[type[tree.Statement], Builder] = {
    tree.Each: _axis,
    tree.Draw: _draw,
    tree.Let: _let,
    tree.Gen: _gen,
    tree.Require: _require,
    tree.Filter: _filter,
    tree.Flag: _flag,
    tree.Dedup: _dedup,
    tree.Emit: _emit,
    tree.Audit: _audit,
}
