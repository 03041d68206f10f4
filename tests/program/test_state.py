"""A build's own light state and SGLang's interpreter run the same programs: same requests, texts and faults."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sglang as sgl
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import nodes

from runtime.build.program import Loaded
from runtime.engines.backend import Call, SglBackend
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Answer, Constraint, Request, Sampling
from runtime.program.prompt import Prompt, environment
from runtime.program.state import run
from runtime.program.values import Text
from tests.examples import few

GOLDEN = Path(__file__).parents[1] / "golden"
PROGRAMS = sorted(GOLDEN.glob("*/*_program.txt"))
CHOICE = Constraint("choice", json.dumps(["north", "south"]))
SCHEMA = Constraint("json_schema", json.dumps({"type": "object", "properties": {"a": {"type": "integer"}}}))
CALLS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {},
        {"sampling": Sampling(max_tokens=7), "seed": 5},
        {"constraint": CHOICE, "sampling": Sampling(temperature=0.0)},
        {"constraint": SCHEMA},
        {"labels": ("yes", "no")},
        {"reward": True},
    ]
)
PLAN: Any = SimpleNamespace(name="out")
ALONE = """
import sys
from pathlib import Path
from types import SimpleNamespace
from runtime.build.program import Loaded
from runtime.engines.asking import Backend
from runtime.engines.deterministic import DeterministicEngine
from runtime.program.row import Row
from runtime.program.stage import Bound, Stage
import runtime.build.build

loaded = Loaded(SimpleNamespace(name="out"), Path(sys.argv[1]).read_text())
stage = Stage("out", roles={"*": Bound("*", "deterministic:1", Backend(DeterministicEngine()))})
row = Row(stage, ("a",), 0, {"page": {"title": "A title", "text": "A text."}})
assert row.run(loaded.row).rows[0][2]["answer"]
assert "sglang" not in sys.modules
"""
TEXTS = st.text(alphabet=st.sampled_from(list("ab \n\t{}%@<&'\"é\r\x85\u2028")), max_size=8)
SCALARS = (
    TEXTS | TEXTS.map(Text) | st.none() | st.booleans() | st.integers() | st.floats() | st.lists(TEXTS, max_size=2)
)


@dataclass
class Recorder:
    """Answers through an engine and keeps what was asked."""

    engine: DeterministicEngine = field(default_factory=DeterministicEngine)
    asked: list[Request] = field(default_factory=list)

    async def complete(self, request: Request) -> Answer:
        self.asked.append(request)
        return Answer("1.5") if request.reward else await self.engine.complete(request)


def end(runs: Callable[[Call, SglBackend], Any], said: dict[str, Any]) -> tuple[object, ...]:
    """All that a run leaves: its requests, what the call holds, and the state's texts or the fault."""
    recorder, call = Recorder(), Call(**said)
    try:
        state = runs(call, SglBackend(recorder.engine, recorder))
        left: object = (state.messages(), state.text())
    except Exception as fault:
        left = (type(fault), str(fault))
    return recorder.asked, [request.digest for request in recorder.asked], call.text, call.answer, left


def ends(function: Any, arguments: dict[str, Any], said: dict[str, Any], built: Any = None) -> list[tuple[object, ...]]:
    """Under SGLang, by the light state, and by that as a build loads it, where there is such a one."""

    def stock(call: Call, backend: SglBackend) -> Any:
        return function.run(**arguments, call=call, backend=backend, use_thread=False)

    lights = [function] if built is None else [function, built]
    found = [partial(run, one, arguments) for one in lights]
    return [end(stock, said), *(end(light, said) for light in found)]


@pytest.mark.parametrize("file", PROGRAMS, ids=lambda file: file.parent.name)
@settings(max_examples=few(6), deadline=None)
@given(data=st.data())
def test_every_printed_program_asks_the_same_of_both(file: Path, data: st.DataObject) -> None:
    names: dict[str, Any] = {"__name__": "printed"}
    exec(file.read_text(), names)
    built = Loaded(PLAN, file.read_text()).namespace
    prompts = [found for found in names.values() if isinstance(found, Prompt)]
    for name, function in names.items():
        if isinstance(function, sgl.lang.ir.SglFunction) and "call" in function.arg_names:
            drawn = {one: data.draw(_value(one, prompts)) for one in function.arg_names if one != "call"}
            stock, *lights = ends(function, drawn, data.draw(CALLS), built[name])
            assert lights == [stock, stock]


def _value(name: str, prompts: list[Prompt]) -> st.SearchStrategy[Any]:
    """What a prompt's parameter may be given: where templates read its fields, mostly a record of them."""
    keys = sorted({key for prompt in prompts for key in _keys(prompt, name)})
    record: st.SearchStrategy[Any] = st.fixed_dictionaries(dict.fromkeys(keys, SCALARS))
    scalar: st.SearchStrategy[Any] = TEXTS | SCALARS
    usual = st.one_of(record, record, record, st.lists(record, max_size=2)) if keys else scalar
    return TEXTS if name == "last" else usual


