"""A project of several specs, some of them open and unsaved: names across all of them, and half-typed files."""

from __future__ import annotations

from compiler.analysis import analyse
from compiler.catalog import MemoryCatalog
from compiler.queries.edited import Edited
from compiler.queries.renaming import Renaming
from compiler.queries.semantic import SemanticToken
from compiler.workspace import Workspace
from dsl.diagnostics import Diagnostic
from dsl.parser import parse_expression
from dsl.source import Source

FILES = {
    "shared.synth": "edition 1\nrecord Page { id: str, text: str }\nparam n: int = 3\n",
    "rows.synth": """edition 1
from "shared.synth" import Page
dataset pages {
  each take in 1..3
  gen page: Page with writer \"\"\"
    A page.
  \"\"\"
  emit { ...page }
}
""",
    "use.synth": """edition 1
from "rows.synth" import pages
dataset notes {
  each page from pages
  emit { long = len(page.text) }
}
""",
    "apart.synth": "edition 1\nrecord Page { id: str, text: str }\n",
}


def project(**changed: str) -> tuple[Workspace, dict[str, str]]:
    files = {**FILES, **changed}
    return Workspace(MemoryCatalog(files), lambda: files), files


def shown(workspace: Workspace, path: str, word: str, place: int = 0) -> list[str]:
    source = workspace.source(path)
    assert source is not None
    offset = -1
    for _ in range(place + 1):
        offset = source.text.index(word, offset + 1)
    return [_line(workspace.source(span.path), span.start) for span in workspace.references(path, offset)]


def _line(source: Source | None, offset: int) -> str:
    assert source is not None
    position = source.position(offset)
    return f"{source.path}:{position.line}:{position.column}"


def test_importers_are_those_that_see_a_file_however_far() -> None:
    workspace, _ = project()
    assert workspace.importers("shared.synth") == ("rows.synth", "use.synth")
    assert workspace.importers("rows.synth") == ("use.synth",)
    assert workspace.importers("apart.synth") == ()


def test_references_reach_every_spec_that_sees_the_declaration() -> None:
    workspace, _ = project()
    wanted = ["rows.synth:2:28", "rows.synth:5:13", "shared.synth:2:8"]
    assert shown(workspace, "shared.synth", "Page") == wanted
    assert shown(workspace, "rows.synth", "Page") == wanted
    assert shown(workspace, "shared.synth", "text") == ["shared.synth:2:24", "use.synth:5:26"]


def test_references_see_what_is_typed_and_not_saved() -> None:
    workspace, files = project()
    workspace.edit("late.synth", 'edition 1\nfrom "shared.synth" import n\nconst twice = n * 2\n')
    assert shown(workspace, "shared.synth", "n:") == ["late.synth:2:28", "late.synth:3:15", "shared.synth:3:7"]
    workspace.close("late.synth")
    assert shown(workspace, "shared.synth", "n:") == ["shared.synth:3:7"]
    assert "late.synth" not in files


def test_a_rename_goes_through_all_specs_and_back_to_the_same_bytes() -> None:
    workspace, files = project()
    there = renamed(workspace, files, "rows.synth", "Page", "Sheet")
    assert "record Sheet" in there["shared.synth"] and "import Sheet" in there["rows.synth"]
    assert there["apart.synth"] == files["apart.synth"]
    back = Workspace(MemoryCatalog(there), lambda: there)
    assert all(back.analyse(path).ok for path in there)
    assert renamed(back, there, "shared.synth", "Sheet", "Page") == files


def renamed(workspace: Workspace, files: dict[str, str], path: str, word: str, new: str) -> dict[str, str]:
    found = workspace.rename(path, files[path].index(word), new)
    assert isinstance(found, Renaming), found
    edited = Edited.of(found.edits)
    return {path: edited.text(path, text) for path, text in files.items()}


def test_a_rename_that_breaks_an_importer_is_refused() -> None:
    workspace, _ = project(**{"late.synth": 'edition 1\nfrom "shared.synth" import n\nconst m = n * 2\n'})
    found = workspace.rename("shared.synth", FILES["shared.synth"].index("n:"), "m")
    assert isinstance(found, Diagnostic)
    assert found.code == "E1203"


def test_a_parameter_that_a_profile_sets_is_renamed_with_its_value() -> None:
    workspace, _ = project()
    workspace.configure({"n": parse_expression("7", "synth.toml")})
    found = workspace.rename("shared.synth", FILES["shared.synth"].index("n:"), "number")
    assert isinstance(found, Renaming), found
    assert found.changes == () and len(found.notes) == 1


def test_an_analysis_is_given_again_until_a_file_it_read_has_another_text() -> None:
    workspace, files = project()
    first = workspace.analyse("rows.synth")
    workspace.edit("apart.synth", "edition 1\n")
    assert workspace.analyse("rows.synth") is first
    workspace.edit("shared.synth", files["shared.synth"] + "# more\n")
    second = workspace.analyse("rows.synth")
    assert second is not first
    files["rows.synth"] += "param k: int = 3\n"  # saved by another program
    assert workspace.analyse("rows.synth") is not second


