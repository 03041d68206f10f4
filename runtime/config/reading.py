"""A TOML table in; its values, each of the type that was asked for, out; and a diagnostic for everything else in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dsl.diagnostics import Diagnostic, did_you_mean
from dsl.source import Source
from runtime.config.places import Places

WORDS: Mapping[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "a table",
}


@dataclass
class Report:
    """Collects the mistakes of one file, each at the key it is about. Keys in `hidden` are never quoted."""

    source: Source
    diagnostics: list[Diagnostic] = field(default_factory=list)
    hidden: set[tuple[str, ...]] = field(default_factory=set)

    def add(self, code: str, message: str, keys: Iterable[str], label: str = "", **more: Any) -> None:
        keys = tuple(keys)
        if keys in self.hidden:
            return
        span = Places(self.source).span(keys)
        self.diagnostics.append(Diagnostic(code, message, span, label, **more))


@dataclass
class Table:
    """One table of the file. What is never asked for is an unknown key."""

    values: Mapping[str, Any]
    keys: tuple[str, ...]
    report: Report
    asked: set[str] = field(default_factory=set)

    @property
    def title(self) -> str:
        return f"[{'.'.join(self.keys)}]" if self.keys else "synth.toml"

    def take(self, key: str, kind: type, choices: tuple[str, ...] = (), least: float | None = None) -> Any:
        """The value of `key`, None when it is absent or wrong (E0703)."""
        self.asked.add(key)
        value: Any = self.values.get(key)
        if value is None:
            return None
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            return self.wrong(key, f"takes {WORDS[kind]}")
        return self._allowed(key, value, choices, least)

    def texts(self, key: str) -> tuple[str, ...] | None:
        """A list of texts; None when it is absent or wrong."""
        self.asked.add(key)
        value: Any = self.values.get(key)
        if value is None or (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            return None if value is None else tuple(value)
        self.wrong(key, 'takes a list of texts, as in ["main"]')
        return None

    def _allowed(self, key: str, value: Any, choices: tuple[str, ...], least: float | None) -> Any:
        if choices and value not in choices:
            return self.wrong(key, f"is one of {', '.join(choices)}", did_you_mean(value, choices))
        if least is not None and value < least:
            return self.wrong(key, f"is at least {least:g}")
        return value

    def wrong(self, key: str, wanted: str, label: str = "") -> Any:
        shown = (
            {True: "true", False: "false"}.get(self.values[key], self.values[key]) if _plain(self.values[key]) else "…"
        )
        shown = f'"{shown}"' if isinstance(self.values[key], str) else shown
        self.report.add("E0703", f"`{key}` of {self.title} {wanted}", (*self.keys, key), label or f"not {shown}")

    def table(self, key: str) -> Table:
        """The table under `key`, empty when it is absent."""
        return Table(self.take(key, dict) or {}, (*self.keys, key), self.report)

    def tables(self) -> Mapping[str, Table]:
        """Every value of this table, which must be tables themselves: `[engines.NAME]`."""
        return {key: self.table(key) for key in self.values if isinstance(self.take(key, dict), dict)}

    def finish(self) -> None:
        """Report keys nobody asked for (E0702)."""
        for key in self.values:
            if key not in self.asked and (*self.keys, key) not in self.report.hidden:
                known = sorted(self.asked)
                self.report.add(
                    "E0702",
                    f"{self.title} has no setting `{key}`",
                    (*self.keys, key),
                    did_you_mean(key, known),
                    notes=(f"settings of {self.title}: {', '.join(known)}",) if known else (),
                )


def _plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool)
