"""The catalogue of diagnostics in; the page `docs/errors.md` out."""

from __future__ import annotations

from collections.abc import Iterator

import dsl.diagnostics as diagnostics
from dsl.diagnostics import Page

FAMILIES = {
    "01": "Text and syntax",
    "02": "Names and imports",
    "03": "Types",
    "04": "Datasets and statements",
    "05": "Templates",
    "06": "Inputs and sources",
    "07": "Configuration and parameters",
    "08": "Engines and model calls",
    "09": "Builds, tests and the journal",
    "10": "Store, versions and queries",
    "11": "The command line",
    "12": "Editors",
}

INTRODUCTION = """# Messages

Every message has a code. `E` is an error: nothing is built. `W` is a warning: it stops nothing. `synth explain CODE`
prints a code's page, with an example of the mistake and one of the mend; the links lead to the same pages.

The last column says where a message comes from. *spec*: `synth check` and everything behind it, from the spec alone;
the page's example is checked by a test. *run*: from files, engines, the store or the command line, when a command
meets them. *config*: from `synth.toml`. Remarks of `synth lint` (`L001` …) have [their own page](lint.md).

This page is made from the catalogue: `pytest tests/docs --update-golden`.
"""


def render() -> str:
    """The whole page, a table for each family; errors stand before warnings."""
    pages = [page for code in diagnostics.codes() if (page := diagnostics.page(code)) is not None]
    pages = [page for page in pages if origin(page) != "lint"]
    return INTRODUCTION + "".join(_family(number, pages) for number in FAMILIES)


def _family(number: str, pages: list[Page]) -> str:
    rows = "".join(_rows(page for page in pages if page.code[1:3] == number))
    return f"\n## {FAMILIES[number]}\n\n| code | title | from |\n| --- | --- | --- |\n{rows}" if rows else ""


def _rows(pages: Iterator[Page]) -> Iterator[str]:
    for page in pages:
        yield f"| [{page.code}](../dsl/diagnostics/codes/{page.code}.md) | {page.title} | {origin(page)} |\n"


def origin(page: Page) -> str:
    """`spec` where the bad example is one that checking shows to be wrong."""
    if page.code.startswith("L"):
        return "lint"
    languages = {example.language for example in page.bad}
    if "synth" in languages and page.code not in NEEDS_A_RUN:
        return "spec"
    return "config" if languages == {"toml"} else "run"


NEEDS_A_RUN = frozenset({"E0436", "E0902", "E0903", "E0909", "E0911", "E1008", "E1012", "E1013", "E1014", "W0502"})
"""Their examples are specs in which running a test, or writing the rows, finds the mistake."""
