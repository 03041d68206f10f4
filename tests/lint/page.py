"""The catalogue of rules in; the page `docs/lint.md` out."""

from __future__ import annotations

import dsl.diagnostics as diagnostics
from compiler.lint.rules import CODES

PAGE = """# Remarks of a reviewer

`synth lint` tells what a careful reviewer of a spec would: what is right as far as the language goes, and makes a
dataset worse or dearer all the same. It reads specs, asks no model, and shows the compiler's warnings (`W…`) too.

    synth lint                          every spec of the project
    synth lint --fix                    mend what can be mended without changing what is built
    synth lint --fix --unsafe-fixes     and what changes it: read the diff
    synth lint --select L --ignore L007 some rules; codes, or what they begin with
    synth lint --format github          beside the lines of a pull request; also json and sarif

It exits with 0 when there is nothing to remark, with 1 when there is, and with 2 when a spec has a mistake or cannot be
read. `synth check --fix` mends mistakes in the same way: misspelt names, missing imports, imports that nothing uses.

## Rules

| code | remark | fix |
| --- | --- | --- |
{rows}

`synth explain L003` prints a rule's page, with an example of each kind.

## Which rules
```toml
[lint]
select = ["L", "W02"]
ignore = ["L007"]
```

`--select` stands in place of the file's `select`, `--ignore` adds to its `ignore`.

## A remark that is meant otherwise
A comment says so, and why. It speaks of its own line; alone on a line, of the declaration or statement below it.

```synth
edition 1

# lint: allow L007 because the numbers are only counted
dataset counted {{
  each take in 1..9
  filter take > 1
  emit {{ take = take }}
}}
```

One without a reason is told ([L100]({codes}/L100.md)), and so is one that allows nothing any more
([L101]({codes}/L101.md)).

How the rules are made, and what is not among them, stands in [ADR 36](adr/0036-lint-rules.md). This page is made from
the catalogue: `pytest tests/lint --update-golden`.
"""
FIXED = {
    "L003": "`--unsafe-fixes`",
    "L004": "`--unsafe-fixes`",
    "L009": "yes",
    "L010": "`--unsafe-fixes`",
    "L101": "yes",
}
FOLDER = "../dsl/diagnostics/codes"


def render() -> str:
    pages = [page for code in CODES if (page := diagnostics.page(code)) is not None]
    rows = (f"| [{page.code}]({FOLDER}/{page.code}.md) | {page.title} | {FIXED.get(page.code, '')} |" for page in pages)
    return PAGE.format(rows="\n".join(rows), codes=FOLDER)
