"""Mistakes in a file: one message each, at the right place, and the rest of the file is still read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dsl import tree
from dsl.diagnostics import Diagnostic, codes, page, render
from dsl.parser import parse
from dsl.source import Source

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.synth"))
QA = (Path(__file__).parent / "examples" / "python_qa.synth").read_text()


def mistakes(text: str) -> list[str]:
    """Each message as `line:column CODE text`."""
    source = Source("a.synth", text)
    return [_line(source, diagnostic) for diagnostic in parse(source).diagnostics]


def _line(source: Source, diagnostic: Diagnostic) -> str:
    assert diagnostic.span is not None
    at = source.position(diagnostic.span.start)
    return f"{at.line}:{at.column} {diagnostic.code} {diagnostic.message}"


FOUR_FAULTS = '''edition 1

param takes int = 2

record Page {
  id: str
  text: str where (len(text) > 3
}

prompt ask(page: Page) """
  Say something about {{ page.text + }}.
"""

dataset pages {
  each page from pages
  drow tone ~ ["calm", "angry"]
  gen answer: str = ask(page) with writer
  emit { answer = answer }
}
'''


def test_four_faults_give_exactly_four_messages() -> None:
    assert mistakes(FOUR_FAULTS) == [
        "3:13 E0101 expected `:`, found `int`",
        "7:19 E0103 unclosed `(`",
        "11:37 E0502 expected a value, found the end of the `{{ }}`",
        "16:3 E0110 `drow` begins no statement",
    ]


def test_what_stands_around_a_fault_is_still_read() -> None:
    parsed = parse(Source("a.synth", FOUR_FAULTS))
    kinds = [type(declaration).__name__ for declaration in parsed.file.declarations]
    assert kinds == ["Edition", "Record", "Prompt", "Dataset"]
    dataset = parsed.file.declarations[-1]
    assert isinstance(dataset, tree.Dataset)
    assert [type(statement).__name__ for statement in dataset.body] == ["Each", "Gen", "Emit"]


def test_names_that_a_broken_statement_would_declare_are_known_to_be_lost() -> None:
    assert parse(Source("a.synth", FOUR_FAULTS)).file.lost == {"takes", "drow", "tone"}
    lost = parse(Source("a.synth", 'from "x.synth" import a b\nloop')).file.lost
    assert {"a", "b"} <= lost


def test_places_of_what_was_cut_out_or_mended_are_kept() -> None:
    source = Source("a.synth", FOUR_FAULTS)
    texts = [source.slice(span) for span in parse(source).file.broken]
    assert texts == ["param takes int = 2", "text: str where (len(text) > 3", 'drow tone ~ ["calm", "angry"]']


@pytest.mark.parametrize("gone", ["(", ")", "[", "]", "{", "}", '"', '"""', "%}", "}}", "=", ":", "~", "with", "from"])
@pytest.mark.parametrize("file", EXAMPLES, ids=lambda f: f.stem)
def test_one_missing_sign_or_word_gives_at_most_one_message(file: Path, gone: str) -> None:
    """Taking any one of them out of a spec breaks one statement, not the ones behind it."""
    text = file.read_text()
    for match in re.finditer(re.escape(gone) if not gone.isalpha() else rf"\b{gone}\b", text):
        found = mistakes(text[: match.start()] + text[match.end() :])
        assert len(found) <= 1, (text.count("\n", 0, match.start()) + 1, found)


