"""Every construct of the language and the tree it makes, in the words of `dsl.dump`."""

from __future__ import annotations

import textwrap

import pytest

from dsl.dump import dump_tokens, dump_tree, expression_text, type_text
from dsl.parser import parse, parse_expression
from dsl.source import Source
from dsl.tree import Param, walk

DECLARATIONS = {
    "edition 2": "Edition number=2",
    'from "std/x.synth" import a, b': 'Import path="std/x.synth" names=[a b]',
    "param n: int = 1_000": "Param name=n type=int default=1000",
    'const rules = lines("r.txt")': 'Const name=rules value=lines("r.txt")',
    "enum Level { low, high }": "Enum name=Level members=[low high]",
    "enum Level {\n  low\n  high,\n}": "Enum name=Level members=[low high]",
    "record A { x: str, y: int? }": "Record name=A\n  Field name=x type=str\n  Field name=y type=int?",
    'record A {\n  text: str = "a" where len(text) > 0\n}': (
        'Record name=A\n  Field name=text type=str default="a" constraint=(> len(text) 0)'
    ),
    'input pages: Page = sql("select 1") { key = id }': (
        'Input name=pages type=Page source=sql("select 1")\n  Setting name=key value=id'
    ),
    "personas readers = authors": "Personas name=readers source=authors",
    'criteria asks(page: Page) {\n  "a" weight 2 when page.x\n  "b" weight 0.5\n}': (
        "Criteria name=asks\n  Parameter name=page type=Page\n"
        '  Criterion text="a" weight=2 condition=page.x\n  Criterion text="b" weight=0.5'
    ),
    'criteria asks {\n  "a"\n}': 'Criteria name=asks\n  Criterion text="a"',
    'model coder { temperature = 0.7, stop = ["x"] }': (
        'Model name=coder\n  Setting name=temperature value=0.7\n  Setting name=stop value=["x"]'
    ),
    'prompt ask(p: Page, n: int = 2) """Hi {{ p }}"""': (
        "Prompt name=ask\n  Parameter name=p type=Page\n  Parameter name=n type=int default=2\n"
        '  TemplateText text="Hi "\n  TemplateHole value=p'
    ),
    'judge ok(t: str) -> bool by critic """Q""" { threshold = 0.5 }': (
        "Judge name=ok result=bool role=critic\n  Parameter name=t type=str\n"
        '  TemplateText text="Q"\n  Setting name=threshold value=0.5'
    ),
    'judge good(t: str) -> points by critic """Q""" {\n  +1 "a"\n  -2 "b"\n}': (
        'Judge name=good result=points role=critic\n  Parameter name=t type=str\n  TemplateText text="Q"\n'
        '  Point value=1 signed=true text="a"\n  Point value=-2 signed=true text="b"'
    ),
    'judge good() -> 1..2 by critic """Q""" {\n  1 "bad"\n  2 "fine"\n}': (
        'Judge name=good result=(.. 1 2) role=critic\n  TemplateText text="Q"\n'
        '  Point value=1 signed=false text="bad"\n  Point value=2 signed=false text="fine"'
    ),
    "mix train { tickets: 50%, real: 50% }": "Mix name=train shares={tickets: 50%, real: 50%}",
}

