"""Whatever an editor does, the server stays, answers in order, and runs nothing that was not asked for."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.lsp.conftest import SERVER, started
from tests.lsp.editor import Desktop, Text
from tests.lsp.specs import FAST, ONE, QUESTIONS, SHARED

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-32"])
async def test_places_are_counted_as_the_editor_asks(encoding: str, tmp_path: Path) -> None:
    general = types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind(encoding)])
    async with started(tmp_path, types.ClientCapabilities(general=general)) as (editor, answer):
        assert answer.capabilities.position_encoding == encoding
        text = Text(editor, (tmp_path / "a.synth").as_uri(), encoding=encoding)
        text.open(ONE.replace("Say something, {{ take }}", "中😋 {{ tale }}").replace("\n", "\r\n"))
        assert [text.slice(one.range) for one in await text.found()] == ["tale"]
        start = text.text.index("tale")
        text.replace(start, start + 4, "take")
        assert await text.codes() == []


async def test_old_line_ends_and_a_mark_at_the_start_are_read_as_from_disk(desktop: Desktop) -> None:
    text = desktop.text("a.synth").open("\ufeff" + ONE.replace("{{ take }}", "{{ tale }}").replace("\n", "\r"))
    assert [text.slice(one.range) for one in await text.found()] == ["tale"]
    start = text.text.index("tale")
    text.replace(start, start + 4, "take")
    assert await text.codes() == []


async def test_a_text_that_was_never_saved_is_checked_and_laid_out(desktop: Desktop) -> None:
    text = Text(desktop.editor, "untitled:Untitled-1").open(ONE.replace("{{ take }}", "{{ tale }}"))
    assert await text.codes() == ["E0201"]
    options = types.FormattingOptions(tab_size=2, insert_spaces=True)
    params = types.DocumentFormattingParams(text.identifier, options)
    assert await desktop.editor.text_document_formatting_async(params) == ()


async def test_texts_of_other_languages_and_unknown_ones_have_no_answers(desktop: Desktop) -> None:
    python = desktop.text("a.py").open("x = 1\n")
    never = desktop.text("b.synth")
    for text in (python, never):
        assert await desktop.editor.text_document_hover_async(types.HoverParams(**text.at)) is None
    assert await desktop.opened("c.synth", ONE).codes() == []


async def test_a_file_that_is_made_or_goes_is_seen_by_those_that_read_it(desktop: Desktop) -> None:
    reader = desktop.opened("a.synth", 'edition 1\nfrom "b.synth" import n\nconst m = n\n')
    await desktop.editor.until_codes(reader.uri, "E0203")
    file = desktop.save("b.synth", "edition 1\nconst n = 1\n")
    _tell(desktop, file, types.FileChangeType.Created)
    await desktop.editor.until_codes(reader.uri)
    file.unlink()
    _tell(desktop, file, types.FileChangeType.Deleted)
    await desktop.editor.until_codes(reader.uri, "E0203")


def _tell(desktop: Desktop, file: Path, kind: types.FileChangeType) -> None:
    event = types.FileEvent(file.as_uri(), kind)
    desktop.editor.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))


async def test_a_column_that_a_saved_input_gains_is_known_at_once(desktop: Desktop) -> None:
    desktop.questions()
    desktop.save("shared.synth", SHARED.replace("  id: str\n", "  id: str\n  more: str\n"))
    desktop.save("facts.jsonl", '{"id": "a", "text": "b"}\n')
    text = desktop.opened("questions.synth", QUESTIONS.partition("test ")[0])
    wrong = [code for code in await text.codes() if code.startswith("E")]
    file = desktop.save("facts.jsonl", '{"id": "a", "text": "b", "more": "c"}\n')
    _tell(desktop, file, types.FileChangeType.Changed)
    await desktop.editor.until_codes(text.uri, "L007")
    assert len(wrong) == 1


async def test_a_file_under_two_names_is_one_spec_and_each_text_is_checked_as_it_stands(desktop: Desktop) -> None:
    desktop.save("specs/one.synth", ONE)
    (desktop.folder / "link.synth").symlink_to("specs/one.synth")
    real, link = desktop.opened("specs/one.synth"), desktop.opened("link.synth")
    reader = desktop.opened("a.synth", 'edition 1\nfrom "specs/one.synth" import facts\nconst n = facts\n')
    await reader.found()
    start = real.text.index("{{ take }}")
    real.replace(start, start + len("{{ take }}"), "{{ tale }}")
    assert (await real.codes(), await link.codes()) == (["E0201"], [])
    link.replace(0, len("edition 1"), "edition 1\n")
    assert (await real.codes(), await link.codes()) == (["E0201"], [])
    found = await desktop.editor.workspace_symbol_async(types.WorkspaceSymbolParams("facts"))
    assert len([one for one in found or () if one.location.uri.startswith(desktop.folder.as_uri())]) == 1


async def test_what_reads_a_file_follows_it_under_whichever_name_it_is_typed_into(desktop: Desktop) -> None:
    desktop.save("specs/one.synth", "edition 1\nconst n = 1\n")
    (desktop.folder / "link.synth").symlink_to("specs/one.synth")
    reader = desktop.opened("a.synth", 'edition 1\nfrom "specs/one.synth" import n\nconst m = n\n')
    for name in ("specs/one.synth", "link.synth"):
        text = desktop.opened(name)
        await desktop.editor.until_codes(reader.uri)
        place = text.text.index("n = 1")
        text.replace(place, place + 1, "other")
        await desktop.editor.until_codes(reader.uri, "E0204")
        text.replace(place, place + len("other"), "n")
        await desktop.editor.until_codes(reader.uri)


async def test_two_projects_are_kept_apart(desktop: Desktop) -> None:
    desktop.questions()
    desktop.save("other/synth.toml", FAST)
    desktop.save("other/shared.synth", "edition 1\nconst Fact = 1\n")
    one = desktop.opened("questions.synth")
    other = desktop.opened("other/questions.synth", QUESTIONS)
    assert await one.codes() == [] and "E0204" in await other.codes()


async def test_a_request_that_was_cancelled_is_answered_so_and_its_command_stops(desktop: Desktop) -> None:
    desktop.questions()
    desktop.save("synth.toml", FAST.replace('"deterministic"', '"deterministic"\ndelay = 60'))
    text = desktop.opened("questions.synth")
    params = types.ExecuteCommandParams("synth.preview", [{"uri": text.uri}])
    before, editor = len(desktop.editor.tokens), desktop.editor
    asked = asyncio.ensure_future(editor.protocol.send_request_async(types.WORKSPACE_EXECUTE_COMMAND, params, "slow"))  # type: ignore[no-untyped-call]
    while len(editor.tokens) == before:
        await asyncio.sleep(0.05)
    began = time.monotonic()
    editor.cancel_request(types.CancelParams("slow"))
    with pytest.raises(JsonRpcException, match="cancel"):
        await asked
    assert time.monotonic() - began < 20
    assert await text.codes() == []


async def test_typing_is_answered_while_a_command_runs(desktop: Desktop) -> None:
    desktop.questions()
    desktop.save("synth.toml", FAST.replace('"deterministic"', '"deterministic"\ndelay = 60'))
    text, editor = desktop.opened("questions.synth"), desktop.editor
    before = len(editor.tokens)
    params = types.ExecuteCommandParams("synth.preview", [{"uri": text.uri}])
    asked = asyncio.ensure_future(editor.protocol.send_request_async(types.WORKSPACE_EXECUTE_COMMAND, params, "long"))  # type: ignore[no-untyped-call]
    while len(editor.tokens) == before:
        await asyncio.sleep(0.05)
    text.replace(0, len("edition 1"), "edition 9")
    assert await text.codes() == ["E0213"]
    editor.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(editor.tokens[-1]))
    with pytest.raises(JsonRpcException, match="cancel"):
        await asked


async def test_opening_a_folder_asks_no_server_and_writes_nothing(desktop: Desktop) -> None:
    asked: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.read(1))
        writer.close()

    async with await asyncio.start_server(hear, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        store = f'[store]\nkind = "lakefs"\nendpoint = "{url}"\n'
        engine = f'[engines.gpu]\nkind = "sglang"\nurl = "{url}"\n[profile.default]\nengine = "gpu"\n'
        desktop.save("synth.toml", store + engine)
        source = 'record R { id: str }\n\ninput rows: R = dataset("facts@main") { key = id }\n\ndataset facts'
        text = desktop.opened("a.synth", ONE.replace("dataset facts", source).replace("gen line", "gen li|ne"))
        await text.found()
        await desktop.editor.text_document_hover_async(types.HoverParams(**text.at))
        await desktop.editor.text_document_code_lens_async(types.CodeLensParams(text.identifier))
    assert asked == [] and not (desktop.folder / ".synth").exists()


async def test_what_is_shown_of_a_reader_is_asked_anew_when_what_it_reads_has_changed(tmp_path: Path) -> None:
    hints = types.InlayHintWorkspaceClientCapabilities(refresh_support=True)
    said = types.ClientCapabilities(workspace=types.WorkspaceClientCapabilities(inlay_hint=hints))
    async with started(tmp_path, said) as (editor, _):
        asked = asyncio.Event()
        editor.protocol.fm.features[types.WORKSPACE_INLAY_HINT_REFRESH] = lambda params: asked.set()
        reader = Text(editor, (tmp_path / "a.synth").as_uri())
        reader.open('edition 1\nfrom "b.synth" import n\nconst m = n\n')
        await reader.found()
        Text(editor, (tmp_path / "b.synth").as_uri()).open("edition 1\nconst n = 1\n")
        await asyncio.wait_for(asked.wait(), 20)
        assert await reader.codes() == []


BROKEN = """
from runtime.lsp import hover
from runtime.cli import main