ONE_FAULT = {
    # what a person types → the one message
    "dataset d {\n  let x = 1\n": "1:11 E0103 unclosed `{`",
    "record A {\n  x: str\n\nparam n: int = 1": "1:10 E0103 unclosed `{`",
    "const a = f(1\nconst b = [1, 2]": "1:12 E0103 unclosed `(`",
    "dataset d {\n  let a = f(1\n  let b = 2\n}": "2:12 E0103 unclosed `(`",
    "dataset d {\n  gen a: T = f() with w { x = 1\n  filter a\n}": "2:25 E0103 unclosed `{`",
    "dataset d {\n  loop i in 1..2 {\n    let a = 1\n  emit { a = a }\n}": "2:18 E0103 unclosed `{`",
    "dataset d {\n  loop i in 1..2 {\n    loop j in 1..2 {\n      let a = 1\n    }\n  }\n}": (
        "3:5 E0111 `loop` cannot stand inside a `loop`"
    ),
    'dataset d {\n  if a == "b" {\n    let c = 1\n    let e = 2\n  }\n  emit { a = a }\n}': (
        "2:3 E0110 `if` begins no statement"
    ),
    "dataset d {\n  for p in pages {\n    let c = 1\n  }\n  emit { a = a }\n}": "2:3 E0110 `for` begins no statement",
    "const a = [1, 2)": "1:16 E0104 expected `]` to close the `[`, found `)`",
    "const a = 1)": "1:12 E0104 nothing is open here for this `)` to close",
    "dataset d {\n  let a = 1\n  }\n  let b = 2\n}": "3:3 E0104 nothing is open here for this `}` to close",
    "dataset d\n  let a = 1\n}": "1:10 E0101 expected `{`, found the end of the line",
    'const a = "x\nconst b = "y"': "1:11 E0102 unclosed text",
    'test "a of d {\n  expect kept\n}': "1:6 E0102 unclosed text",
    "const a = 'x'": "1:11 E0105 a text stands between double quotes",
    "const a = “x”": "1:11 E0105 a text stands between double quotes",
    "dataset d {\n  filter a && b\n}": "2:12 E0105 `&&` has no meaning here",
    "param naïve: int = 3": "1:7 E0105 `naïve` is no name",
    "param a: int\u00a0= 3": "1:13 E0105 the character U+00A0 (no-break space) has no meaning here",
    "param a: int = 3;": "1:17 E0105 `;` has no meaning here",
    "const a = 10sec": "1:11 E0106 `sec` is no unit of a number",
    "const a = 1e5": "1:11 E0106 `e5` is no unit of a number",
    f"const a = {'9' * 19}": "1:11 E0106 a number of more than 18 digits",
    'prompt a() """\n  x\n\nprompt b() """\n  y\n"""': '1:12 E0107 unclosed `"""`',
    'prompt a() ""\n  x\n"""\nparam n: int = 1': '1:12 E0107 a template opens with `"""`',
    'prompt a() "\n  @user\n  x\n"""\nparam n: int = 1': '1:12 E0107 a template opens with `"""`',
    'dataset d {\n  gen a: str with w """\n    x\n  filter a\n}': '2:21 E0107 unclosed `"""`',
    'promt ask() """x"""': "1:1 E0110 `promt` begins no declaration",
    "datset d {\n  each x from y\n}": "1:1 E0110 `datset` begins no declaration",
    "hello world": "1:1 E0110 `hello` begins no declaration",
    "gen x: T with w\nfilter x\nemit { x = x }": "1:1 E0111 `gen` stands inside a `dataset`, not at the top of a file",
    "dataset d {\n  loop i in 1..2 {\n    emit { a = 1 }\n  }\n}": "3:5 E0111 `emit` cannot stand inside a `loop`",
    "dataset d {\n  expect kept\n}": "2:3 E0111 `expect` cannot stand inside a `dataset`",
    'test "t" {\n  gvien a = 1\n}': "2:3 E0110 `gvien` begins no statement",
    "dataset d {\n  filter a = b\n}": "2:12 E0101 expected the end of the line, found `=`",
    "dataset d {\n  seed: 3\n}": "2:7 E0101 expected `=`, found `:`",
    "dataset d {\n  each x pages\n}": "2:10 E0101 expected `from` or `in`, found `pages`",
    "dataset d {\n  gen x: T = f()\n}": "2:17 E0101 expected `with`, found the end of the line",
    "dataset d {\n  let x =\n}": "2:10 E0101 expected a value, found the end of the line",
    "dataset d { let x = }": "1:20 E0101 expected a value, found the end of the line",
    "param n: = 3": "1:10 E0101 expected a type, found `=`",
    "const a = { x = 1 }": "1:15 E0101 expected `:`, found `=`",
    "const a = 1 2": "1:13 E0101 expected the end of the line, found `2`",
    "record A {\n  x str\n}": "2:5 E0101 expected `:`, found `str`",
    # what random edits of specs found: a sign too many, two that changed places, a line that is gone
    "record { Page\n  id: str\n  text: str\n}\nparam n: int = 1": "1:8 E0101 expected a name, found `{`",
    "record { Solution {\n  code: python\n}\nparam n: int = 1": "1:8 E0103 unclosed `{`",
    "dataset { distill\n  seed = 7\n  each p in ps\n}": "1:9 E0101 expected a name, found `{`",
    'test "x" of { questions\n  given fact = 1\n}\n': "1:13 E0101 expected a name, found `{`",
    "dataset d {\n  emit for case in cases[0..most - 1{ ]\n    chunk = 1, topic = 2\n  }\n}\n": (
        "2:37 E0104 expected `]` to close the `[`, found `{`"
    ),
    'criteria c {\n  "a"\n  "b" when x == 1\n{ }\nparam n: int = 1': "4:1 E0103 unclosed `{`",
    "dataset d {\n  emit {\n    a = b\n  ( }\n  audit kept >= 1\n}": "4:3 E0103 unclosed `(`",
    "record A {\n  a: str\n( }\nparam n: int = 1": "3:1 E0103 unclosed `(`",
    'test "t" of d {\n  given p = {\n    id: 1, steps: [2]\n  [ }\n  expect kept\n}': "4:3 E0103 unclosed `[`",
    "dataset d {\n  gen o: str = f() with writer {\n    temperature } = 0.3, max_tokens = 3\n  }\n  let t = 1\n}": (
        "3:17 E0104 nothing is open here for this `}` to close"
    ),
    "dataset d {\n  gen o: str = f() with writer {\n    temperature = } 0.3, max_tokens = 3\n  }\n  let t = 1\n}": (
        "3:19 E0104 nothing is open here for this `}` to close"
    ),
    "dataset d {\n  emit sft {\n    } prompt = 1, b = 2\n    c = 3\n  }\n}\n": (
        "3:5 E0104 nothing is open here for this `}` to close"
    ),
    'test "t" of d {\n  given p = {\n    id: "b",\n    contact: name: "Ann" }\n  }\n  expect kept\n}': (
        "4:26 E0104 nothing is open here for this `}` to close"
    ),
    'test "a review of t\n  given x = 1\n  expect kept\n}\n': "1:6 E0102 unclosed text",
    "edition 1\n\n## One.\n  text: str where x\n}\n\nparam n: int = 1\n": (
        "5:1 E0104 nothing is open here for this `}` to close"
    ),
    "dataset d {\n  each a from b\n    prompt = solve(t), c = d\n  }\n}\n": (
        "2:16 E0101 expected `{`, found the end of the line"
    ),
    "dataset d {\n  let a = { b: 1 }\n    prompt = solve(t), c = d\n  }\n}\n": (
        "4:3 E0104 nothing is open here for this `}` to close"
    ),
    'dataset d {\n  each x from y\n}\n\n  given form = "table"\n  given b = { id: "tea" }\n  expect dropped\n}\n': (
        "8:1 E0104 nothing is open here for this `}` to close"
    ),
    'param n: int = 1\n\n## Asks.\n  @system\n  You compare! Rate.\n  @user\n  "Hi"\n"""\n\nparam m: int = 2\n': (
        '3:9 E0107 a template opens with `"""`'
    ),
    'param n: int = 1\n\n  @system\n  You compare! Rate.\n"""\nparam m: int = 2\n': (
        '2:1 E0107 a template opens with `"""`'
    ),
    'test "t" of d {\n  mock x = [\n    [{ a: "b" }, { a: "c" }]],\n    [{ a: "d" }],\n  ]\n  expect kept\n}\n': (
        "3:29 E0104 nothing is open here for this `]` to close"
    ),
    'prompt a(x: int) """\n  {%  x %}\n  a\n  {% endif %}\n"""\n': "2:3 E0503 templates have no tag `x`",
    'prompt a(x: int) """\n  {% if x %}\n  a\n  {% %}\n"""\n': "4:3 E0503 a tag needs a word: if, for, …",
    'test "t" of d {\n    { a: 1 },\n  ]]\n  expect kept\n}\n': (
        "3:3 E0104 nothing is open here for this `]` to close"
    ),
    'test "t" of d {\n    { a: 1 },\n    { a: 1 },\n  ]\n  expect kept\n}\n': (
        "4:3 E0104 nothing is open here for this `]` to close"
    ),
    "## One.\nrecord A\n  a: str\n}\nparam n: int = 1": "2:9 E0101 expected `{`, found the end of the line",
    "dataset d {\n  emit k for a in zip([b, c], [true,\n    p = a, q = b\n  }\n  audit kept > 1\n}": (
        "2:31 E0103 unclosed `[`"
    ),
    'test "t" of d {\n  moc\n    { a: 1 },\n  ]]\n  expect kept\n}': "2:3 E0110 `moc` begins no statement",
    "record A } {\n  a: str\n}\nparam n: int = 1": "1:10 E0104 nothing is open here for this `}` to close",
    "dataset d {\n  let a = 1\n  } loop i in 1..2 {\n    let b = i\n  }\n  let c = 2\n}": (
        "3:3 E0104 nothing is open here for this `}` to close"
    ),
    'judge j(a: "p\n  @user\n  Is it?\n"""\nparam n: int = 1': "1:12 E0102 unclosed text",
    'test "t" of d {\n  mock a = "b"\n    { c: 1 },\n  ]]\n  expect kept\n}': (
        "2:15 E0101 expected `[`, found the end of the line"
    ),
    'prompt a(x: int) """\n  {% for y in x %}\n  a\n  {% e %}\n"""': "4:3 E0503 templates have no tag `e`",
}