STATEMENTS = {
    "target = 5_000": "Set name=target value=5000",
    "target = 500 per product": "Set name=target value=500 per=product",
    "key = [a, b]": "Set name=key value=[a, b]",
    "each page from pages": 'Each name=page kind="from" over=pages',
    "each take in 1..3": 'Each name=take kind="in" over=(.. 1 3)',
    "each take in 1..": 'Each name=take kind="in" over=(.. 1)',
    "draw tone ~ weighted {formal: 70%, casual: 30%}": (
        "Draw name=tone distribution=(weighted {formal: 70%, casual: 30%})"
    ),
    "draw x ~ asks(page).pick(2..3)": "Draw name=x distribution=asks(page).pick((.. 2 3))",
    "draw x ~ if c then a else b": "Draw name=x distribution=(if c a b)",
    "let y: int = 3": "Let name=y type=int value=3",
    "gen x: T = ask(p) with writer": "Gen name=x type=T prompt=ask(p) role=writer",
    'gen x: T = ask(p) with writer times n { salt = "a" } for a in xs for b, c in zip(ys, zs) when ok': (
        "Gen name=x type=T prompt=ask(p) role=writer times=n condition=ok\n"
        '  Setting name=salt value="a"\n'
        "  ForClause targets=[a] iterable=xs\n  ForClause targets=[b c] iterable=zip(ys, zs)"
    ),
    'gen x: T with writer """Hi"""': 'Gen name=x type=T role=writer\n  TemplateText text="Hi"',
    'gen x: T with writer """Hi""" for d in ds': (
        'Gen name=x type=T role=writer\n  TemplateText text="Hi"\n  ForClause targets=[d] iterable=ds'
    ),
    "run r = pytest(code, tests) { timeout = 10s } for d in ds when ok": (
        "Run name=r tool=pytest(code, tests) condition=ok\n"
        "  Setting name=timeout value=10s\n  ForClause targets=[d] iterable=ds"
    ),
    "require a > 1": "Require condition=(> a 1)",
    "require a else drop": "Require condition=a otherwise=drop",
    "require a else retry 2": "Require condition=a otherwise=2",
    "require a else retry 2 from x": "Require condition=a otherwise=2 from x",
    "filter not a": "Filter condition=(not a)",
    "flag x when a": "Flag value=x condition=a",
    "dedup x by minhash(0.8)": "Dedup value=x method=minhash(0.8)",
    "dedup x.y by exact": "Dedup value=x.y method=exact",
    "decontaminate x against b.text by ngram(13)": "Decontaminate value=x against=b.text method=ngram(13)",
    "select 6_000 by score": "Select count=6000 by=score",
    "select 10 by score apart x by meaning(0.9)": "Select count=10 by=score apart=x method=meaning(0.9)",
    "loop i in 1..3 carry s: T = e, t: int = 0 {\n  let x = s\n  next s = x\n  until x\n}": (
        "Loop name=i over=(.. 1 3)\n  Carry name=s type=T start=e\n  Carry name=t type=int start=0\n"
        "  Let name=x value=s\n  Next name=s value=x\n  Until condition=x"
    ),
    "emit { a = b, ...c }": "Emit\n  Setting name=a value=b\n  Spread value=c",
    "emit sft as train split by level for a, b in zip(xs, ys) { x = a }": (
        "Emit kind=sft name=train split=level\n  ForClause targets=[a b] iterable=zip(xs, ys)\n  Setting name=x value=a"
    ),
    "emit atomic dpo as pairs { prompt = a }": "Emit atomic=atomic kind=dpo name=pairs\n  Setting name=prompt value=a",
    'emit { "a column": b }': 'Emit\n  Entry key="a column" value=b',
    "emit dpo { prompt = a, chosen = b, from = c, in = d }": (
        "Emit kind=dpo\n  Setting name=prompt value=a\n  Setting name=chosen value=b\n"
        "  Setting name=from value=c\n  Setting name=in value=d"
    ),
    'audit share(a == "b") in 15%..25%': 'Audit condition=(in share((== a "b")) (.. 15% 25%))',
}

TESTS = {
    "given a = 1": "Given name=a value=1",
    'mock x = ["a", "b"]': 'Mock name=x value=["a", "b"]',
    "expect kept": "ExpectRow",
    "expect dropped by x": "ExpectRow dropped_by=x",
    "expect that a == 1": "ExpectThat condition=(== a 1)",
}

EXPRESSIONS = {
    "1 + 2 * 3 - 4": "(- (+ 1 (* 2 3)) 4)",
    "a or b and not c": "(or a (and b (not c)))",
    "not a == b": "(not (== a b))",
    "-a.b + +c": "(+ (- a.b) (+ c))",
    "a - -1": "(- a (- 1))",
    "a in 1..2": "(in a (.. 1 2))",
    "a not in [b]": "(not in a [b])",
    "a == 1 and b != 2": "(and (== a 1) (!= b 2))",
    "kept / attempted >= 10%": "(>= (/ kept attempted) 10%)",
    "a >= 10% and b": "(and (>= a 10%) b)",
    "10 % 3": "(% 10 3)",
    "10%3": "(% 10 3)",
    "x % y": "(% x y)",
    "10s": "10s",
    "1.5h": "1.5h",
    "512MB": "512MB",
    "0.5": "0.5",
    "1_000.5": "1000.5",
    "0.5..1.1": "(.. 0.5 1.1)",
    "[1..]": "[(.. 1)]",
    "f(1.., 2)": "f((.. 1), 2)",
    "xs[1..]": "xs[(.. 1)]",
    "xs[0].y(1)[2..3]": "xs[0].y(1)[(.. 2 3)]",
    "f(a, by = b, c = 1 + 2,)": "f(a, by=b, c=(+ 1 2))",
    "if a then b else if c then d else e": "(if a b (if c d e))",
    "(if a then b else c) + 1": "(+ (if a b c) 1)",
    '{ a: 1, "b c": [2], d: {} }': "{a: 1, b c: [2], d: {}}",
    "weighted { a: 1 }": "(weighted {a: 1})",
    "true": "true",
    "null": "null",
    "[\n  1,\n  2,\n]": "[1, 2]",
    "f(\n  a\n  + b\n)": "f((+ a b))",
    "a.from.in.text": "a.from.in.text",
    r'"a\n\t\"\\ \d \u00e9"': r'"a\n\t\"\\ \\d é"',
    r'"\ud800"': r'"\\ud800"',
}

