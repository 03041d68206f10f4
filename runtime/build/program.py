"""A dataset's plan and its program's text in; the loaded module, ready to run, out. What is printed is what runs."""

from __future__ import annotations

import builtins
import linecache
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from compiler.plan import DatasetPlan, MixPlan
from runtime.program import frontend
from runtime.tables.keys import Key


@dataclass(frozen=True)
class Loaded:
    """The module is run when something of it is first asked for: a build with nothing to do never runs it."""

    plan: DatasetPlan
    text: str
    mix: MixPlan | None = None
    """Set for a mix: it has no program, and `plan` is what the rest of a build needs to know of it."""

    @cached_property
    def namespace(self) -> Mapping[str, Any]:
        """Its lines stay known to tracebacks and debuggers under `<synth dataset>`."""
        name = f"<synth {self.plan.name}>"
        linecache.cache[name] = (len(self.text), None, self.text.splitlines(keepends=True), name)
        own = {**vars(builtins), "__import__": _import}
        namespace: dict[str, Any] = {"__name__": f"synth_program_{self.plan.name}", "__builtins__": own}
        exec(compile(self.text, name, "exec"), namespace)
        return namespace

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
        name = f"check_{record}"
        if f"\ndef {name}(" not in self.text:
            return None
        return lambda row: self.namespace[name](row)

    @property
    def against(self) -> Callable[[Any], Mapping[str, Any]] | None:
        """The lists that rows must keep clear of, by step; a source's column is not among them."""
        return self.namespace.get("against")

    @property
    def gold(self) -> Mapping[str, Callable[[Any, Any], Any]]:
        """How each judge that has cases of its own is asked about one, by its name."""
        found: Mapping[str, Callable[[Any, Any], Any]] = self.namespace["GOLD"]
        return found

    @property
    def audits(self) -> Callable[[Any], Any] | None:
        return self.namespace.get("audits")


def _import(name: str, *rest: Any) -> Any:
    """A build does not wait for SGLang to load, of which its programs use little."""
    return frontend if name == "sglang" else builtins.__import__(name, *rest)
