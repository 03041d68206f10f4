"""What a person asks for in the editor is run as on the command line, and answered as Markdown and as data."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.lsp.editor import Desktop, Text

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _ask(text: Text, command: str, **given: Any) -> Any:
    params = types.ExecuteCommandParams(command, [{"uri": text.uri, **given}])
    return await text.editor.workspace_execute_command_async(params)


async def test_the_lenses_of_a_spec_run_its_test_and_preview_its_rows(desktop: Desktop) -> None:
    desktop.questions()
    text = desktop.opened("questions.synth")
    lenses = await desktop.editor.text_document_code_lens_async(types.CodeLensParams(text.identifier))
    made = [lens if lens.command else await desktop.editor.code_lens_resolve_async(lens) for lens in lenses or ()]
    named = {lens.command.title: lens.command for lens in made if lens.command}
    plan = "show plan · 2 calls, about 54 prompt tokens"
    assert list(named) == ["preview 3 rows", plan, "run test"]
    ran = {title: await _run(text, command) for title, command in named.items()}
    assert ran["run test"]["ok"] and "✓ questions: a question is kept" in ran["run test"]["markdown"]
    assert [one["end"] for one in ran["preview 3 rows"]["data"]] == ["kept", "kept"]
    assert "Honey keeps for years." in ran["preview 3 rows"]["markdown"]
    assert "Plan:" in ran[plan]["markdown"]


async def _run(text: Text, command: types.Command) -> Any:
    params = types.ExecuteCommandParams(command.command, command.arguments)
    return await text.editor.workspace_execute_command_async(params)


async def test_a_check_reads_the_text_as_it_stands_and_other_commands_say_that_they_do_not(desktop: Desktop) -> None:
    desktop.questions()
    text = desktop.opened("questions.synth")
    text.replace(0, len("edition 1"), "edition 9")
    assert not (await _ask(text, "synth.check"))["ok"]
    assert "changes that are not" in (await _ask(text, "synth.test"))["markdown"]


async def test_a_command_that_fails_answers_with_what_it_said(desktop: Desktop) -> None:
    desktop.questions()
    text = desktop.opened("questions.synth")
    found = await _ask(text, "synth.diff", **{"from": "nowhere", "to": "main"})
    assert found["code"] == 2 and "nowhere" in found["markdown"]


async def test_a_preview_of_a_spec_with_a_mistake_shows_the_mistake_and_has_it_as_data(desktop: Desktop) -> None:
    file = desktop.folder / "broken.synth"
    file.write_text("edition 1\n\nrecord Fact {\n  id: strr\n}\n")
    found = await _ask(desktop.opened("broken.synth"), "synth.preview")
    (mistake,) = found["data"]
    assert not found["ok"] and found["code"] == 2 and mistake["place"]["start"]["line"] == 4
    assert f"error[{mistake['code']}]" in found["markdown"] and '"diagnostics"' not in found["markdown"]


async def test_a_command_nobody_knows_is_an_error_of_that_request_alone(desktop: Desktop) -> None:
    text = desktop.text("a.synth").open("edition 1\n")
    with pytest.raises(JsonRpcException, match=r"synth\.nothing"):
        await _ask(text, "synth.nothing")
    assert await text.codes() == []
    await asyncio.sleep(0)