def fails(view, params):
    raise RuntimeError("a fault of ours")

hover.FEATURES = (hover.Feature(hover.FEATURES[0].method, fails),)
main()
"""


async def test_a_fault_of_one_feature_is_logged_and_the_rest_goes_on(tmp_path: Path) -> None:
    command = [SERVER[0], "-c", BROKEN, "lsp"]
    async with started(tmp_path, types.ClientCapabilities(), command) as (editor, _):
        text = Text(editor, (tmp_path / "a.synth").as_uri()).open(ONE)
        assert await editor.text_document_hover_async(types.HoverParams(**text.at)) is None
        assert "a fault of ours" in editor.log_messages[-1].message
        start = text.text.index("take }}")
        text.replace(start, start + 4, "tale")
        assert await text.codes() == ["E0201"]


async def test_a_cycle_of_imports_is_shown_in_each_of_its_files(desktop: Desktop) -> None:
    one = desktop.opened("a.synth", 'edition 1\nfrom "b.synth" import b\nrecord A { x: str }\nconst c = b\n')
    other = desktop.opened("b.synth", 'edition 1\nfrom "a.synth" import A\nrecord B { x: A }\nconst b = 1\n')
    for text in (one, other):
        await desktop.editor.until_codes(text.uri, "E0205")


async def test_an_imported_file_that_cannot_be_read_is_told_at_its_import(desktop: Desktop) -> None:
    (desktop.folder / "b.synth").write_bytes(b"\xff")
    text = desktop.opened("a.synth", 'edition 1\nfrom "b.synth" import b\nconst c = b\n')
    found = await text.found()
    assert [text.slice(one.range) for one in found if one.code == "E0112"] == ['"b.synth"']


async def test_a_selection_grows_out_of_any_number_of_brackets(desktop: Desktop) -> None:
    text = desktop.opened("a.synth", f"edition 1\nconst a = {'(' * 3000}|1{')' * 3000}\n")
    params = types.SelectionRangeParams(text.identifier, [text.position])
    assert await desktop.editor.text_document_selection_range_async(params)
