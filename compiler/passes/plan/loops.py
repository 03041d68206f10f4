"""A `loop` in; its step, with the steps inside it, out.

A carried name stands, at the top of a round, for its start and for whatever the rounds before made of it: its closure
holds both. After `next` it stands for the new value alone.
"""

from __future__ import annotations

from compiler import plan
from compiler.constant import UNKNOWN
from compiler.digest import pack
from compiler.passes.plan.names import reads, written
from compiler.passes.plan.steps import Common, Steps, builds
from dsl import tree
from dsl.source import Span


@builds(tree.Loop)
def loop(steps: Steps, node: tree.Loop, common: Common) -> plan.Step:
    assert isinstance(node.over, tree.Range)
    head = pack("loop", node.name.text, *map(steps.digester.of, (node.over, *node.carries))).hex()
    outside = reads_of_head(steps, node)
    closure = steps.closure(head, outside)
    steps.remember(node.name.text, closure, outside, tree.Loop)
    for carry in node.carries:
        _carry(steps, node, carry)
    own: Common = {
        "id": common["id"],
        "title": _title(steps, node),
        "span": node.span,
        "reads": outside,
        "digest": head,
        "closure": closure,
    }
    made = plan.Loop(
        **own,
        name=node.name.text,
        over=node.over,
        rounds=_rounds(steps, node.over),
        carries=tuple(
            plan.Carry(name=carry.name.text, start=carry.start, type=steps.type_of(carry)) for carry in node.carries
        ),
        steps=tuple(steps.step(statement) for statement in node.body),
    )
    _ended(steps, node, made)
    return made


def reads_of_head(steps: Steps, node: tree.Loop) -> tuple[str, ...]:
    """What stands before the loop's body reads; its body's statements say themselves what they read."""
    parts = (node.over, *(carry.start for carry in node.carries))
    return tuple(dict.fromkeys(name for part in parts for name in reads(part, steps.model)))


def _ended(steps: Steps, node: tree.Loop, made: plan.Loop) -> None:
    """After a loop, a name of it is that of the last round: how many there are is behind it too."""
    ends = [made.closure, *(step.closure for step in made.steps if isinstance(step, plan.Until))]
    names = [carry.name.text for carry in node.carries] + [_name(statement) for statement in node.body]
    for name in dict.fromkeys(name for name in names if name is not None):
        steps.closures[name] = pack(steps.closures[name], "until", *ends).hex()


def _title(steps: Steps, node: tree.Loop) -> str:
    """The loop's own line: what stands in it has lines of its own."""
    last = node.carries[-1] if node.carries else node.over
    return written(steps.model, Span(node.span.path, node.span.start, last.span.end))


def _rounds(steps: Steps, over: tree.Range) -> int | None:
    low = steps.evaluator.evaluate(over.low)
    high = steps.evaluator.evaluate(over.high) if over.high is not None else UNKNOWN
    return max(high - low + 1, 0) if isinstance(low, int) and isinstance(high, int) else None


def _carry(steps: Steps, node: tree.Loop, carry: tree.Carry) -> None:
    """At the top of a round: the start, and every statement of the loop that a `next` of it is made from."""
    start = reads(carry.start, steps.model)
    body, outside = _made_from(steps, node, carry.name.text)
    digests = [steps.model.fingerprints[statement].data for statement in body]
    known = [steps.closures.get(name, name) for name in (*start, *outside)]
    found = pack(steps.base, steps.digester.of(carry), *digests, "from", *known).hex()
    steps.remember(carry.name.text, found, start, tree.Carry)


def _made_from(steps: Steps, node: tree.Loop, name: str) -> tuple[list[tree.Statement], list[str]]:
    """The statements in the loop that the next value of `name` comes from, and the names outside that they read."""
    inside = {carry.name.text for carry in node.carries} | {_name(statement) for statement in node.body}
    wanted, outside = {name}, dict[str, None]()
    found: set[tree.Statement] = set()
    while True:
        more = [s for s in node.body if s not in found and _name(s) in wanted]
        if not more:
            return [statement for statement in node.body if statement in found], list(outside)
        found |= set(more)
        for read in (read for statement in more for read in reads(statement, steps.model)):
            wanted.add(read) if read in inside else outside.setdefault(read)


def _name(statement: tree.Statement) -> str | None:
    name = getattr(statement, "name", None)
    return name.text if isinstance(name, tree.Name) else None


@builds(tree.Next)
def next_(steps: Steps, node: tree.Next, common: Common) -> plan.Step:
    """The old value is still there as `x.previous`, so its closure is part of the new one's."""
    before = steps.closures[node.name.text]
    common["closure"] = pack(common["closure"], "after", before).hex()
    return plan.Next(**common, name=node.name.text, value=node.value)


@builds(tree.Until)
def until(steps: Steps, node: tree.Until, common: Common) -> plan.Step:
    return plan.Until(**common, condition=node.condition)