def _keys(prompt: Prompt, name: str) -> list[str]:
    found = environment().parse(prompt.source).find_all(nodes.Getitem)
    named = [item.arg for item in found if getattr(item.node, "name", None) == name]
    return [arg.value for arg in named if isinstance(arg, nodes.Const)]


def test_a_build_loads_no_sglang() -> None:
    """It takes most of a second, of which a build would have nothing."""
    command = [sys.executable, "-c", ALONE, str(GOLDEN / "prompt_prefill" / "07_program.txt")]
    subprocess.run(command, check=True, cwd=GOLDEN.parents[1], timeout=60)


GENS = st.sampled_from(
    [
        lambda: sgl.gen("answer"),
        lambda: sgl.gen("other", max_tokens=9, temperature=0.3, stop=["x"], top_k=3),
        lambda: sgl.gen("typed", regex="[ab]{3}"),
        lambda: sgl.select("verdict", ["yes", "no"]),
        lambda: sgl.select(choices=["1", "2", "3"]),
    ]
)
LEAVES = TEXTS.map(lambda text: lambda: text) | TEXTS.map(lambda text: lambda: Text(text)) | GENS
Make = Callable[[], Any]


def _joined(parts: list[Make]) -> Make:
    def make() -> Any:
        whole = sgl.lang.ir.SglConstantText("")
        for part in parts:
            whole = whole + part()
        return whole

    return make


TURNS = st.builds(
    lambda role, inner: lambda: role(inner()),
    st.sampled_from([sgl.system, sgl.user, sgl.assistant]),
    st.lists(LEAVES, min_size=1, max_size=3).map(_joined) | LEAVES,
)
TWICE = TURNS.map(lambda turn: _joined([turn, turn]))
ODD = st.sampled_from([sgl.user_begin, sgl.user_end, sgl.assistant_begin, sgl.assistant_end, lambda: None, lambda: 5])


@given(
    parts=st.lists(
        st.one_of(TURNS, TURNS, TURNS, LEAVES, TURNS.map(lambda turn: _joined([turn, turn])), ODD), max_size=5
    ),
    said=CALLS,
)
def test_any_program_of_roles_texts_and_gens_asks_the_same_of_both(parts: list[Make], said: dict[str, Any]) -> None:
    @sgl.function  # type: ignore[untyped-decorator]
    def program(s: Any, call: Any = None) -> None:
        for part in parts:
            s += part()

    stock, light = ends(program, {}, said)
    assert light == stock


HOLES = st.sampled_from(
    [
        "{{ name }}",
        "{{ page.title }}",
        '{{ page["title"] }}',
        '{{ page["author"]["name"] }}',
        "{{ CONST }}",
        "{{ missing }}",
        "{{ fn.upper(name) }}",
        "{{ fn.list_first(names) }}",
        "{{ hole(name, CONST) }}",
        "{{ fn._hidden(name) }}",
        "{{ 1.0 }}",
        "{{ '{' }}",
        "{{ name ~ 1 }}",
        "{% if name %}yes{% endif %}",
        "{% for one in names %}{{ one }}{% endfor %}",
        '{{ open_("user") }}\n',
        '{{ open_("system") }}\n',
        '{{ open_("assistant") }}\n',
        '{{ open_("open assistant") }}\n',
        "{# nothing #}",
    ]
)
PLAIN = st.text(alphabet=st.sampled_from(list("ab \n\té\r")), max_size=6)
PAGE = st.fixed_dictionaries({}, optional={"title": SCALARS, "author": st.fixed_dictionaries({"name": SCALARS})})
OWN: Any = {"CONST": "a constant ", "hole": lambda one, two: f"<{one}{two}>"}


@given(
    parts=st.lists(st.one_of(HOLES, PLAIN), max_size=6),
    name=SCALARS,
    page=st.fixed_dictionaries({}, optional={"title": SCALARS, "author": st.fixed_dictionaries({"name": SCALARS})})
    | SCALARS,
    names=st.lists(TEXTS, max_size=2) | st.none(),
    own=st.booleans(),
    last=st.sampled_from([None, "Answer yes or no."]),
)
def test_a_template_gives_the_same_by_pieces_and_by_jinja(
    parts: list[str], name: Any, page: Any, names: Any, own: bool, last: str | None
) -> None:
    values = {"name": name, "page": page, "names": names, **({"CONST": "given", "fn": page} if own else {})}
    pieces, jinja = (Prompt("p", "".join(parts), OWN, asks="turn") for _ in range(2))
    jinja.segments = None
    for read in (lambda prompt: prompt.messages(last, **values), lambda prompt: prompt.text(**values)):
        assert _said(read, pieces) == _said(read, jinja)


def _said(read: Callable[[Prompt], object], prompt: Prompt) -> object:
    try:
        return read(prompt)
    except Exception as fault:
        return type(fault), str(fault)