def test_a_word_that_comes_too_late_is_told_its_place() -> None:
    text = "edition 1\ndataset d {\n  gen a: str = b() with c { top_k = 1 } times 2\n}\n"
    (found,) = parse(Source("late.synth", text)).diagnostics
    assert (found.code, found.label) == ("E0101", "write it before the `{`")


HELPS = {
    "dataset d {\n  until true\n}": "it stands inside a `loop`",
    "dataset d {\n  mock x = 1\n}": 'it stands inside a `test "…" of name`',
    "dataset d {\n  loop i in 1..2 {\n    emit { a = 1 }\n  }\n}": "put it behind the loop",
    "dataset d {\n  while true {\n    let a = 1\n  }\n}": (
        "rounds are counted: `loop i in 1..3 carry x: T = start { … next x = … until … }`"
    ),
}


@pytest.mark.parametrize("text", HELPS)
def test_a_statement_in_the_wrong_place_is_told_the_right_one(text: str) -> None:
    (found,) = parse(Source("here.synth", "edition 1\n" + text)).diagnostics
    assert found.help == HELPS[text]


@pytest.mark.parametrize("end", [" {\n", " carry s: int = 0 {\n"])
def test_a_loop_without_an_end_is_read_as_one(end: str) -> None:
    parsed = parse(Source("loop.synth", "edition 1\ndataset d {\n  loop i in 1.." + end + "    let a = i\n  }\n}\n"))
    assert parsed.diagnostics == ()


