"""What changes a text: rename, layout and mends; and what helps to write it: signatures, hints, folds."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.lsp.conftest import started
from tests.lsp.editor import Desktop, Text
from tests.lsp.specs import ONE, QUESTIONS

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _renamed(text: Text, new: str) -> types.WorkspaceEdit:
    found = await text.editor.text_document_rename_async(types.RenameParams(new_name=new, **text.at))
    assert found is not None
    return found


async def test_a_prompt_is_renamed_in_the_file_that_declares_it_and_the_one_that_calls_it(desktop: Desktop) -> None:
    desktop.questions()
    text = desktop.opened("questions.synth", QUESTIONS.replace("= ask(", "= a|sk("))
    shared = desktop.opened("shared.synth")
    edit = await _renamed(text, "inquire")
    assert edit.changes is not None and set(edit.changes) == {text.uri, shared.uri}
    assert "prompt inquire(" in shared.edited(edit.changes[shared.uri])
    mended = text.edited(edit.changes[text.uri])
    assert "import Fact, inquire" in mended and "= inquire(fact, word)" in mended and "ask" not in mended


async def test_what_may_be_renamed_is_told_before(desktop: Desktop) -> None:
    text = desktop.opened("a.synth", ONE.replace("{ line = line }", "{ line = li|ne }"))
    found = await desktop.editor.text_document_prepare_rename_async(types.PrepareRenameParams(**text.at))
    assert isinstance(found, types.PrepareRenamePlaceholder)
    assert (found.placeholder, text.slice(found.range)) == ("line", "line")
    none = desktop.opened("b.synth", ONE.replace("edition", "edi|tion"))
    assert await desktop.editor.text_document_prepare_rename_async(types.PrepareRenameParams(**none.at)) is None


async def test_a_gen_that_is_renamed_keeps_its_seeds(desktop: Desktop) -> None:
    text = desktop.opened("a.synth", ONE.replace("gen line", "gen li|ne"))
    edit = await _renamed(text, "sentence")
    mended = text.edited((edit.changes or {})[text.uri])
    assert 'salt = "line"' in mended and "line = sentence" in mended


async def test_a_name_that_is_taken_is_refused_with_the_reason(desktop: Desktop) -> None:
    text = desktop.opened("a.synth", ONE.replace("gen line", "gen li|ne"))
    with pytest.raises(JsonRpcException, match="take") as refused:
        await _renamed(text, "take")
    assert refused.value.code == types.LSPErrorCodes.RequestFailed.value
    assert desktop.editor.log_messages == []


async def test_what_would_change_rows_is_not_done_by_an_editor_that_cannot_ask(desktop: Desktop) -> None:
    desktop.questions()
    text = desktop.opened("questions.synth", QUESTIONS.replace("draw word", "draw wo|rd"))
    with pytest.raises(JsonRpcException, match="would change rows"):
        await _renamed(text, "opening")


async def test_an_editor_that_can_asks_about_what_would_change_rows(tmp_path: Path) -> None:
    support = types.ChangeAnnotationsSupportOptions()
    edits = types.WorkspaceEditClientCapabilities(document_changes=True, change_annotation_support=support)
    said = types.ClientCapabilities(workspace=types.WorkspaceClientCapabilities(workspace_edit=edits))
    async with started(tmp_path, said) as (editor, _):
        spec = ONE.replace("  gen line", "  draw tone ~ int(0..9)\n  gen line").replace("{{ take", "{{ to|ne")
        edit = await _renamed(Text(editor, (tmp_path / "a.synth").as_uri()).open(spec), "mood")
    (label,) = (edit.change_annotations or {}).values()
    assert label.needs_confirmation and "seeded by its name" in (label.description or "")
    assert edit.changes is None and len(edit.document_changes or ()) == 1


OPTIONS = types.FormattingOptions(tab_size=2, insert_spaces=True)


async def test_a_text_is_laid_out_as_synth_fmt_does_it(desktop: Desktop) -> None:
    text = desktop.opened("a.synth", ONE.replace("  each take", "      each   take"))
    params = types.DocumentFormattingParams(text.identifier, OPTIONS)
    edits = await desktop.editor.text_document_formatting_async(params)
    assert text.edited(edits or ()) == ONE and len(edits or ()) == 1


async def test_only_the_lines_that_were_asked_for_are_laid_out(desktop: Desktop) -> None:
    text = desktop.opened("a.synth", ONE.replace("  each", "    each").replace("  emit", "    emit"))
    start = text.text.index("    emit")
    params = types.DocumentRangeFormattingParams(text.identifier, text.lines.range(start, start), OPTIONS)
    edits = await desktop.editor.text_document_range_formatting_async(params)
    assert text.edited(edits or ()) == ONE.replace("  each", "    each")


async def test_a_closing_brace_lays_out_what_it_closes(desktop: Desktop) -> None:
    text = desktop.opened("a.synth", ONE.replace("  each", "    each")[:-1] + "|\n")
    params = types.DocumentOnTypeFormattingParams(ch="}", options=OPTIONS, **text.at)
    edits = await desktop.editor.text_document_on_type_formatting_async(params)
    assert text.edited(edits or ()) == ONE


async def test_a_text_that_does_not_parse_is_left_as_it_is(desktop: Desktop) -> None:
    text = desktop.opened("a.synth", ONE.replace("each take in", "each take inn ("))
    params = types.DocumentFormattingParams(text.identifier, OPTIONS)
    assert not await desktop.editor.text_document_formatting_async(params)


async def _actions(text: Text, *only: str) -> list[types.CodeAction]:
    context = types.CodeActionContext([], only=list(only) or None)
    params = types.CodeActionParams(text.identifier, text.lines.range(text.cursor, text.cursor), context)
    found = await text.editor.text_document_code_action_async(params)
    return [one for one in found or () if isinstance(one, types.CodeAction)]


def _after(text: Text, action: types.CodeAction) -> str:
    assert action.edit is not None and action.edit.changes is not None
    return text.edited(action.edit.changes[text.uri])


async def test_a_misspelt_name_is_mended_as_the_message_says(desktop: Desktop) -> None:
    text = desktop.opened("a.synth", ONE.replace("{{ take }}", "{{ ta|ke_ }}"))
    action = (await _actions(text))[0]
    assert action.is_preferred and [one.code for one in action.diagnostics or ()] == ["E0201"]
    assert _after(text, action) == ONE


async def test_a_name_of_the_library_is_imported(desktop: Desktop) -> None:
    text = desktop.opened("a.synth", ONE.replace("{ line = line }", "{ line = line, ok = answered_|by(line, line) }"))
    titles = [one.title for one in await _actions(text)]
    assert any("import `answered_by`" in title for title in titles), titles


async def test_all_that_can_be_mended_is_mended_at_once(desktop: Desktop) -> None:
    text = desktop.opened("a.synth", ONE.replace("{{ take }}", "{{ take_ }}").replace("line = line", "line = lines"))
    assert [_after(text, one) for one in await _actions(text, "source.fixAll")] == [ONE]


async def test_imports_that_nothing_uses_are_removed(desktop: Desktop) -> None:
    desktop.questions()
    text = desktop.opened("questions.synth", QUESTIONS.replace("import Fact, ask", "import Fact, ask, again"))
    desktop.opened("shared.synth", (desktop.folder / "shared.synth").read_text() + "\nconst again = 1\n")
    assert [_after(text, one) for one in await _actions(text, "source.organizeImports")] == [QUESTIONS]


async def test_a_call_shows_what_it_takes_and_which_of_it_comes_next(desktop: Desktop) -> None:
    desktop.questions()
    text = desktop.opened("questions.synth", QUESTIONS.replace("ask(fact, word)", "ask(fact, |)"))
    found = await desktop.editor.text_document_signature_help_async(types.SignatureHelpParams(**text.at))
    assert found is not None and found.signatures[0].label.startswith("ask(")
    assert found.signatures[0].active_parameter == 1


async def test_hints_show_how_many_and_of_which_type(desktop: Desktop) -> None:
    text = desktop.opened("a.synth", ONE)
    params = types.InlayHintParams(text.identifier, text.lines.whole)
    found = await desktop.editor.text_document_inlay_hint_async(params)
    assert any("3" in str(one.label) for one in found or ())


async def test_a_dataset_folds_to_its_first_line_and_a_selection_grows_to_it(desktop: Desktop) -> None:
    text = desktop.opened("a.synth", ONE.replace("line = line", "line = li|ne"))
    folds = await desktop.editor.text_document_folding_range_async(types.FoldingRangeParams(text.identifier))
    assert (2, 5) in [(one.start_line, one.end_line) for one in folds or ()]
    params = types.SelectionRangeParams(text.identifier, [text.position])
    found = await desktop.editor.text_document_selection_range_async(params)
    grown: list[str] = []
    one = found[0] if found else None
    while one is not None:
        grown.append(text.slice(one.range))
        one = one.parent
    assert grown[0] == "line" and grown[-1] == text.text and any(part.startswith("dataset") for part in grown)
    assert all(inner in outer for inner, outer in pairwise(grown))


async def test_imports_follow_a_file_that_is_moved(desktop: Desktop) -> None:
    desktop.questions()
    text = desktop.opened("questions.synth")
    await text.found()
    moved = types.FileRename((desktop.folder / "shared.synth").as_uri(), (desktop.folder / "lib/facts.synth").as_uri())
    found = await desktop.editor.workspace_will_rename_files_async(types.RenameFilesParams([moved]))
    assert found and found.changes and '"lib/facts.synth"' in text.edited(found.changes[text.uri])


async def test_a_rename_tells_of_the_configuration_that_mentions_the_name(desktop: Desktop) -> None:
    spec = "edition 1\nparam wan|ted: int = 3\ndataset d {\n  each take in 1..wanted\n  emit { take = take }\n}\n"
    desktop.editor.messages.clear()
    for settings, told in (("", 0), ("[profile.default.params]\nwanted = 2\n", 1)):
        desktop.save("synth.toml", settings)
        text = desktop.opened("a.synth", spec)
        assert await desktop.editor.text_document_rename_async(types.RenameParams(**text.at, new_name="rows"))
        assert len(desktop.editor.messages) == told
        text.close()
