"""What is called and how in; which argument goes to which parameter out. One set of messages for every kind of call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compiler.passes.types.checker import Checker
from dsl import tree
from dsl.diagnostics import Related, did_you_mean


@dataclass(frozen=True, slots=True)
class Slot:
    """A parameter as a call sees it. `many` takes all that follow."""

    name: str
    required: bool
    many: bool = False


def match(
    c: Checker,
    args: Sequence[tree.Arg],
    slots: Sequence[Slot],
    what: str,
    node: tree.Expr,
    related: tuple[Related, ...] = (),
    signature: str | None = None,
) -> list[tuple[Slot, tree.Arg]]:
    """Positional arguments in order, named ones by name. Too many, unknown, doubled or missing ones are reported."""
    pairs: list[tuple[Slot, tree.Arg]] = []
    notes = (signature,) if signature else ()
    taken: set[str] = set()
    for place, arg in enumerate(args):
        slot = _named(arg, slots) if arg.name is not None else _placed(place, slots)
        if slot is None:
            _report_unexpected(c, arg, slots, what, related, notes)
        elif slot.name in taken and not slot.many:
            c.report("E0311", f"{what} gets `{slot.name}` twice", arg.span, related=related, notes=notes)
        else:
            taken.add(slot.name)
            pairs.append((slot, arg))
    missing = [slot.name for slot in slots if slot.required and slot.name not in taken]
    if missing and len(pairs) == len(args):
        names = ", ".join(f"`{name}`" for name in missing)
        c.report("E0310", f"{what} also needs {names}", node.span, related=related, notes=notes)
    return pairs


def _named(arg: tree.Arg, slots: Sequence[Slot]) -> Slot | None:
    return next((slot for slot in slots if arg.name is not None and slot.name == arg.name.text), None)


def _placed(place: int, slots: Sequence[Slot]) -> Slot | None:
    if place < len(slots):
        return slots[place]
    return slots[-1] if slots and slots[-1].many else None


def _report_unexpected(
    c: Checker,
    arg: tree.Arg,
    slots: Sequence[Slot],
    what: str,
    related: tuple[Related, ...],
    notes: tuple[str, ...],
) -> None:
    names = [slot.name for slot in slots]
    c.infer(arg.value) if isinstance(arg.value, tree.Constant) else None
    if arg.name is not None:
        message, label = f"{what} has no parameter `{arg.name.text}`", did_you_mean(arg.name.text, names)
    else:
        many = f"{len(slots)} argument{'s' if len(slots) != 1 else ''}" if slots else "no argument"
        message, label = f"{what} takes {many}", "one too many"
    parameters = () if notes else (f"parameters: {', '.join(names)}",) if names else ()
    c.report("E0311", message, arg.span, label=label, related=related, notes=notes or parameters)