@pytest.mark.parametrize("text", ONE_FAULT)
def test_one_fault_gives_its_one_message(text: str) -> None:
    assert mistakes(text) == [ONE_FAULT[text]]


LABELS = {
    "dataset d {\n  filter a = b\n}": "`=` sets a value; `==` compares",
    "const a = { x = 1 }": "write `key: value` here",
    "dataset d {\n  seed: 3\n}": "write `name = value` here",
    "dataset d {\n  draw x = [1]\n}": "`~` draws",
    "dataset d {\n  let x ~ [1]\n}": "only `draw` takes a distribution, not `let`",
    "dataset d {\n  drow x ~ [1]\n}": "did you mean `draw`?",
    'promt a() """x"""': "did you mean `prompt`?",
    "dataset d {\n  gen x: T = f() wiht w\n}": "did you mean `with`?",
}


@pytest.mark.parametrize("text", LABELS)
def test_common_slips_are_told_the_way_out(text: str) -> None:
    [found] = parse(Source("a.synth", text)).diagnostics
    assert found.label == LABELS[text]


def test_head_and_body_of_a_declaration_are_checked_both() -> None:
    text = "dataset {\n  let a =\n  loop 1 in 2 {\n    let b = )\n    let c = 1\n  }\n}\n"
    assert [line.split(" ", 2)[0] for line in mistakes(text)] == ["1:9", "2:10", "3:8", "4:13"]


