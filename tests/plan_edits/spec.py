"""A random generator in; a spec of several statements with its inputs, and random edits of it, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any

NEEDS: Mapping[str, tuple[str, ...]] = {
    "note": (),
    "q": (),
    "facts": (),
    "label": ("q",),
    "shade": ("label",),
    "short": ("q",),
    "good": ("q",),
    "sure": ("q",),
    "drafts": ("q",),
    "best": ("drafts",),
    "reply": ("best",),
    "claims": ("drafts",),
    "fine": ("claims",),
    "loop": ("note",),
    "after": ("loop",),
    "rounded": ("loop",),
    "some": ("q",),
    "topical": (),
    "of_fact": ("facts",),
    "items": ("note",),
    "item": ("items",),
    "useful": ("note",),
    "same": ("note",),
    "likely": ("q",),
    "clear": ("note",),
    "flagged": ("q",),
    "picked": ("note",),
}
"""What each statement may be written behind."""
STATEMENTS: Mapping[str, str] = {
    "note": 'gen note: str with writer {{ temperature = {warm} }} """\n    Note {w}: {{{{ page.text }}}}\n  """',
    "q": 'gen q: str with writer {{ max_tokens = {most} }} """\n    Ask {w} about {{{{ page.text }}}} as '
    '{{{{ reader }}}}, {{{{ tone }}}}; {{{{ rules | join(", ") }}}}\n  """',
    "facts": 'gen facts: Fact with writer """\n    Facts {w} of {{{{ page.text }}}}\n  """',
    "label": 'gen label: "red" | "green" | "blue" with writer """\n    Label {w}: {{{{ q }}}}\n  """',
    "shade": 'gen shade: str with writer """\n    Shade {w} of {{{{ label }}}}\n  """',
    "short": "require words(q) > {low} else retry {retries}",
    "good": "filter good(q).p > {share}",
    "sure": "require good(q) and clear(q) else retry {retries} from q",
    "drafts": 'gen drafts: str with writer times {times} """\n    Draft {w}: {{{{ q }}}}\n  """',
    "best": "let best = drafts.best(by = good(it).p)",
    "reply": 'gen reply: str with writer """\n    Reply {w}: {{{{ best }}}}\n  """',
    "claims": 'gen claims: str with writer """\n    Claim {w}: {{{{ draft }}}}\n  """ for draft in drafts',
    "fine": "filter claims.any(words(it) > {low} and clear(it))",
    "loop": 'loop i in 1..{rounds} carry said: str = "" {{\n    gen more: str with writer """\n      More {w}: '
    '{{{{ note }}}} {{{{ said }}}}\n    """\n    next said = more\n    until words(said) > {low}\n  }}',
    "after": 'gen after: str with writer """\n    After {w}: {{{{ said }}}}\n  """',
    "rounded": "require words(said) > {low} else retry {retries}",
    "some": 'gen some: str? with writer """\n    Some {w}: {{{{ page.text }}}}\n  """ when words(q) > {low}',
    "topical": 'gen topical: str? with writer """\n    Topic {w}: {{{{ page.text }}}}\n  """ when page.n > {few}',
    "of_fact": 'gen of_fact: str with writer """\n    Of {w}: {{{{ facts.text }}}} {{{{ facts.kind }}}}\n  """',
    "items": 'gen items: str[] with writer """\n    Items {w}: {{{{ note }}}}\n  """',
    "item": 'gen one: str with writer """\n    Item {w}: {{{{ item }}}}\n  """ for item in items',
    "useful": "filter useful(note) >= {few}",
    "same": "dedup note by {method}",
    "likely": "dedup q by exact",
    "clear": "filter clear(note) or words(note) > {low}",
    "flagged": "flag q when not clear(q)",
    "picked": "select {times} by len(note)",
}
RANGES = {"filter", "require", "until", "dedup", "target", "when ", "select", "facts", "items", "label"}
"""A spec without any of these has nothing that hangs on an answer, so its calls are known exactly."""