TYPES = {
    "str": "str",
    "str?": "str?",
    "str[]": "str[]",
    "str[4][]": "str[4][]",
    "str[len(xs)]": "str[len(xs)]",
    "Page[]?": "Page[]?",
    '"a" | "b"': '("a" | "b")',
    '"a" | "b"?': '("a" | "b")?',
    '("a" | "b")[]': '("a" | "b")[]',
    "json(schema)": "json(schema)",
    "int | null_like": "(int | null_like)",
}


def tree_of(text: str) -> str:
    parsed = parse(Source("a.synth", text))
    assert parsed.diagnostics == ()
    return textwrap.dedent(dump_tree(parsed.file).split("\n", 1)[1])


@pytest.mark.parametrize("text", DECLARATIONS)
def test_declaration(text: str) -> None:
    assert tree_of(text) == DECLARATIONS[text] + "\n"


@pytest.mark.parametrize("text", STATEMENTS)
def test_statement_of_a_dataset(text: str) -> None:
    expected = "Dataset name=d\n" + textwrap.indent(STATEMENTS[text], "  ") + "\n"
    assert tree_of(f"dataset d {{\n{textwrap.indent(text, '  ')}\n}}") == expected


@pytest.mark.parametrize("text", TESTS)
def test_statement_of_a_test(text: str) -> None:
    expected = f'Test title="t" dataset=d\n  {TESTS[text]}\n'
    assert tree_of(f'test "t" of d {{\n  {text}\n}}') == expected


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_expression(text: str) -> None:
    assert expression_text(parse_expression(text, "here")) == EXPRESSIONS[text]


@pytest.mark.parametrize("text", TYPES)
def test_type(text: str) -> None:
    parsed = parse(Source("a.synth", f"param x: {text} = 1"))
    assert parsed.diagnostics == ()
    [param] = parsed.file.declarations
    assert isinstance(param, Param)
    assert type_text(param.type) == TYPES[text]


def test_docs_belong_to_what_stands_under_them() -> None:
    text = """
    ## The file.
    edition 1

    ## A record,
    ## in two lines.
    record A {
      ## A field.
      x: str
      # no doc
      y: str
    }

    criteria c {
      ## A criterion.
      "a"
    }

    dataset d {
      ## A draw.
      draw a ~ b
      filter a  ## no doc either
      let c = 1
    }
    """
    parsed = parse(Source("a.synth", textwrap.dedent(text)))
    shown = dump_tree(parsed.file)
    assert parsed.file.doc is not None
    assert parsed.file.doc.text == "The file."
    assert 'Record doc="A record,\\nin two lines." name=A' in shown
    assert 'Field doc="A field." name=x' in shown
    assert "Field name=y" in shown
    assert 'Criterion doc="A criterion."' in shown
    assert 'Draw doc="A draw."' in shown
    assert "Let name=c" in shown


def test_a_doc_comment_never_changes_the_rest_of_the_tree() -> None:
    plain = "record A {\n  x: str\n}\nparam n: int = 1\n"
    documented = "## one\nrecord A {\n  ## two\n\n  x: str\n  ## three\n}\n\n## four\nparam n: int = 1\n## five\n"
    without = dump_tree(parse(Source("a", plain)).file)
    shown = dump_tree(parse(Source("a", documented)).file)
    for doc in ("one", "two", "four"):
        shown = shown.replace(f' doc="{doc}"', "")
    assert shown == without


def test_spans_give_back_the_text_they_cover() -> None:
    source = Source("a.synth", "dataset d {\n  filter (a + b) * words(c.d) >= 3\n}\n")
    texts = [source.slice(node.span) for node in walk(parse(source).file)]
    assert "(a + b)" in texts
    assert "words(c.d)" in texts
    assert "(a + b) * words(c.d) >= 3" in texts


def test_tokens_are_listed_with_the_meaning_they_have_in_their_place() -> None:
    shown = dump_tokens(Source("a.synth", "emit"))
    assert shown == '1:1 NAME "emit"\n'
    shown = dump_tokens(Source("a.synth", "dataset d {\n  emit { prompt = x }\n}"))
    assert '2:3 EMIT "emit"\n' in shown
    assert '2:10 NAME "prompt"\n' in shown