def test_a_message_is_printed_with_the_text_it_is_about() -> None:
    source = Source("specs/qa.synth", QA.replace("with writer { max_tokens = 40 }", "wiht writer { max_tokens = 40 }"))
    assert render(parse(source).diagnostics, {source.path: source}.get) == (
        "error[E0101]: expected `with`, found `wiht`\n"
        "  --> specs/qa.synth:73:63\n"
        "   |\n"
        "73 | … = ask(passage, reader, rules, shots.rows) wiht writer { max_tokens = 40 }\n"
        "   |                                             ^^^^ did you mean `with`?\n"
        "   = help: synth explain E0101\n"
    )


@pytest.mark.parametrize(
    "opener,closer", [("(", ")"), ("[", "]"), ("{a: ", "}"), ("not ", ""), ("- ", ""), ("f(", ")")]
)
@pytest.mark.parametrize("depth", [1_000, 10_000])
def test_deep_nesting_is_a_message_not_a_crash(opener: str, closer: str, depth: int) -> None:
    found = mistakes(f"dataset d {{\n  let x = {opener * depth}1{closer * depth}\n  let y = 2\n}}\n")
    assert [line.split(" ")[1] for line in found] == ["E0109"]


@pytest.mark.parametrize("link", [" + 1", ".a", "[0]", "()", " and x", " | 1"])
def test_long_chains_are_a_message_not_a_crash(link: str) -> None:
    chained = "if a then b else " * 5_000 + "c" if link == " | 1" else "x" + link * 5_000
    found = mistakes(f"const a = 1\nconst x = {chained}\nconst b = 2\n")
    assert [line[:7] for line in found] == ["2:11 E01"] or [line.split(" ")[1] for line in found] == ["E0109"]


def test_depth_that_is_allowed_is_read() -> None:
    assert mistakes("const x = " + "[" * 59 + "]" * 59) == []
    assert mistakes("const x = " + " + ".join(["1"] * 90)) == []
    assert mistakes("const x = [" + ", ".join(["{ a: 1 }"] * 2_000) + "]") == []


@pytest.mark.parametrize("code", [code for code in codes() if re.match("E01|E050[1-6]", code)])
def test_pages_show_a_file_with_the_mistake_and_one_without(code: str) -> None:
    found = page(code)
    assert found is not None
    for example in found.bad:
        if example.language == "synth":
            assert {d.code for d in parse(Source("bad.synth", example.text)).diagnostics} == {code}
    for example in found.good:
        if example.language == "synth":
            assert parse(Source("good.synth", example.text)).diagnostics == ()


def test_a_file_of_nothing_but_mistakes_is_not_read_to_its_end() -> None:
    assert len(mistakes("dataset d {\n" + "  let x =\n\n" * 2_000 + "}\n")) == 500


@pytest.mark.parametrize(
    ("text", "way_out"),
    [
        ("record Row { id: int  persona: str }", "each field stands on a line of its own, or behind a comma"),
        ("dataset d {\n  emit { a = b, c }\n}", "a column is named and given a value: `c = c`"),
        ("dataset d {\n  emit { c, a = b }\n}", "a column is named and given a value: `c = c`"),
    ],
)
def test_entries_that_run_into_each_other_come_with_a_way_out(text: str, way_out: str) -> None:
    assert [found.help for found in parse(Source("a.synth", text)).diagnostics] == [way_out]
