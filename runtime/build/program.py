"""A dataset's plan and its program's text in; the loaded module, ready to run, out. What is printed is what runs."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from compiler import plan
from runtime.tables.keys import Key


@dataclass(frozen=True)
class Loaded:
    """`row` is the row function of the module `namespace`."""

    plan: plan.DatasetPlan
    text: str
    namespace: Mapping[str, Any]

    @property
    def row(self) -> Any:
        return self.namespace[self.plan.name]

    def axis(self, name: str) -> Any:
        """The values of an axis that is not a source."""
        return self.namespace["AXES"][name]

    @property
    def key_of(self) -> Callable[[Mapping[str, object]], Key] | None:
        return self.namespace.get("key_of")

    def check(self, record: str) -> Callable[[Any], str | None] | None:
        """The printed check of a record's constraints, where it has any."""
        return self.namespace.get(f"check_{record}")

    @property
    def audits(self) -> Callable[[Any], Any] | None:
        return self.namespace.get("audits")


def load(dataset: plan.DatasetPlan, text: str) -> Loaded:
    """Runs the printed module. Its lines stay known to tracebacks and debuggers under `<synth dataset>`."""
    name = f"<synth {dataset.name}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {"__name__": f"synth_program_{dataset.name}"}
    exec(compile(text, name, "exec"), namespace)
    return Loaded(dataset, text, namespace)
