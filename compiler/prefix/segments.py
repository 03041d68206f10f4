"""A dataset's plan in; the prompt of each of its gens and judges as segments, in the order they stand in, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from compiler import plan
from compiler.constant import UNKNOWN, Evaluator
from compiler.model import Model
from compiler.prefix.model import MARKER, Prefix, Segment, tokens_of
from compiler.prefix.rendering import Rendering
from compiler.prefix.roots import ELEMENT, NOTHING, Roots
from compiler.prefix.typical import ELEMENTS, typical
from compiler.prefix.uses import Given, uses
from compiler.types import ANY, List
from dsl import tree

OPENS = frozenset({"system", "user", "assistant", "open"})
ASKS = {"bool": "Answer yes or no.", "scale": "Answer with one number.", "score": "Is it a good one?"}
"""What synth says behind a judge's own text; about as long as that."""


def prefixes(dataset: plan.DatasetPlan, model: Model, evaluator: Evaluator) -> tuple[Prefix, ...]:
    """In the order in which a row comes to them; a judge that is asked with other arguments stands once for each."""
    prompts = {prompt.name: prompt.node for prompt in dataset.prompts}
    known = Rendering(model, evaluator)
    gens = [_gen(step, prompts[step.prompt], known) for step in dataset.of(plan.Gen)]
    judges = [_judge(judge, given, known) for judge in dataset.judges for given in uses(dataset, judge, model)]
    return (*gens, *judges)


def _gen(step: plan.Gen, owner: tree.Prompt | tree.Gen | tree.Judge, known: Rendering) -> Prefix:
    pieces = _Pieces.of(owner, step.arguments, known)
    times = known.value(step.times) if step.times is not None else 1
    return Prefix(
        cell=step.name,
        prompt=step.prompt,
        segments=pieces.made(),
        owner=owner,
        given=step.arguments,
        asks=times if isinstance(times, int) and times > 0 else ELEMENTS,
    )


def _judge(judge: plan.JudgePlan, given: Given, known: Rendering) -> Prefix:
    """Each point is a question of its own, as the last line; it is not for a person to move."""
    own = " ".join(text for text, _ in judge.points)
    tokens = tokens_of(own) if judge.kind == "scale" else tokens_of(own) // max(1, len(judge.points))
    last = Segment(
        text="the question", varies=NOTHING, tokens=tokens + tokens_of(ASKS.get(judge.kind, ASKS["bool"])), known=True
    )
    if judge.kind == "points":
        last = Segment(text="each point", varies=frozenset({judge.name}), tokens=last.tokens, known=True)
    segments = (*_Pieces.of(judge.node, given, known).made(), last)
    asks = len(judge.points) if judge.kind == "points" else 1
    return Prefix(
        cell=judge.name, prompt=judge.name, segments=segments, owner=judge.node, given=given, asks=max(1, asks)
    )


def bound(owner: tree.Prompt | tree.Gen | tree.Judge, given: Given, known: Rendering) -> Rendering:
    """With the parameters' values, as far as they are known."""
    params = () if isinstance(owner, tree.Gen) else owner.params
    symbols = {param.name.text: known.model.symbols[param] for param in params}
    values = {symbols[name]: known.value(node) for name, node in given if name in symbols}
    return known.knowing({symbol: value for symbol, value in values.items() if value is not UNKNOWN})


