"""One dataset's plan in; the text of its Python module, an ordinary SGLang program, out.

Names are claimed first and in a fixed order, so that the same plan gives the same bytes; then the sections are printed
from the row outwards, which finds out what constants they need; then all is put in reading order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from compiler import plan
from compiler.constant import Evaluator
from compiler.model import Kind, Model, Symbol
from compiler.passes.lower import axes, criteria, judging, prompts, records, shapes
from compiler.passes.lower.identifiers import Identifiers
from compiler.passes.lower.layout import literal, statement, value
from compiler.passes.lower.row import RowPrinter
from compiler.passes.lower.schema import of_row
from compiler.types import ANY, INT, Record, Type
from compiler.walk import statements
from dsl import tree

IMPORTS = (
    ("itertools.", "import itertools\n"),
    ("sgl.", "import sglang as sgl\n"),
    ("fn.", "from compiler.functions import library as fn"),
    ("ops.", "from compiler.functions import null as ops"),
    ("measure.", "from compiler.functions import results as measure"),
)
PROGRAM = ("Criteria", "Prompt", "Shape")
_DECLARES = (tree.Each, tree.Draw, tree.Let, tree.Gen, tree.Run, tree.Loop)


class Module:
    """Knows what everything is called in the module. Expressions ask it for the constants they use."""

    def __init__(self, model: Model, dataset: plan.DatasetPlan, evaluator: Evaluator) -> None:
        self.model, self.dataset, self.evaluator = model, dataset, evaluator
        self.names = Identifiers()
        for name in ("AXES", "GOLD", "against", "key_of"):
            self.names.claim(name)
        self.helpers: list[str] = []
        self.values: dict[Symbol, str] = {}
        self.columns: Mapping[tuple[str, str], Type] = {}
        self.null_params: dict[tree.Node, set[str]] = {}
        self.list_checks: dict[str, str] = {}
        self.row = self.names.claim(dataset.name)
        self.records = self._records()
        self.checks = {record: self.names.claim(f"check_{record.name}") for record in self.records}
        self.pools = self._pools()
        self.functions: dict[tree.Node, str] = {node: self.names.claim(name) for name, node in self._callables()}
        self.constants = {node: self._constant_name(name, node) for name, node in self._prompts()}
        for symbol in self._used_values():
            self.constant(symbol)
        self.fixed = [step for step in dataset.of(plan.Gen) if not of_row(step.answer)]
        self.shapes = {step.name: self.names.claim(step.name.upper()) for step in self.fixed}

    # --- what there is ---

    def _records(self) -> tuple[Record, ...]:
        """Records that rows or answers must satisfy, those inside others first."""
        found: dict[Record, None] = {}
        kinds = [item.record for item in self.dataset.inputs if item.record is not None]
        for kind in (*kinds, *(step.type for step in self.dataset.of(plan.Gen))):
            _collect(kind, found)
        return tuple(record for record in found if records.needs_check(record))

    def _pools(self) -> tuple[Symbol, ...]:
        nodes = [step.distribution for step in self.dataset.of(plan.Draw)]
        nodes += [step.value for step in self.dataset.of(plan.Let)]
        found: dict[Symbol, None] = {}
        for part in (part for node in nodes for part in tree.walk(node)):
            symbol = self.model.symbols.get(part) if isinstance(part, tree.Ref) else None
            if symbol is not None and symbol.kind is Kind.CRITERIA:
                found[symbol] = None
        return tuple(found)

    def _callables(self) -> list[tuple[str, tree.Node]]:
        pools = [(symbol.name, symbol.node) for symbol in self.pools if symbol.node is not None]
        return [*pools, *self._prompts()]

    def _prompts(self) -> list[tuple[str, tree.Node]]:
        found: list[tuple[str, tree.Node]] = [(item.name, item.node) for item in self.dataset.prompts]
        return [*found, *((item.name, item.node) for item in self.dataset.judges)]

    def _used_values(self) -> list[Symbol]:
        """Parameters and constants that the dataset mentions, or what it asks and draws from."""
        constraints = (item.constraint for record in self.records for item in record.fields)
        nodes = [self._dataset_node(), *self.functions, *(node for node in constraints if node is not None)]
        parts = (self.model.symbols.get(part) for node in nodes for part in tree.walk(node))
        found = {s for s in parts if s is not None and s.kind in (Kind.PARAM, Kind.CONST)}
        return [symbol for symbol in self.model.values if symbol in found]

    def _dataset_node(self) -> tree.Dataset | tree.Mix:
        node = self.model.scopes[self.dataset.file].names[self.dataset.name].node
        assert isinstance(node, tree.Dataset | tree.Mix)
        return node

    def _constant_name(self, name: str, node: tree.Node) -> str:
        """`ASK` for the prompt `ask`; never what one of its own parameters is called."""
        params = getattr(node, "params", ())
        own = {param.name.text for param in params}
        constant = name.upper() if name.upper() != name else f"{name}_PROMPT"
        return self.names.claim(f"{constant}_PROMPT" if constant in own else constant)

    # --- what expressions ask ---

    def function(self, symbol: Symbol) -> str:
        assert symbol.node is not None
        return self.functions[symbol.node]

    def prompt_constant(self, symbol: Symbol) -> str:
        assert symbol.node is not None
        return self.constants[symbol.node]

    def constant(self, symbol: Symbol) -> str:
        """A parameter's or constant's name in the module; its value is printed at the top."""
        if symbol not in self.values:
            self.values[symbol] = self.names.claim(symbol.name)
        return self.values[symbol]

    def check(self, record: Record) -> str:
        return self.checks[record]

    def judge(self, node: tree.Judge) -> plan.JudgePlan:
        return next(item for item in self.dataset.judges if item.node is node)

    def wording(self, node: tree.Node) -> str:
        """A node as it was written, on one line."""
        return " ".join(self.model.sources[node.span.path].slice(node.span).split())

    def row_symbol(self, dataset: plan.DatasetPlan, name: str) -> Symbol:
        return self._row_symbols()[name]

    def _row_symbols(self) -> Mapping[str, Symbol]:
        found: dict[str, Symbol] = {}
        for node in statements(self.body()):
            names = [node.name] if isinstance(node, _DECLARES) else []
            names += [carry.name for carry in node.carries] if isinstance(node, tree.Loop) else []
            found |= {name.text: self.model.symbols[name] for name in names}
        return found

    def body(self) -> tuple[tree.Statement, ...]:
        node = self._dataset_node()
        return node.body if isinstance(node, tree.Dataset) else ()

    def loop_node(self, name: str) -> tree.Loop:
        return next(node for node in self.body() if isinstance(node, tree.Loop) and node.name.text == name)

    def declared(self, symbol: Symbol) -> Type:
        """The type of a name of the row, as the checker has it."""
        if symbol.kind is Kind.LOOP:
            return INT
        return self.model.types.get(symbol.node, ANY) if symbol.node is not None else ANY

    def prompt_node(self, dataset: plan.DatasetPlan, name: str) -> tree.Node:
        return next(item.node for item in dataset.prompts if item.name == name)

    def parameter_types(self, node: tree.Node) -> Mapping[str, Type]:
        return next(dict(item.params) for item in self.dataset.prompts if item.node is node)

    # --- printing ---

    def text(self) -> str:
        printer = RowPrinter(self, self.dataset)
        row = printer.printed()
        self.columns = printer.columns
        gates, key = axes.audits(self.dataset, self), axes.key(self.dataset, self)
        over = axes.axes(self.dataset, self)
        pools = [criteria.criteria(symbol, self) for symbol in self.pools]
        asked = [prompts.prompt(item, self) for item in self.dataset.prompts]
        judged = [prompts.judge(item, self) for item in self.dataset.judges]
        checks = [records.check_function(record, self) for record in self.records]
        given = [f"{self.shapes[step.name]} = " for step in self.fixed]
        wanted = [shapes.shape(step, self) for step in self.fixed]
        sections = (
            ("parameters and constants", ["".join(self._values())]),
            ("criteria", pools),
            ("prompts", asked),
            ("judges", judged),
            ("records: what an answer or an input row must satisfy", [*checks, *self.helpers]),
            (
                "what each generated value must be; the engine decodes under it where it can",
                ["".join(f"{statement(head, doc)}\n" for head, doc in zip(given, wanted, strict=True))],
            ),
            ("the candidates: values of the axes that are not sources, and keys", [over, key]),
            ("one candidate", [row]),
            ("texts that rows must not overlap", [axes.against(self.dataset, self)]),
            ("judges that are tested on cases of their own before anything else is asked", [judging.gold(self)]),
            ("gates over the whole result", [gates]),
        )
        return self._put_together([(title, [part for part in parts if part]) for title, parts in sections])

    def checks_text(self) -> str:
        """Of a mix, which has no program: what its inputs' rows must satisfy; empty where that is nothing."""
        checks = [records.check_function(record, self) for record in self.records]
        sections = [("parameters and constants", ["".join(self._values())] if self.values else [])]
        sections.append(("records: what an input row must satisfy", [*checks, *self.helpers]))
        return self._put_together(sections) if checks else ""

    def _values(self) -> list[str]:
        return [
            f"{statement(f'{name} = ', value(self.model.values[symbol]))}\n" for symbol, name in self.values.items()
        ]

    def _put_together(self, sections: list[tuple[str, list[str]]]) -> str:
        body = "".join(_section(title, parts) for title, parts in sections if parts)
        head = f"{self.dataset.name}, compiled by synth from {self.dataset.file}."
        doc = literal(f"{head} An ordinary SGLang program; every string is data.")
        return f'""{doc}""\n\n' + _imports(body) + body


def _collect(kind: Type, found: dict[Record, None]) -> None:
    record = records.inner_record(kind)
    if record is None or record in found:
        return
    for item in record.fields:
        _collect(item.type, found)
    found[record] = None


def _section(title: str, parts: list[str]) -> str:
    """Parts that define functions stand two lines apart, as formatters have it."""
    spaced = "\n\n".join(part.rstrip("\n") + "\n" for part in parts)
    return f"\n\n# {title}\n{spaced}" if re.match(r"(def |@|\w+ = )", spaced) else f"\n\n# {title}\n\n{spaced}"


def _imports(body: str) -> str:
    used = {prefix: line for prefix, line in IMPORTS if re.search(rf"\b{re.escape(prefix)}", body)}
    names = [name for name in PROGRAM if re.search(rf"\b{name}\b", body)]
    program = [f"from runtime.program import {', '.join(names)}"] if names else []
    dist = ["from runtime.program import distribution as dist"] if re.search(r"\bdist\.", body) else []
    first = [used[prefix] for prefix in ("itertools.", "sgl.") if prefix in used]
    own = [line for prefix, line in used.items() if prefix not in ("itertools.", "sgl.")]
    return "\n".join([*first, *own, *program, *dist, ""]).rstrip("\n") + "\n"
