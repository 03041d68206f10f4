"""A file that is being edited: after every keystroke, what a check from the first character would find."""

from __future__ import annotations

from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.analysis import Analysis, analyse
from compiler.workspace import Workspace
from dsl.tree import walk
from runtime.sources.catalog import ProjectCatalog
from tests.dsl.edits import edited
from tests.examples import few

ROOT = Path(__file__).parents[2]
EXAMPLE = "tests/dsl/examples/python_qa.synth"
CATALOG = ProjectCatalog(ROOT)


def shown(analysis: Analysis) -> object:
    """Mistakes, and of every node of every file its place, its type and what its name stands for."""
    model = analysis.model
    nodes = [node for file in model.files.values() for top in file.declarations for node in walk(top)]
    symbols = [(found.name, found.kind) if (found := model.symbols.get(node)) else None for node in nodes]
    types = [str(model.types[node]) if node in model.types else None for node in nodes]
    return analysis.diagnostics, [node.span for node in nodes], symbols, types, model.params


@given(st.integers(0, 10**6))
@settings(max_examples=few(6), deadline=None)
def test_after_any_edits_the_model_and_the_mistakes_are_those_of_a_new_check(seed: int) -> None:
    text = (ROOT / EXAMPLE).read_text()
    workspace = Workspace(CATALOG)
    workspace.edit(EXAMPLE, text)
    for after in edited(text, Random(seed), 8):
        assert shown(workspace.edit(EXAMPLE, after)) == shown(analyse(EXAMPLE, CATALOG, texts={EXAMPLE: after})), after


def test_importers_see_what_is_typed_in_an_open_file(tmp_path: Path) -> None:
    (tmp_path / "lib.synth").write_text("edition 1\nparam n: int = 3\n")
    (tmp_path / "main.synth").write_text('edition 1\nfrom "lib.synth" import n\nconst twice = n * 2\n')
    workspace = Workspace(ProjectCatalog(tmp_path))
    assert workspace.analyse("main.synth").ok
    assert workspace.edit("lib.synth", "edition 1\nparam m: int = 3\n").ok
    assert [found.code for found in workspace.analyse("main.synth").errors] == ["E0204"]
    workspace.close("lib.synth")
    assert workspace.analyse("main.synth").ok


def test_an_analysis_stays_what_it_was_while_typing_goes_on(tmp_path: Path) -> None:
    workspace = Workspace(ProjectCatalog(tmp_path))
    before = workspace.edit("a.synth", "edition 1\nparam n: int = 3\nparam m: int = nothing\n")
    (place,) = [found.span for found in before.errors]
    after = workspace.edit("a.synth", "edition 1\nparam number: int = 3\nparam m: int = nothing\n")
    assert [found.span for found in before.errors] == [place]
    assert place is not None
    assert [found.span.start - place.start for found in after.errors if found.span] == [5]
