"""Templates: what they say after dedenting, tag lines, trim marks and markers; and mistakes at their own places."""

from __future__ import annotations

import textwrap

import pytest

from dsl import tree
from dsl.dump import dump_tree, expression_text
from dsl.parser import parse
from dsl.source import Source


def template(body: str) -> tree.Template:
    parsed = parse(Source("a.synth", f'prompt a(x: str) """{body}"""\n'))
    assert parsed.diagnostics == ()
    [prompt] = parsed.file.declarations
    assert isinstance(prompt, tree.Prompt)
    return prompt.template


def shown(parts: tuple[tree.TemplatePart, ...]) -> str:
    """The template with every hole, tag and marker in a short form: what a reader would expect to be rendered."""
    return "".join(map(_shown, parts))


def _shown(part: tree.TemplatePart) -> str:
    match part:
        case tree.TemplateText(text=text):
            return text
        case tree.TemplateHole(value=value):
            return f"<{expression_text(value)}>"
        case tree.TemplateMarker(kind=kind, role=role, value=value):
            return f"[@{kind}{' ' + role if role else ''}{' ' + expression_text(value) if value else ''}]"
        case tree.TemplateIf(branches=branches):
            arms = [f"{expression_text(b.condition) if b.condition else 'else'}:{shown(b.body)}" for b in branches]
            return "(if " + "|".join(arms) + ")"
        case tree.TemplateFor(target=target, iterable=iterable, body=body, otherwise=otherwise):
            rest = f"|else:{shown(otherwise)}" if otherwise else ""
            return f"(for {target.text} in {expression_text(iterable)}:{shown(body)}{rest})"
    raise AssertionError(part)


RENDERED = {
    "": "",
    "\n": "",
    "Hi": "Hi",
    'say "hi"': 'say "hi"',
    '"hi" she said': '"hi" she said',
    " Hi {{ x }} ": " Hi <x> ",
    "\n  Hi\n": "Hi",
    "\n  a\n    b\n\n  c\n": "a\n  b\n\nc",
    "\n    a\n  b\n": "  a\nb",
    "\n\ta\n\t\tb\n": "a\n\tb",
    "\n  a\n   \n  b\n  ": "a\n\nb",
    "first\n  a\n  b": "first\na\nb",
    "\n  {{ x }}\n    y\n": "<x>\n  y",
    "\n  a {{ x\n }} b\n": "a <x> b",
    '{{ x | join(", ") | upper }}': '<((x | join(", ")) | upper())>',
    "{{ {a: {b: 1}}.a }}": "<{a: {b: 1}}.a>",
    '{{ "}}" }}': '<"}}">',
    "{{x}}{{-x-}}": "<x><x>",
    "a  {{- x -}}  b": "a<x>b",
    "{{ -1 }}": "<(- 1)>",
    "{{ x[1..] }}": "<x[(.. 1)]>",
    "\n  {% if x %}\n  yes\n  {% elif y > 1 %}\n  maybe\n  {% else %}\n  no\n  {% endif %}\n  end\n": (
        "(if x:yes\n|(> y 1):maybe\n|else:no\n)end"
    ),
    "a {% if x %}b{% endif %} c": "a (if x:b) c",
    "a\n{% if x %} b\n{% endif %}\nc": "a\n(if x: b\n)c",
    "\n  {% for i in xs %}\n  - {{ i }}\n  {% else %}\n  none\n  {% endfor %}\n": "(for i in xs:- <i>\n|else:none\n)",
    "\n  {% for i in xs %}{% if i %}\n  {{ i }}\n  {% endif %}{% endfor %}\n": "(for i in xs:(if i:<i>\n))",
    "\n  a\n  {# gone\n     with its lines #}\n  b {# here #} c\n": "a\nb  c",
    "a\n  {%- if x -%}\n  b\n  {%- endif %}\nc": "a(if x:b)c",
    "\n  {% raw %}\n  {{ x }} {% if %}\n  @user\n  {% endraw %}\n  b\n": "{{ x }} {% if %}\n@user\nb",
    "{% raw %}{{{% endraw %}": "{{",
    "\n  @system\n  Be brief.\n  @user\n  Hi\n": "[@system]Be brief.\n[@user]Hi",
    "\n  {% for i in xs %}\n  @user\n  {{ i }}\n  {% endfor %}\n": "(for i in xs:[@user]<i>\n)",
    "\n  {% for i in xs %}\n    @user\n  {{ i }}\n  {% endfor %}\n": "(for i in xs:[@user]<i>\n)",
    "\n  @chat {{ history }}\n  @user\n  x\n": "[@chat history][@user]x",
    "\n  @user\n  q\n  @open assistant\n  Sure:\n": "[@user]q\n[@open assistant]Sure:",
    "\n  @open user\n": "[@open user]",
    "\n  @raw\n  once upon\n": "[@raw]once upon",
    "\n  @dataclass\n  @alice said hi\n  mail me@user\n": "@dataclass\n@alice said hi\nmail me@user",
    "\n  x @user\n": "x @user",
    '\n  {{ "@" }}user\n': '<"@">user',
}


