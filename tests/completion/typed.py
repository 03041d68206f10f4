"""A spec in which `¦` marks a place in; what is offered there, out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from compiler.analysis import Analysis, analyse
from compiler.catalog import Columns, MemoryCatalog
from compiler.queries.completion.model import Completions, Rank

PATH = "specs/tickets.synth"
TABLES: Mapping[str, Columns] = {
    "tickets.jsonl": {"id": "str", "text": "str", "level": "str", "priority": "int"},
    "readers.jsonl": {"id": "str", "text": "str"},
}
HEAD = '''edition 1

enum Level { low, high }

## What a customer wrote.
record Ticket {
  id: str
  ## In the customer's words.
  text: str
  level: Level
  topic: str?
}

input tickets: Ticket = jsonl("tickets.jsonl") { key = id }
personas readers = jsonl("readers.jsonl") { key = id }

criteria tones {
  "is calm"
  "is short"
}

model writer { temperature = 0.3 }

## Asks for an answer.
prompt reply(ticket: Ticket, reader: Persona, tone: str = "calm") """
  Answer {{ ticket.text }} as {{ reader }}, {{ tone }}.
"""

judge polite(text: str) -> bool by critic """
  Is this polite? {{ text }}
"""
'''


@dataclass(frozen=True)
class Project:
    """What stands outside of the spec."""

    others: Mapping[str, str] = field(default_factory=dict)
    bound: Mapping[str, str] = field(default_factory=dict)
    further: tuple[str, ...] = ()

    def roles(self) -> Mapping[str, str]:
        return self.bound

    def specs(self) -> Iterable[str]:
        return (PATH, *self.others)

    def files(self) -> Iterable[str]:
        return self.further

    def analysis(self, text: str) -> Analysis:
        return analyse(PATH, MemoryCatalog({PATH: text, **self.others}, TABLES))

    def offers(self, marked: str) -> Completions:
        text, offset = placed(marked)
        return self.analysis(text).completions(PATH, offset, self)


def placed(marked: str) -> tuple[str, int]:
    offset = marked.index("¦")
    return marked.replace("¦", ""), offset


def in_dataset(statement: str) -> str:
    """The statement in a dataset that has an axis, two draws and an emit around it."""
    return (
        HEAD
        + "\ndataset answers {\n  each ticket from tickets\n  draw reader ~ readers\n  draw tone ~ tones.pick(1)\n"
        + f"  {statement}\n"
        + "  emit { text = ticket.text }\n}\n"
    )


def at_top(declaration: str) -> str:
    return f"{HEAD}\n{declaration}\n"


def first(marked: str, number: int = 5, project: Project | None = None) -> list[str]:
    """The labels that are offered first, as so many as asked for."""
    return list((project or Project()).offers(marked).labels[:number])


def fitting(marked: str, project: Project | None = None) -> list[str]:
    """The labels of what fits best."""
    items = (project or Project()).offers(marked).items
    return [item.label for item in items if item.rank == Rank.FITTING]


def labels(marked: str, project: Project | None = None) -> set[str]:
    return set((project or Project()).offers(marked).labels)
