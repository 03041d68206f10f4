"""From a name to where it is declared, to its other uses, and to files: across a project, unsaved or not."""

from __future__ import annotations

import pytest
from lsprotocol import types

from tests.lsp.editor import Desktop, Text
from tests.lsp.specs import QUESTIONS

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _definition(text: Text) -> types.Location:
    found = await text.editor.text_document_definition_async(types.DefinitionParams(**text.at))
    assert isinstance(found, types.Location)
    return found


async def test_a_name_leads_to_its_declaration_in_another_file(desktop: Desktop) -> None:
    desktop.questions()
    text = desktop.opened("questions.synth", QUESTIONS.replace("= ask(", "= a|sk("))
    shared = desktop.text("shared.synth")
    found = await _definition(text)
    assert found.uri == shared.uri
    shared.open((desktop.folder / "shared.synth").read_text())
    assert shared.slice(found.range) == "ask"


async def test_the_declaration_is_found_where_the_unsaved_text_has_it(desktop: Desktop) -> None:
    desktop.questions()
    shared = desktop.opened(
        "shared.synth", "# 😋 an emoji and a line more\n\n" + (desktop.folder / "shared.synth").read_text()
    )
    text = desktop.opened("questions.synth", QUESTIONS.replace("= ask(", "= a|sk("))
    assert shared.slice((await _definition(text)).range) == "ask"


async def test_all_uses_of_a_name_are_found_in_both_files(desktop: Desktop) -> None:
    desktop.questions()
    text = desktop.opened("questions.synth", QUESTIONS.replace("= ask(", "= a|sk("))
    context = types.ReferenceContext(include_declaration=True)
    found = await desktop.editor.text_document_references_async(types.ReferenceParams(context=context, **text.at))
    assert sorted(place.uri.rpartition("/")[2] for place in found or ()) == ["questions.synth"] * 2 + ["shared.synth"]


async def test_what_a_name_under_the_cursor_stands_for_is_marked_in_this_text(desktop: Desktop) -> None:
    text = desktop.text("a.synth").open(
        "edition 1\nconst n|umber = 3\ndataset d {\n  each a in 1..number\n  emit { a = a, b = number }\n}\n"
    )
    found = await desktop.editor.text_document_document_highlight_async(types.DocumentHighlightParams(**text.at))
    kinds = types.DocumentHighlightKind
    assert [one.kind for one in found or ()] == [kinds.Write, kinds.Read, kinds.Read]


async def test_imports_and_files_are_links(desktop: Desktop) -> None:
    desktop.questions()
    text = desktop.opened("questions.synth")
    found = await desktop.editor.text_document_document_link_async(types.DocumentLinkParams(text.identifier))
    assert [text.slice(one.range) for one in found or ()][:1] == ['"shared.synth"']


async def test_a_word_finds_declarations_in_every_file_of_the_project(desktop: Desktop) -> None:
    desktop.questions()
    desktop.opened("questions.synth")
    found = await desktop.editor.workspace_symbol_async(types.WorkspaceSymbolParams("Fact"))
    here = [one for one in found or () if one.location.uri.startswith(desktop.folder.as_uri())]
    assert ("Fact", "shared.synth") in [(one.name, one.location.uri.rpartition("/")[2]) for one in here]
