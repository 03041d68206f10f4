"""The formatter: the house style, and that it changes neither the meaning nor a formatted file."""

from __future__ import annotations

from pathlib import Path

import pytest

import dsl
from dsl.diagnostics import SynthError
from dsl.dump import dump_tree
from dsl.format import format_source
from dsl.parser import parse
from dsl.source import Source

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.synth"))
STD = sorted((Path(dsl.__file__).parent / "std").glob("*.synth"))


def formatted(text: str) -> str:
    return format_source(Source("a.synth", text))


@pytest.mark.parametrize("file", EXAMPLES + STD, ids=lambda f: f.name)
def test_files_in_the_house_style_are_left_alone(file: Path) -> None:
    assert formatted(file.read_text()) == file.read_text()


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
    "dataset d {\n  emit {\n a=[\n1,\n2]\n}\n}": "dataset d {\n  emit {\n    a = [\n      1,\n      2]\n  }\n}\n",
    "dataset d {\ndraw a ~ b\ndraw long ~ c\n\ndraw e ~ f\n}": (
        "dataset d {\n  draw a    ~ b\n  draw long ~ c\n\n  draw e ~ f\n}\n"
    ),
    'criteria c {\n"a" weight 2\n"long one"\n"bb" when x\n}': (
        'criteria c {\n  "a"         weight 2\n  "long one"\n  "bb"        when x\n}\n'
    ),
    'criteria c {\n"a"        weight 2\n"bb"       when x\n}': (
        'criteria c {\n  "a"        weight 2\n  "bb"       when x\n}\n'
    ),
    'prompt a() """\n      x\n        y\n\n\n      z\n   """': 'prompt a() """\n  x\n    y\n\n\n  z\n"""\n',
    'dataset d {\ngen x: str with w """\nHi\n"""\n}': 'dataset d {\n  gen x: str with w """\n    Hi\n  """\n}\n',
    'prompt a()    """ x  {{y}} """': 'prompt a() """ x  {{y}} """\n',
    "edition 1\r\nparam n: int = 3\r\n": "edition 1\nparam n: int = 3\n",
    "\tedition 1": "edition 1\n",
}


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
