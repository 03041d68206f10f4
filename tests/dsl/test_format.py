"""The formatter: the house style, and that it changes neither the meaning nor a formatted file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import dsl
from dsl.diagnostics import SynthError
from dsl.diagnostics.fixing import edited
from dsl.dump import dump_tree
from dsl.format import format_edits, format_range, format_source
from dsl.parser import parse, read_source
from dsl.source import Source, Span

STYLE_PAGE = Path(__file__).parents[2] / "docs" / "style.md"
EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.synth"))
STD = sorted((Path(dsl.__file__).parent / "std").glob("*.synth"))


def formatted(text: str) -> str:
    return format_source(Source("a.synth", text))


@pytest.mark.parametrize("file", EXAMPLES + STD, ids=lambda f: f.name)
def test_files_in_the_house_style_are_left_alone(file: Path) -> None:
    assert formatted(file.read_text()) == file.read_text()


def test_the_page_about_the_style_shows_it() -> None:
    fenced = re.findall(r"^```synth\n(.*?)^```$", STYLE_PAGE.read_text(), re.DOTALL | re.MULTILINE)
    assert len(fenced) >= 2
    assert [formatted(text) for text in fenced] == fenced


STYLE = {
    # as typed → in the house style
    "": "",
    "\n\n": "",
    "edition   1": "edition 1\n",
    "\n\nedition 1\n\n\n\nparam n:int=3": "edition 1\n\nparam n: int = 3\n",
    "const a=f( 1,b=2 )[ 0 ] . c": "const a = f(1, b = 2)[0].c\n",
    "const a=-1- -b+(c*3)%4": "const a = -1 - -b + (c * 3) % 4\n",
    "const a = 1 .. 3": "const a = 1..3\n",
    "const a = [1 .. ]": "const a = [1..]\n",
    "const a = not(b)": "const a = not (b)\n",
    "const a = x not  in[1]": "const a = x not in [1]\n",
    "const a={x:1,y:{}}": "const a = { x: 1, y: {} }\n",
    "const a = if(x)then[1]else{}": "const a = if (x) then [1] else {}\n",
    'param a: "x"|"y" ? = 1': 'param a: "x" | "y"? = 1\n',
    "param a: str [ ] = 1": "param a: str[] = 1\n",
    "mix t{a:50%,b:50%}": "mix t { a: 50%, b: 50% }\n",
    'judge a(t:str)->1 .. 2 by c """Q"""{\n+1 "x"\n}': 'judge a(t: str) -> 1..2 by c """Q""" {\n  +1 "x"\n}\n',
    "const a = 1# why": "const a = 1  # why\n",
    "##doc\nedition 1": "## doc\nedition 1\n",
    "dataset d {\n\n\n# one\neach x from y\n\n\n\n# two\n}": ("dataset d {\n  # one\n  each x from y\n\n  # two\n}\n"),
    "dataset d{\nemit{a=b,...c}\n}": "dataset d {\n  emit { a = b, ...c }\n}\n",
    "dataset d {\n  emit {\n a=[\n1,\n2]\n}\n}": (
        "dataset d {\n  emit {\n    a = [\n      1,\n      2,\n    ]\n  }\n}\n"
    ),
    "dataset d {\ndraw a ~ b\ndraw long ~ c\n\ndraw e ~ f\n}": (
        "dataset d {\n  draw a    ~ b\n  draw long ~ c\n\n  draw e ~ f\n}\n"
    ),
    'criteria c {\n"a" weight 2\n"long one"\n"bb" when x\n}': (
        'criteria c {\n  "a"         weight 2\n  "long one"\n  "bb"        when x\n}\n'
    ),
    'criteria c {\n"a"        weight 2\n"bb"       when x\n}': 'criteria c {\n  "a"   weight 2\n  "bb"  when x\n}\n',
    'prompt a() """\n      x\n        y\n\n\n      z\n   """': 'prompt a() """\n  x\n    y\n\n\n  z\n"""\n',
    'dataset d {\ngen x: str with w """\nHi\n"""\n}': 'dataset d {\n  gen x: str with w """\n    Hi\n  """\n}\n',
    'prompt a()    """ x  {{y}} """': 'prompt a() """ x  {{y}} """\n',
    "edition 1\r\nparam n: int = 3\r\n": "edition 1\n\nparam n: int = 3\n",
    "\tedition 1": "edition 1\n",
    # what is broken somewhere is broken at both ends, with a comma behind each element that has a row of its own
    "const a = [1,\n2]": "const a = [\n  1,\n  2,\n]\n",
    "const a = [1, 2,]": "const a = [1, 2]\n",
    "const a = [\n1, 2,\n3, 4,\n]": "const a = [\n  1, 2,\n  3, 4\n]\n",
    "const a = [{\nb: 1,\nc: 2 }]": "const a = [{\n  b: 1\n  c: 2\n}]\n",
    "const a = (b\nand c)": "const a = (\n  b\n  and c\n)\n",
    "const a = {\n}": "const a = {}\n",
    "const a = [ # why\n1,\n2 # two\n]": "const a = [  # why\n  1,\n  2,  # two\n]\n",
    "const a = [1\n,2]": "const a = [\n  1\n  , 2\n]\n",
    # in braces a line end parts as well as a comma does
    "mix t { a: 50%,\nb: 50%, }": "mix t {\n  a: 50%\n  b: 50%\n}\n",
    "mix t { a: 50%, # half\nb: 50% }": "mix t {\n  a: 50%  # half\n  b: 50%\n}\n",
    "enum E { a, b, }": "enum E { a, b }\n",
    # what takes several lines stands apart, and so do the edition and the imports
    "edition 1\nparam a: int = 1\nparam b: int = 2\nrecord R {\nx: str\n}\nconst c = 1": (
        "edition 1\n\nparam a: int = 1\nparam b: int = 2\n\nrecord R {\n  x: str\n}\n\nconst c = 1\n"
    ),
    'from "a.synth" import b\nfrom "c.synth" import d\nconst a = 1': (
        'from "a.synth" import b\nfrom "c.synth" import d\n\nconst a = 1\n'
    ),
    "const a = 1\n# of r\n## r\nrecord R {\nx: str\n}": ("const a = 1\n\n# of r\n## r\nrecord R {\n  x: str\n}\n"),
    "const a = 1\n# of a\n\nrecord R {\nx: str\n}": "const a = 1\n# of a\n\nrecord R {\n  x: str\n}\n",
}

LONG = ", ".join(f"column_{number} = my_value_{number}" for number in range(5))
DATA, SUMS = LONG.replace(" =", ":"), LONG.replace("=", "+")
MORE = f"{DATA}, and_another: value_5"
WIDE = {
    # a row that is too long is broken at its last bracket; what does not fit there stands one element a row
    f"dataset d {{\n  emit {{ {LONG} }}\n}}\n": f"dataset d {{\n  emit {{\n    {LONG}\n  }}\n}}\n",
    f"model m {{ {LONG} }}\n": f"model m {{\n  {LONG}\n}}\n",
    f"const a = f({LONG})\n": f"const a = f(\n  {LONG}\n)\n",
    f"const a = [{SUMS}]\n": f"const a = [\n  {SUMS}\n]\n",
    f"const a = [{SUMS}, some + more]\n": "const a = [\n"
    + "".join(f"  {one},\n" for one in [*SUMS.split(", "), "some + more"])
    + "]\n",
    f"const a = {{ {MORE} }}\n": f"const a = {{\n  {MORE}\n}}\n",
    f"const a = {{ {DATA}, more: [1, 2] }}\n": f"const a = {{\n  {DATA}, more: [\n    1, 2\n  ]\n}}\n",
    f'const a = f("{"x" * 130}")\n': f'const a = f("{"x" * 130}")\n',
    f"edition 1  # {'x' * 130}\n": f"edition 1  # {'x' * 130}\n",
}


@pytest.mark.parametrize("text", WIDE)
def test_a_row_that_is_too_long_is_broken_where_it_can_be(text: str) -> None:
    assert formatted(text) == WIDE[text]
    assert formatted(WIDE[text]) == WIDE[text]


@pytest.mark.parametrize("text", STYLE)
def test_house_style(text: str) -> None:
    assert formatted(text) == STYLE[text]
    assert formatted(STYLE[text]) == STYLE[text]
    assert dump_tree(parse(Source("a", text)).file) == dump_tree(parse(Source("a", STYLE[text])).file)


def test_every_comment_is_kept() -> None:
    record = "# a\nrecord R { # b\n  # c\n  x: str # d\n  ## e\n  y: str\n  # f\n} # g\n"
    text = record + "const l = [ # h\n  1, # i\n  # j\n] # k\n# l"
    made = formatted(text)
    assert [letter for letter in "abcdfghijkl" if f"# {letter}" not in made] == []
    assert made.count("#") == text.count("#")


def test_text_of_a_template_is_only_moved() -> None:
    text = 'prompt a() """\n\tx  \n\t  y\t\n\n\t{% raw %}\n\t  {{ z }}\n\t{% endraw %}\n"""\n'
    made = formatted(text)
    assert made == 'prompt a() """\n  x  \n    y\t\n\n  {% raw %}\n    {{ z }}\n  {% endraw %}\n"""\n'
    assert dump_tree(parse(Source("a", text)).file) == dump_tree(parse(Source("a", made)).file)


def test_a_file_with_mistakes_is_refused_with_its_messages() -> None:
    with pytest.raises(SynthError) as caught:
        formatted("param n int = 3")
    assert [d.code for d in caught.value.diagnostics] == ["E0101"]


RANGED = "edition 1\n\nparam  a: int = 1\n\nparam  b: int = 2\nconst c = [1,\n2]\n\n\n\nconst  d = 3"


def test_edits_make_the_formatted_text_and_touch_no_line_that_is_in_the_style() -> None:
    edits = format_edits(Source("a.synth", RANGED))
    assert edited(RANGED, edits) == formatted(RANGED)
    assert not any("edition" in edit.text for edit in edits)


def test_a_range_formats_its_own_lines_and_no_others() -> None:
    at = RANGED.index("b: int")
    edits = format_range(Source("a.synth", RANGED), Span("a.synth", at, at + 1))
    assert edited(RANGED, edits) == RANGED.replace("param  b", "param b")


def test_a_range_within_a_bracket_leaves_what_parses_as_before() -> None:
    at = RANGED.index("2]")
    edits = format_range(Source("a.synth", RANGED), Span("a.synth", at, at))
    assert edited(RANGED, edits) == RANGED.replace("\n2]", "\n  2,\n]")


def test_marks_at_the_start_and_windows_line_ends_go() -> None:
    source = read_source("\ufeffedition 1\r\n\r\nparam\ta: int = 1".encode())
    assert format_source(source) == "edition 1\n\nparam a: int = 1\n"
