"""`jsonl("inputs/pages.jsonl")` in; its rows, checked against the record, with key, digest and columns, out.

source = open_source("jsonl", {"path": "inputs/pages.jsonl"}, root, record=PAGE, key="id")
for key, row in source.rows(): ...
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runtime.sources.catalog import ProjectCatalog
    from runtime.sources.digests import Facts
    from runtime.sources.facts import load_facts, save_facts
    from runtime.sources.opening import Tables, open_input, open_source
    from runtime.sources.source import Accept, Source

__all__ = [
    "Accept",
    "Facts",
    "ProjectCatalog",
    "Source",
    "Tables",
    "load_facts",
    "open_input",
    "open_source",
    "save_facts",
]
_HOMES = {
    "Accept": "source",
    "Facts": "digests",
    "ProjectCatalog": "catalog",
    "Source": "source",
    "Tables": "opening",
    "load_facts": "facts",
    "open_input": "opening",
    "open_source": "opening",
    "save_facts": "facts",
}


def __getattr__(name: str) -> Any:
    """Each name comes with its module when it is asked for: checking a spec opens no source."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