@pytest.mark.parametrize("body", RENDERED)
def test_template_says_what_a_reader_expects(body: str) -> None:
    assert shown(template(body).parts) == RENDERED[body]


def test_indentation_of_the_statement_does_not_matter() -> None:
    inline = 'gen x: str with w """\n  @user\n  Hi {{ y }}\n    deeper\n"""'
    texts = [parse(Source("a", "dataset d {\n" + textwrap.indent(inline, " " * n) + "\n}")).file for n in (0, 2, 7)]
    assert dump_tree(texts[0]) == dump_tree(texts[1]) == dump_tree(texts[2])


def test_windows_line_ends_do_not_reach_the_text() -> None:
    for body, expected in RENDERED.items():
        assert shown(template(body.replace("\n", "\r\n")).parts) == expected


def test_holes_lie_at_their_own_place_in_the_file() -> None:
    body = "\n  Hi {{ x.name }},\n  {% for i in xs.rows %}\n  @chat {{ i }}\n  {% endfor %}\n"
    source = Source("a.synth", f'prompt a(x: str) """{body}"""\n')
    parsed = parse(source)
    places = {}
    for node in tree.walk(parsed.file):
        if isinstance(node, tree.Attr | tree.TemplateHole | tree.TemplateMarker | tree.TemplateFor):
            at = source.position(node.span.start)
            places[source.slice(node.span)] = (at.line, at.column)
    assert places["x.name"] == (2, 9)
    assert places["{{ x.name }}"] == (2, 6)
    assert places["xs.rows"] == (3, 15)
    assert places["@chat {{ i }}"] == (4, 3)
    assert places["{% for i in xs.rows %}\n  @chat {{ i }}\n  {% endfor %}"] == (3, 3)


