"""Whatever is typed: every question has an answer, and a rename that is given can be taken back to the byte."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from compiler.analysis import analyse
from compiler.catalog import MemoryCatalog
from compiler.queries.edited import Edited
from compiler.queries.renaming import Renaming
from compiler.workspace import Workspace
from tests.dsl.specs import EXAMPLES, damaged, specs

PATH = "main.synth"


@given(damaged(), st.data())
def test_every_question_about_a_damaged_file_has_an_answer(text: str, data: st.DataObject) -> None:
    workspace = Workspace(MemoryCatalog(), lambda: [PATH])
    workspace.edit(PATH, data.draw(st.sampled_from(EXAMPLES)))
    analysis = workspace.edit(PATH, text)
    for _ in range(5):
        at = data.draw(st.integers(0, len(text)))
        analysis.here(PATH, at)
        hover = workspace.hover(PATH, at)
        assert hover is None or hover.span.start <= at <= hover.span.end
        place = workspace.definition(PATH, at)
        assert place is None or workspace.source(place.path) is None or place.end <= _length(workspace, place.path)
        uses = workspace.references(PATH, at)
        assert len(set(uses)) == len(uses)
    tokens = workspace.semantic(PATH)
    assert all(one.span.end <= two.span.start for one, two in pairwise(tokens))
    assert all(item.name_span.end <= len(text) for item in analysis.symbols(PATH))


def _length(workspace: Workspace, path: str) -> int:
    source = workspace.source(path)
    return len(source.text) if source is not None else 0


@given(st.one_of(specs.map("edition 1\n{}".format), st.sampled_from(EXAMPLES), damaged()), st.data())
def test_a_rename_there_and_back_leaves_every_byte(text: str, data: st.DataObject) -> None:
    catalog = MemoryCatalog()
    before = analyse(PATH, catalog, texts={PATH: text})
    names = [use for use in before.index.of_file(PATH) if use.declares]
    if not names:
        return
    use = data.draw(st.sampled_from(names))
    there = before.rename(PATH, use.span.start, "zz_new")
    if not isinstance(there, Renaming):
        return
    edited, read = Edited.of(there.edits), before.model.sources[PATH].text
    after = analyse(PATH, catalog, texts={PATH: edited.text(PATH, read)})
    assert len(after.diagnostics) <= len(before.diagnostics)
    back = after.rename(PATH, edited.moved(use.span).start, use.subject.name)
    if not isinstance(back, Renaming):  # the old name was a mistake already
        assert before.diagnostics, back
        return
    assert Edited.of(back.edits).text(PATH, after.model.sources[PATH].text) == read