@dataclass(frozen=True)
class _Pieces:
    """One template's: `roots` knows what its names vary with, `known` what is known before any row."""

    template: tree.Template
    roots: Roots
    known: Rendering

    @classmethod
    def of(cls, owner: tree.Prompt | tree.Gen | tree.Judge, given: Given, known: Rendering) -> _Pieces:
        assert owner.template is not None
        roots = Roots(known.model, element=ELEMENT)
        symbols = {} if isinstance(owner, tree.Gen) else {p.name.text: known.model.symbols[p] for p in owner.params}
        names = {symbols[name]: roots.of(node) for name, node in given if name in symbols}
        return cls(owner.template, roots.inside(names), bound(owner, given, known))

    def made(self) -> tuple[Segment, ...]:
        """Without a marker the whole is one message."""
        parts = self.template.parts
        opened = [part for part in parts if isinstance(part, tree.TemplateMarker) and part.kind in {*OPENS, "raw"}]
        found = tuple(self._segments(parts))
        return found if opened else (Segment(text="@user", varies=NOTHING, tokens=MARKER, known=True), *found)

    def _segments(self, parts: Iterable[tree.TemplatePart]) -> Iterator[Segment]:
        for part in parts:
            match part:
                case tree.TemplateText(text=text):
                    if text.strip():
                        yield self._segment(part, text, NOTHING)
                case tree.TemplateMarker(kind="chat", value=tree.Expr() as value):
                    yield self._segment(part, f"@chat {self._written(value)}", self.roots.of(value))
                case tree.TemplateMarker(kind=kind):
                    if kind in OPENS:
                        yield Segment(text=f"@{kind}", varies=NOTHING, tokens=MARKER, known=True, part=part)
                case tree.TemplateHole(value=value):
                    yield self._segment(part, self._written(part), self.roots.of(value))
                case tree.TemplateIf():
                    yield from self._if(part)
                case tree.TemplateFor():
                    head = f"{{% for {part.target.text} in {self._written(part.iterable)} %}}"
                    yield self._segment(part, head, self._within((part,), self.roots))

    def _if(self, part: tree.TemplateIf) -> Iterator[Segment]:
        """A condition on constants is decided here; else what it says varies with it."""
        for branch in part.branches:
            holds = True if branch.condition is None else self.known.value(branch.condition)
            if holds is UNKNOWN:
                head = branch.condition if branch.condition is not None else part
                yield self._segment(part, f"{{% if {self._written(head)} %}}", self._within((part,), self.roots))
                return
            if holds:
                yield from self._segments(branch.body)
                return

    def _within(self, parts: Iterable[tree.TemplatePart], roots: Roots) -> frozenset[str]:
        """What everything in there varies with; a loop's element, with what it is looped over."""
        found = set[str]()
        for part in parts:
            match part:
                case tree.TemplateHole(value=value) | tree.TemplateMarker(value=tree.Expr() as value):
                    found |= roots.of(value)
                case tree.TemplateIf(branches=branches):
                    for branch in branches:
                        found |= roots.of(branch.condition) if branch.condition is not None else NOTHING
                        found |= self._within(branch.body, roots)
                case tree.TemplateFor():
                    over = roots.of(part.iterable)
                    inner = roots.inside({self.known.model.symbols[part.target]: over})
                    found |= over | self._within(part.body, inner) | self._within(part.otherwise, roots)
        return frozenset(found)

    def _segment(self, part: tree.TemplatePart, text: str, varies: frozenset[str]) -> Segment:
        rendered = self.known.text((part,))
        tokens = (
            guessed(part, self.known) if rendered is None else tokens_of(rendered.strip()) + markers(part, self.known)
        )
        return Segment(text=text, varies=varies, tokens=tokens, known=rendered is not None, part=part, span=part.span)

    def _written(self, node: tree.Node) -> str:
        return " ".join(self.known.model.sources[node.span.path].slice(node.span).split())


def guessed(part: tree.TemplatePart, known: Rendering) -> int:
    """What is not known before a row, by its type."""
    match part:
        case tree.TemplateText(text=text):
            return tokens_of(text)
        case tree.TemplateHole(value=value) | tree.TemplateMarker(value=tree.Expr() as value):
            return typical(known.model.types.get(value, ANY))
        case tree.TemplateMarker():
            return MARKER
        case tree.TemplateIf(branches=branches):
            return sum(guessed(inner, known) for branch in branches for inner in branch.body) // len(branches)
        case tree.TemplateFor(iterable=iterable, body=body):
            return rounds(iterable, known) * sum(guessed(inner, known) for inner in body)
    return 0


def rounds(iterable: tree.Expr, known: Rendering) -> int:
    kind = known.model.types.get(iterable, ANY)
    length = kind.length if isinstance(kind, List) else None
    return ELEMENTS if length is None else length


def markers(part: tree.TemplatePart, known: Rendering) -> int:
    """Tokens of the messages that a loop opens each time round."""
    if not isinstance(part, tree.TemplateFor):
        return 0
    values = known.value(part.iterable)
    each = sum(isinstance(inner, tree.TemplateMarker) and inner.kind in OPENS for inner in part.body)
    return MARKER * each * (len(values) if isinstance(values, list | tuple) else ELEMENTS)
