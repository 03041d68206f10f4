"""Hypothesis strategies: specs made from the grammar, and the examples with damage done to them."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

EXAMPLES = [file.read_text() for file in sorted((Path(__file__).parent / "examples").glob("*.synth"))]
DEBRIS = [
    *"{}()[]\"'#=:~|.,?@\\\n\t\r -+*/%<>!&;é日\u00a0\u202e\0",
    *('"""', "{{", "}}", "{%", "%}", "{#", "#}", "{% if a %}", "{% endif %}", "{% for x in y %}", "{% endfor %}"),
    *("##", "..", "...", "->", "==", " in ", " not ", "gen ", "dataset d {\n", "@user\n", "@open\n"),
    *("1", "1.", "9" * 30),
]

names = st.sampled_from(["a", "page", "text", "x1", "_y", "model", "from", "prompt", "kept"])
spaces = st.sampled_from(["", " ", "  ", "\t"])
comments = st.sampled_from(["", "", "", "  # why", " ## not a doc"])
strings = st.sampled_from(['""', '"a b"', r'"\"\\\n"', r'"\d+ é"', '"}} {% \'"', '"日本"'])
atoms = st.one_of(
    names.filter(lambda n: n != "kept"),
    strings,
    st.sampled_from(["0", "1_000", "0.5", "35%", "10s", "512MB", "true", "null", "[]", "{}", "[1..]"]),
)
binary = st.sampled_from(["+", "-", "*", "/", "%", "==", "!=", "<=", ">", "in", "not in", "and", "or"])


def _joined(parts: st.SearchStrategy[str], gap: str = " ") -> st.SearchStrategy[str]:
    return st.lists(parts, max_size=3).map(f",{gap}".join)


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, spaces, binary, spaces, inner).map(lambda t: f"({t[0]}){t[1]} {t[2]} {t[3]}({t[4]})"),
        inner.map(lambda e: f"not ({e})"),
        inner.map(lambda e: f"-({e})"),
        st.tuples(names, spaces, _joined(inner)).map(lambda t: f"{t[0]}({t[1]}{t[2]})"),
        st.tuples(names, names, inner).map(lambda t: f"{t[0]}.{t[1]}({t[1]} = {t[2]})"),
        st.tuples(names, inner).map(lambda t: f"{t[0]}[{t[1]}]"),
        _joined(inner, "\n   ").map(lambda e: f"[{e}]"),
        st.tuples(names, strings, inner).map(lambda t: f"{{{t[0]}: {t[2]}, {t[1]}:{t[2]}}}"),
        st.tuples(inner, inner, inner).map(lambda t: f"(if {t[0]} then {t[1]} else {t[2]})"),
        st.tuples(inner, inner).map(lambda t: f"(({t[0]}) .. ({t[1]}))"),
    )


expressions = st.recursive(atoms, _compound, max_leaves=6)
types = st.sampled_from(["str", "int?", "Page[]", "str [ 4 ]", '"a"|"b"', "json(x)", '("a" | "b")[]?'])
settings = st.one_of(st.just(""), st.tuples(names, expressions).map(lambda t: f" {{{t[0]}={t[1]}}}"))
lines = st.one_of(
    st.sampled_from(["", "  ", "text", "  deeper  ", "\tx", "@user", "  @assistant", "@system"]),
    st.sampled_from(["# no comment", "é {# c #}", '"quoted"', "@dataclass", "a {{- b }}"]),
    expressions.map(lambda e: " ".join(f"- {{{{ {e} }}}} .".split("\n"))),
    expressions.map(lambda e: " ".join(f"{{% if {e} %}}".split("\n")) + "\n  a\n  {%- endif -%}"),
    names.map(lambda n: f"  {{% for {n} in xs %}}\n @user\n{{{{ {n} | join }}}}\n {{% endfor %}}"),
    st.just("{% raw %}\n   {{ raw }}\n @user\n{% endraw %}"),
)
templates = st.one_of(
    st.lists(lines, max_size=5).map(lambda ls: '"""\n' + "\n".join(ls) + '\n  """'),
    st.lists(lines, max_size=2).map(lambda ls: '"""' + "\n".join(ls) + '"""'),
)
statements = st.one_of(
    st.tuples(names, types, expressions).map(lambda t: f"let {t[0]}: {t[1]} = {t[2]}"),
    st.tuples(names, expressions).map(lambda t: f"draw {t[0]}~{t[1]}"),
    st.tuples(names, types, names, settings, templates).map(lambda t: f"gen {t[0]}:{t[1]} with {t[2]}{t[3]} {t[4]}"),
    st.tuples(names, names, expressions, settings).map(
        lambda t: f"run {t[0]} = {t[1]}({t[2]}){t[3]} for x in {t[0]} when {t[2]}"
    ),
    st.tuples(expressions, st.sampled_from(["", " else drop", " else  retry 2 from x"])).map(
        lambda t: f"require {t[0]}{t[1]}"
    ),
    st.tuples(names, expressions).map(lambda t: f"emit {{\n{t[0]} = {t[1]}\n\n ...x\n}}"),
    st.tuples(names, expressions).map(lambda t: f"loop {t[0]} in 1..3 carry s: str = {t[1]} {{\nnext s={t[1]}\n}}"),
    st.just("# alone"),
    st.just("## a doc"),
    st.just(""),
)
declarations = st.one_of(
    st.just("edition 1"),
    st.tuples(names, types, expressions).map(lambda t: f"param {t[0]}:{t[1]}={t[2]}"),
    st.tuples(names, templates).map(lambda t: f"prompt {t[0]}(a:str, ) {t[1]}"),
    st.tuples(names, types, expressions).map(lambda t: f"record {t[0]} {{\n{t[0]}: {t[1]} where {t[2]}\n\n# c\n}}"),
    st.tuples(names, strings, expressions).map(
        lambda t: f"criteria {t[0]} {{\n{t[1]} weight 2\n{t[1]}   when {t[2]}\n}}"
    ),
    st.tuples(names, st.lists(statements, max_size=5)).map(lambda t: f"dataset {t[0]} {{\n" + "\n".join(t[1]) + "\n}"),
)
specs = st.lists(st.tuples(declarations, comments).map("".join), max_size=4).map("\n".join)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """An example after a few of the things that happen to files: cuts, slips, repeated and lost lines."""
    text = draw(st.sampled_from(EXAMPLES))
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(text)))
        end = min(len(text), at + draw(st.sampled_from([0, 1, 1, 2, 5, 40, 400])))
        text = text[:at] + draw(st.sampled_from(["", "", *DEBRIS, text[at:end] * 2])) + text[end:]
    return text