@dataclass
class Made:
    """One spec. `numbers` are the values that stand in a statement, by its name."""

    chosen: list[str]
    numbers: dict[str, dict[str, Any]]
    pages: list[dict[str, Any]]
    readers: list[dict[str, Any]]
    takes: int = 1
    tones: int = 60
    criteria: list[str] = field(default_factory=lambda: ["short", "kind", "plain"])
    target: int | None = None
    each: bool = False
    seed: int = 0
    threshold: float = 0.5
    points: int = 2
    warm: float = 0.7
    columns: int = 1
    comment: str = ""

    @property
    def text(self) -> str:
        lines = [STATEMENTS[name].format(**self.numbers[name]) for name in self.chosen]
        target = "" if self.target is None else f"  target = {self.target}{' per page.topic' if self.each else ''}\n"
        shown = [name for name in ("note", "q", "label") if name in self.chosen][: self.columns]
        columns = ", ".join(f"{name} = {name}" for name in ["id", *shown]).replace("id = id", "id = page.id")
        criteria = "".join(f'  "{one}"\n' for one in self.criteria)
        points = "".join(f'  +{worth} "Is it point {worth}?"\n' for worth in range(1, self.points + 1))
        body = "".join(f"  {line}\n" for line in lines)
        return HEAD.format(
            comment=self.comment, criteria=criteria, points=points, threshold=self.threshold, warm=self.warm
        ) + (
            f"dataset rows {{\n{target}  seed = {self.seed}\n  each page from pages\n  each take in 1..{self.takes}\n"
            f"  draw reader ~ readers\n  draw tone ~ weighted {{dry: {self.tones}%, warm: {100 - self.tones}%}}\n"
            f"  draw rules ~ asks(page).pick(2)\n{body}  emit {{ {columns} }}\n}}\n"
        )


HEAD = '''edition 1
# {comment}
record Page {{
  id: str
  text: str
  topic: "a" | "b"
  n: int
}}
record Fact {{
  text: str where words(text) > 4
  kind: "x" | "y"
}}
input pages: Page = jsonl("pages.jsonl") {{ key = id }}
personas readers = jsonl("readers.jsonl") {{ key = id }}
model writer {{ temperature = {warm} }}
criteria asks(page: Page) {{
{criteria}}}
judge good(t: str) -> bool by critic """
  Is it good? {{{{ t }}}}
""" {{ threshold = {threshold} }}
judge clear(t: str) -> bool by critic """
  Is it clear? {{{{ t }}}}
"""
judge useful(t: str) -> points by critic """
  {{{{ t }}}}
""" {{
{points}}}
'''


def made(random: Random) -> Made:
    names = random.sample([*NEEDS], random.randint(3, 8))
    found = Made(
        [], {}, [page(random, number) for number in range(random.randint(2, 7))], readers(random.randint(2, 5))
    )
    for name in names:
        _add(found, name, random)
    if not any(STATEMENTS[name].startswith("gen") for name in found.chosen):
        _add(found, "note", random)
    found.takes = random.randint(1, 3)
    found.target = random.choice([None, None, random.randint(1, 8)])
    found.each = random.random() < 0.4
    _settle(found)
    return found


def page(random: Random, number: int) -> dict[str, Any]:
    text = f"Page {number} says {random.randint(0, 3)}."
    return {"id": f"p{number:02}", "text": text, "topic": random.choice("ab"), "n": random.randint(1, 4)}


def readers(count: int) -> list[dict[str, Any]]:
    return [{"id": f"r{number}", "text": f"a reader of kind {number}"} for number in range(count)]


def _add(found: Made, name: str, random: Random) -> None:
    """The statement behind all that it needs."""
    if name in found.chosen:
        return
    for need in NEEDS[name]:
        _add(found, need, random)
    first = max((found.chosen.index(need) + 1 for need in NEEDS[name]), default=0)
    last = min((place for place, other in enumerate(found.chosen) if name in NEEDS[other]), default=len(found.chosen))
    found.chosen.insert(random.randint(first, max(first, last)), name)
    found.numbers[name] = {
        "w": random.randint(0, 9),
        "low": random.choice([4, 8, 12, 20]),
        "few": random.randint(1, 3),
        "share": random.choice([0.2, 0.5, 0.8]),
        "retries": random.randint(1, 3),
        "times": random.randint(2, 4),
        "rounds": random.randint(1, 3),
        "warm": random.choice([0.0, 0.5, 1.0]),
        "most": random.choice([100, 120]),
        "method": random.choice(["exact", "minhash(0.8)"]),
    }


def _settle(found: Made) -> None:
    """Statements that do not go together: `select` and a target; a retry does not reach back across a `dedup`."""
    if "picked" in found.chosen:
        found.target = None
        found.chosen.sort(key=lambda name: name == "picked")
    for retry, gen in (("short", "q"), ("sure", "q"), ("rounded", "loop")):
        if retry in found.chosen:
            place = found.chosen.index(retry)
            between = found.chosen[found.chosen.index(gen) : place]
            found.chosen[:place] = [name for name in found.chosen[:place] if name not in ("same", "likely")]
            found.chosen += [name for name in between if name in ("same", "likely")]
            found.chosen += [name for name in ("same", "likely") if name in found.numbers and name not in found.chosen]
    found.chosen.sort(key=lambda name: name == "picked")


def _behind(found: Made, name: str) -> list[str]:
    return [other for other in found.chosen if name in NEEDS[other]]


