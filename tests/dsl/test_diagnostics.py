"""The rendering of diagnostics: the golden of the language page, wide characters, long lines, other files, JSON."""

from __future__ import annotations

import pytest

from dsl.diagnostics import (
    Diagnostic,
    Related,
    Severity,
    SynthError,
    codes,
    diagnostic_json,
    did_you_mean,
    explain,
    nearest,
    page,
    render,
    summary,
)
from dsl.diagnostics.cells import text_width
from dsl.source import Source, Span

FINANCE = Source(
    "specs/finance.synth",
    "\n" * 24 + 'prompt ask(reader: Persona, page: Page) """\n  You write questions as {{ reader.rol }}\n"""\n',
)


def span_of(source: Source, text: str) -> Span:
    start = source.text.index(text)
    return Span(source.path, start, start + len(text))


def shown(diagnostic: Diagnostic, *sources: Source, width: int = 80, colour: bool = False) -> str:
    return render([diagnostic], {s.path: s for s in sources}.get, width=width, colour=colour)


def role_mistake() -> Diagnostic:
    return Diagnostic(
        code="E0312",
        message="`reader` has no field `rol`",
        span=Span(FINANCE.path, FINANCE.text.index("rol }"), FINANCE.text.index("rol }") + 3),
        label="did you mean `role`?",
        related=(Related(span_of(FINANCE, "reader: Persona"), "declared here as Persona (std/personas.synth:9)"),),
        notes=("fields of Persona: id, role, text",),
    )


def test_message_reads_as_the_language_page_promises() -> None:
    assert shown(role_mistake(), FINANCE) == (
        "error[E0312]: `reader` has no field `rol`\n"
        "  --> specs/finance.synth:26:36\n"
        "   |\n"
        '25 | prompt ask(reader: Persona, page: Page) """\n'
        "   |            --------------- declared here as Persona (std/personas.synth:9)\n"
        "26 |   You write questions as {{ reader.rol }}\n"
        "   |                                    ^^^ did you mean `role`?\n"
        "   = fields of Persona: id, role, text\n"
        "   = help: synth explain E0312\n"
    )


def test_underline_counts_terminal_cells_not_characters() -> None:
    source = Source("a.synth", 'const x = "日本語" + cafe\u0301s + oops')
    text = shown(Diagnostic("E0201", "no `oops`", span_of(source, "oops")), source)
    line, mark = text.splitlines()[3:5]
    assert text_width(line[: line.index("oops")]) == text_width(mark[: mark.index("^")])
    assert mark.count("^") == 4


def test_tabs_widen_the_quoted_line_and_its_underline_alike() -> None:
    source = Source("a.synth", "\tlet\tx = oops")
    line, mark = shown(Diagnostic("E0201", "no `oops`", span_of(source, "oops")), source).splitlines()[3:5]
    assert "\t" not in line
    assert line.index("oops") == mark.index("^")


def test_control_characters_of_a_file_never_reach_the_terminal() -> None:
    source = Source("a.synth", "const x = \x1b[2J oops\u202e")
    text = shown(Diagnostic("E0201", "no `oops`\x1b[0m", span_of(source, "oops")), source)
    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("before,after", [(0, 300), (300, 0), (150, 150), (40, 300)])
def test_long_lines_are_cut_around_the_place(before: int, after: int) -> None:
    source = Source("a.synth", "x" * before + " oops " + "y" * after)
    label = "a label that is long enough to need a line of its own under the place, and then some more"
    text = shown(Diagnostic("E0201", "no `oops`", span_of(source, "oops"), label=label), source)
    assert all(text_width(line) <= 80 for line in text.splitlines())
    line, mark = text.splitlines()[3:5]
    assert line.index("oops") == mark.index("^")


def test_place_at_the_end_of_the_file_still_shows() -> None:
    source = Source("a.synth", "edition")
    text = shown(Diagnostic("E0101", "the file ends here", Span("a.synth", 7, 7)), source)
    assert text.splitlines()[4] == "   |        ^"


def test_related_place_in_another_file_gets_its_own_quote() -> None:
    other = Source("std/p.synth", "record Persona {\n  id: str\n}\n")
    diagnostic = Diagnostic(
        "E0312",
        "no field",
        span_of(FINANCE, "rol }"),
        related=(Related(span_of(other, "Persona"), "declared here"),),
    )
    text = shown(diagnostic, FINANCE, other)
    assert "  ::: std/p.synth:1:8\n   |\n 1 | record Persona {\n   |        ------- declared here\n" in text


def test_source_that_cannot_be_had_leaves_the_path() -> None:
    text = shown(Diagnostic("E0601", "no such file", Span("gone.synth", 3, 4), label="here"))
    assert "  --> gone.synth\n" in text


def test_message_without_a_place_is_title_and_notes() -> None:
    text = shown(Diagnostic("E0801", "no engine", notes=("a\nb",), help="start it"))
    assert text == "error[E0801]: no engine\n   = a\n     b\n   = help: start it\n   = help: synth explain E0801\n"


def test_colour_only_when_asked() -> None:
    assert "\x1b" not in shown(role_mistake(), FINANCE)
    assert "\x1b[1;31merror[E0312]\x1b[0m" in shown(role_mistake(), FINANCE, colour=True)


def test_code_decides_severity_and_summary_counts_them() -> None:
    mistakes = [Diagnostic("E0101", "a"), Diagnostic("E0101", "b"), Diagnostic("W0201", "c")]
    assert mistakes[2].severity is Severity.WARNING
    assert summary(mistakes) == "2 errors, 1 warning"
    assert summary([]) == ""


def test_synth_error_carries_its_diagnostics() -> None:
    error = SynthError(Diagnostic("E0101", "a"), Diagnostic("E0102", "b"))
    assert [d.code for d in error.diagnostics] == ["E0101", "E0102"]
    assert str(error) == "E0101: a; E0102: b"
    with pytest.raises(ValueError):
        SynthError()


def test_json_has_places_a_script_can_use() -> None:
    found = diagnostic_json(role_mistake(), {FINANCE.path: FINANCE}.get)
    assert found["place"]["start"] == {"line": 26, "column": 36, "offset": found["place"]["start"]["offset"]}
    assert found["place"]["end"]["column"] == 39
    assert found["related"][0]["place"]["start"]["line"] == 25
    assert found["severity"] == "error"


def test_nearest_name_ignores_case_and_refuses_far_guesses() -> None:
    assert nearest("rol", ["id", "role", "text"]) == "role"
    assert nearest("PERSONA", ["Persona"]) == "Persona"
    assert nearest("zebra", ["id", "role"]) is None
    assert did_you_mean("zebra", ["id"]) == ""


def test_every_page_has_the_agreed_form_and_explains_itself() -> None:
    for code in codes():
        found = page(code)
        assert found is not None
        assert found.title and found.text and found.bad and found.good, code
        assert found.title in (explain(code) or "")


def test_unknown_code_has_no_page() -> None:
    assert page("E9999") is None
    assert page("../x") is None
    assert explain("nonsense") is None
