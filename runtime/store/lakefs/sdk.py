"""Nothing in; the transport of lakeFS's SDK out, without its two hundred models, which take most of a second to import.

The SDK's package imports all of itself. Its transport needs three of its modules, so these are imported below an empty
package, and all of it is forgotten again: whoever imports the SDK after this finds it whole.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module, util
from types import ModuleType
from typing import Any, NamedTuple

PACKAGE = "lakefs_sdk"
_NEEDED = ("configuration", "rest", "exceptions")


class Sdk(NamedTuple):
    """The SDK's own names: its settings, what sends requests, and what it raises for a status other than success."""

    configuration: Any
    transport: Any
    failure: type[Exception]


@cache
def load() -> Sdk:
    whole = PACKAGE in sys.modules
    if not whole:
        sys.modules[PACKAGE] = _bare()
    try:
        settings, rest, exceptions = (import_module(f"{PACKAGE}.{name}") for name in _NEEDED)
    finally:
        for name in () if whole else (PACKAGE, *(f"{PACKAGE}.{name}" for name in _NEEDED)):
            sys.modules.pop(name, None)
    return Sdk(settings.Configuration, rest.RESTClientObject, exceptions.ApiException)


def _bare() -> ModuleType:
    """Knows where the package's modules lie, and has imported none of them."""
    found = util.find_spec(PACKAGE)
    if found is None:
        raise ModuleNotFoundError(PACKAGE)
    bare = ModuleType(PACKAGE)
    bare.__path__ = list(found.submodule_search_locations or ())
    return bare