# --- edits -----------------------------------------------------------------------------------------------------------


def words(found: Made, random: Random) -> None:
    name = random.choice([one for one in found.chosen if "{w}" in STATEMENTS[one]])
    found.numbers[name]["w"] += random.randint(1, 9)


def number(found: Made, random: Random) -> None:
    name = random.choice(found.chosen)
    numbers = found.numbers[name]
    for key, choices in (
        ("low", [2, 4, 8, 12, 20, 30]),
        ("few", [0, 1, 2, 3]),
        ("share", [0.1, 0.4, 0.6, 0.9]),
        ("retries", [1, 2, 3, 4]),
        ("times", [1, 2, 3, 4, 5]),
        ("rounds", [1, 2, 3, 4]),
        ("warm", [0.0, 0.5, 0.9]),
        ("most", [90, 100, 120]),
        ("method", ["exact", "minhash(0.7)"]),
    ):
        if f"{{{key}}}" in STATEMENTS[name]:
            numbers[key] = random.choice(choices)


def threshold(found: Made, random: Random) -> None:
    found.threshold = random.choice([0.3, 0.5, 0.7])


def row_added(found: Made, random: Random) -> None:
    fresh = page(random, 90 + random.randint(0, 9))
    if fresh["id"] not in {one["id"] for one in found.pages}:
        found.pages.insert(random.randint(0, len(found.pages)), fresh)


def row_removed(found: Made, random: Random) -> None:
    if len(found.pages) > 1:
        found.pages.pop(random.randrange(len(found.pages)))


def row_edited(found: Made, random: Random) -> None:
    chosen = random.choice(found.pages)
    chosen[random.choice(["text", "topic", "n"])] = None
    fresh = page(random, 50)
    chosen.update({name: fresh[name] for name, value in chosen.items() if value is None})


def reader_added(found: Made, random: Random) -> None:
    found.readers = readers(len(found.readers) + 1)


def reader_removed(found: Made, random: Random) -> None:
    found.readers = found.readers[:-1] if len(found.readers) > 1 else found.readers


def tones(found: Made, random: Random) -> None:
    found.tones = random.choice([20, 50, 60, 90])


def criteria(found: Made, random: Random) -> None:
    if len(found.criteria) > 2 and random.random() < 0.5:
        found.criteria = found.criteria[1:]
    else:
        found.criteria = [*found.criteria, f"extra {random.randint(0, 99)}"]


def target(found: Made, random: Random) -> None:
    found.target = random.choice([None, 1, 3, 5, 9])


def groups(found: Made, random: Random) -> None:
    found.each = not found.each


def takes(found: Made, random: Random) -> None:
    found.takes = random.randint(1, 4)


def seed(found: Made, random: Random) -> None:
    found.seed = random.randint(0, 2)


def warmth(found: Made, random: Random) -> None:
    found.warm = random.choice([0.0, 0.7, 0.8])


def points(found: Made, random: Random) -> None:
    found.points = random.randint(1, 4)


def columns(found: Made, random: Random) -> None:
    found.columns = random.randint(0, 3)


def comment(found: Made, random: Random) -> None:
    found.comment = f"words {random.randint(0, 999)}"


def step_added(found: Made, random: Random) -> None:
    _add(found, random.choice([*NEEDS]), random)


def step_removed(found: Made, random: Random) -> None:
    free = [name for name in found.chosen if not _behind(found, name)]
    if len(found.chosen) > 1 and free:
        found.chosen.remove(random.choice(free))


def reordered(found: Made, random: Random) -> None:
    chosen, numbers = found.chosen, found.numbers
    found.chosen, found.numbers = [], {}
    for name in random.sample(chosen, len(chosen)):
        _add(found, name, random)
    found.numbers.update({name: numbers[name] for name in found.chosen if name in numbers})


EDITS: Sequence[Callable[[Made, Random], None]] = (
    words, words, words, number, number, number, threshold, row_added, row_removed, row_edited, reader_added,
    reader_removed, tones, criteria, target, groups, takes, seed, warmth, points, columns, comment, step_added,
    step_removed, reordered,
)  # fmt: skip


def edited(found: Made, random: Random) -> tuple[str, Made]:
    """Another spec, and what was done to the first."""
    edit = random.choice(EDITS)
    after = deepcopy(found)
    edit(after, random)
    if not any("{w}" in STATEMENTS[name] for name in after.chosen):
        _add(after, "note", random)
    _settle(after)
    return edit.__name__, after


def is_exact(found: Made) -> bool:
    """Whether nothing in the spec hangs on an answer."""
    return not any(word in found.text.partition("dataset")[2] for word in RANGES)
