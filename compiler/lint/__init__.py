"""An analysed spec in; what a careful reviewer of it would remark on, as diagnostics with fixes, out.

Each rule is one module with `check(spec) -> Iterator[Diagnostic]` that looks at the spec itself, not at its imports. A
rule reads the tree and what names stand for, so that most hold in a file with mistakes too.
"""

from compiler.lint.rules import RULES, Rule, chosen, lint

__all__ = ["RULES", "Rule", "chosen", "lint"]