MISTAKES = {
    "{{ x": "1:21 E0501 unclosed `{{` in a template",
    "\n  a {{ x\n  b {{ y }}\n": "2:5 E0501 unclosed `{{` in a template",
    "\n  {% if x\n  a\n  {% endif %}\n": "2:3 E0501 unclosed `{%` in a template",
    "{# x": "1:21 E0501 unclosed `{#` in a template",
    "{{ }}": "1:23 E0502 expected a value, found the end of the `{{ }}`",
    "{{ x + }}": "1:27 E0502 expected a value, found the end of the `{{ }}`",
    "{{ f(x }}": "1:25 E0502 unclosed `(`",
    "{{ x) }}": "1:25 E0502 nothing is open here for this `)` to close",
    "{{ x ! }}": "1:26 E0502 `!` has no meaning here",
    "{{ x is defined }}": "1:26 E0502 expected the end of the `{{ }}`, found `is`",
    "{% if %}x{% endif %}": "1:26 E0502 expected a value, found the end of the tag",
    "{% if x == %}x{% endif %}": "1:31 E0502 expected a value, found the end of the tag",
    "{% for i in %}x{% endfor %}": "1:32 E0502 expected a value, found the end of the tag",
    "{% set y = 1 %}": "1:21 E0503 templates have no tag `set`",
    "{% iff x %}y{% endif %}": "1:21 E0503 templates have no tag `iff`",
    "{% foreach i in xs %}y{% endfor %}": "1:21 E0503 templates have no tag `foreach`",
    "{% if x %}y{% elseif z %}w{% endif %}": "1:32 E0503 templates have no tag `elseif`",
    "{% %}": "1:21 E0503 a tag needs a word: if, for, …",
    "{% if x %}y": "1:21 E0504 unclosed `{% if %}`",
    "{% for i in xs %}y": "1:21 E0504 unclosed `{% for %}`",
    "{% for i in xs %}{% if i %}y{% endfor %}": "1:38 E0504 unclosed `{% if %}`",
    "x{% endif %}": "1:22 E0504 `{% endif %}` without a `{% if %}`",
    "x{% else %}": "1:22 E0504 `{% else %}` without a `{% if %}`",
    "x{% endraw %}": "1:22 E0504 `{% endraw %}` without a `{% raw %}`",
    "{% raw %}x": "1:21 E0504 unclosed `{% raw %}`",
    "{% if x %}{% else %}{% else %}{% endif %}": "1:41 E0504 `{% else %}` after `{% else %}`",
    "{% for i in xs %}{% elif x %}{% endfor %}": "1:38 E0504 `{% elif %}` without a `{% if %}`",
    "\n  @usre\n  Hi\n": "2:3 E0505 there is no marker `@usre`",
    "\n  @user Hi\n": "2:3 E0505 `@user` stands alone on its line",
    "\n  @open\n": "2:3 E0505 `@open` needs the role that goes on",
    "\n  @open system\n": "2:3 E0505 `@open` needs the role that goes on",
    "\n  @chat messages\n": "2:3 E0505 `@chat` takes the messages in one hole",
    "\n  @chat {{ a }} {{ b }}\n": "2:3 E0505 `@chat` takes the messages in one hole",
    "{% for a, b in xs %}x{% endfor %}": "1:27 E0506 `for` needs a name and `in`",
    "{% for i of xs %}x{% endfor %}": "1:27 E0506 `for` needs a name and `in`",
    "{% if x %}{% else if y %}{% endif %}": "1:38 E0506 `else` takes no condition",
    "{% if x %}{% endif x %}": "1:39 E0506 `endif` takes nothing",
    "{% if x %}" * 41 + "{% endif %}" * 41: "1:411 E0109 nested too deep",
    "{{ " + "not " * 200 + "x }}": "1:424 E0109 nested too deep",
}


@pytest.mark.parametrize("body", MISTAKES, ids=lambda body: body[:30])
def test_mistake_is_reported_once_at_its_place(body: str) -> None:
    source = Source("a.synth", f'prompt a(x: str) """{body}"""\nparam n: int = 3\n')
    parsed = parse(source)
    [found] = parsed.diagnostics
    assert found.span is not None
    at = source.position(found.span.start)
    assert f"{at.line}:{at.column} {found.code} {found.message}" == MISTAKES[body]
    assert [type(d).__name__ for d in parsed.file.declarations] == ["Prompt", "Param"]


def test_rest_of_a_template_is_read_around_its_mistakes() -> None:
    body = "\n  a {{ x + }} b\n  {% for i in %}\n  {{ i. }}\n  {% endfor %}\n  {{ good }}\n"
    source = Source("a.synth", f'prompt a(x: str) """{body}"""')
    parsed = parse(source)
    assert [d.code for d in parsed.diagnostics] == ["E0502", "E0502", "E0502"]
    [prompt] = parsed.file.declarations
    assert isinstance(prompt, tree.Prompt)
    assert shown(prompt.template.parts) == "a  b\n<good>"


def test_jinja_habits_are_told_the_way_out() -> None:
    for body, label in {
        "{{ x is defined }}": "there are no `is` tests; compare with `==`, `null`, or a method",
        "{{ x if y }}": "write `if a then b else c`, or `.where(…)` on a list",
        "{% for i in xs if i %}{% endfor %}": "write `if a then b else c`, or `.where(…)` on a list",
        '{{ x ~ "a" }}': "join texts with `+`",
        "{% foreach i in xs %}{% endfor %}": "did you mean `for`?",
        "{% for a, b in xs %}{% endfor %}": "a template's `for` takes one name",
    }.items():
        [found] = parse(Source("a.synth", f'prompt a(x: str) """{body}"""')).diagnostics
        assert found.label == label