def test_what_is_looked_for_and_appears_makes_a_new_analysis() -> None:
    workspace, files = project(**{"late.synth": 'edition 1\nfrom "soon.synth" import k\n'})
    assert not workspace.analyse("late.synth").ok
    files["soon.synth"] = "edition 1\nparam k: int = 3\n"
    assert workspace.analyse("late.synth").ok


def test_refresh_forgets_what_was_read_of_data() -> None:
    workspace, _ = project()
    first = workspace.analyse("rows.synth")
    workspace.refresh()
    assert workspace.analyse("rows.synth") is not first


def test_outside_of_what_is_half_typed_names_still_lead_somewhere() -> None:
    workspace, files = project()
    workspace.edit("use.synth", files["use.synth"])
    broken = files["use.synth"].replace("each page from pages", "each page from pages where")
    workspace.edit("use.synth", broken)
    for word, place in (("text)", "shared.synth:2:24"), ("pages where", "rows.synth:3:9")):
        found = workspace.definition("use.synth", broken.index(word))
        assert found is not None, word
        assert _line(workspace.source(found.path), found.start) == place
    hover = workspace.hover("use.synth", broken.index("pages where"))
    assert hover is not None and broken[hover.span.start : hover.span.end] == "pages"


def test_names_keep_their_colours_while_a_statement_is_half_typed() -> None:
    workspace, files = project()
    before = {(t.kind, files["use.synth"][t.span.start : t.span.end]) for t in _open(workspace, files["use.synth"])}
    broken = files["use.synth"].replace("each page from pages", "each page from pages where")
    after = {(t.kind, broken[t.span.start : t.span.end]) for t in _open(workspace, broken)}
    assert before == after


def _open(workspace: Workspace, text: str) -> tuple[SemanticToken, ...]:
    workspace.edit("use.synth", text)
    return workspace.semantic("use.synth")


def test_names_of_the_project_are_found_by_their_letters() -> None:
    workspace, _ = project()
    assert [(item.name, item.kind, item.span.path) for item in workspace.symbols("pag")] == [
        ("Page", "record", "apart.synth"),
        ("Page", "record", "shared.synth"),
        ("page", "gen", "rows.synth"),
        ("page", "each", "use.synth"),
        ("pages", "dataset", "rows.synth"),
    ]
    assert [(item.name, item.inside) for item in workspace.symbols("txt")] == [("text", "Page"), ("text", "Page")]
    assert workspace.symbols("nothing like it") == ()


def test_paths_follow_files_and_folders_that_move() -> None:
    reading = 'edition 1\nfrom "lib/shared.synth" import n\nconst a = file("notes/a.md")\nconst b = fixture("b.txt")\n'
    files = {
        "specs/main.synth": reading + "const c = n\n",
        "specs/lib/shared.synth": 'edition 1\nfrom "std/judges.synth" import about\nconst n = lines("../words.txt")\n',
    }
    cases: tuple[tuple[dict[str, str], list[str]], ...] = (
        ({"specs/lib/shared.synth": "specs/shared.synth"}, ['"words.txt"', '"shared.synth"']),
        ({"specs/lib": "specs/common"}, ['"common/shared.synth"']),
        ({"specs/notes/a.md": "docs/a.md"}, ['"../docs/a.md"']),
        (
            {"specs/main.synth": "main.synth"},
            ['"specs/lib/shared.synth"', '"specs/notes/a.md"', '"../specs/fixtures/b.txt"'],
        ),
        ({"specs": "other"}, []),
        ({"specs/main.synth": "specs/first.synth"}, []),
    )
    for moves, texts in cases:
        workspace = Workspace(MemoryCatalog(files), lambda: files)
        assert [edit.text for edit in workspace.moving(moves)] == texts, moves


def test_passes_behind_the_checks_go_on_where_those_ended() -> None:
    for text in (
        RIGHT,
        RIGHT.replace("words(page.text)", "wrods(page.text)"),
        RIGHT.replace("emit { text", "emit { tex"),
    ):
        workspace = Workspace(MemoryCatalog({"a.synth": text}))
        checked = workspace.edit("a.synth", text)
        types = len(checked.model.types)
        planned = workspace.analyse("a.synth", upto="plan")
        whole = analyse("a.synth", MemoryCatalog({"a.synth": text}), upto="plan")
        assert planned.diagnostics == whole.diagnostics and planned.model.plan == whole.model.plan
        assert len(checked.model.types) == types and workspace.analyse("a.synth") is checked


RIGHT = '''edition 1

record Page { id: str, text: str }

dataset notes {
  each page in [{ id: "a", text: "b" }]
  gen note: str with writer """
    Write about {{ page.text }}.
  """
  filter words(page.text) > 3
  emit { text = note }
}
'''
