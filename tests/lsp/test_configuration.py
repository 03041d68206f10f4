"""A `synth.toml` is a document as well: what may stand there is offered, explained and led to."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from lsprotocol import types

from dsl.diagnostics import SynthError
from dsl.source import Source
from runtime.config.described import TABLES, of_engine
from runtime.config.load import read_config
from runtime.engines.registry import KINDS
from tests.lsp.editor import Desktop, Text

TWO = '[engines.gpu]\nkind = "sglang"\nurl = "http://127.0.0.1:30000"\n\n[profile.default]\n'


async def _completed(text: Text) -> list[str]:
    found = await text.editor.text_document_completion_async(types.CompletionParams(**text.at))
    return [item.label for item in found.items] if isinstance(found, types.CompletionList) else []


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        (TWO + "limit = 3\nbu|", {"budget", "branch"}),
        (TWO + "engine = |", {'"gpu"', '"embedded"'}),
        (TWO + "audits = |", {'"warn"', '"fail"'}),
        ("[engines.gpu]\nkind = |", {'"sglang"', '"openai"'}),
        ('[engines.gpu]\nkind = "sglang"\n|', {"url", "seconds_per_token"}),
        ("[|", {"[store]", "[profile.default]"}),
        (TWO + "[|", {"[engines.gpu.start]", "[profile.default.roles]"}),
        (TWO + "[profile.default.roles]\nwriter = |", {'"gpu"'}),
    ],
)
@pytest.mark.asyncio(loop_scope="session")
async def test_what_may_be_written_is_offered(desktop: Desktop, written: str, offered: set[str]) -> None:
    assert offered <= set(await _completed(desktop.text("synth.toml").open(written)))


@pytest.mark.asyncio(loop_scope="session")
async def test_what_stands_there_is_not_offered_again(desktop: Desktop) -> None:
    found = await _completed(desktop.text("synth.toml").open(TWO + "limit = 3\n|"))
    assert "branch" in found and "limit" not in found


@pytest.mark.asyncio(loop_scope="session")
async def test_a_setting_is_explained_and_an_engine_leads_to_its_table(desktop: Desktop) -> None:
    text = desktop.text("synth.toml").open(TWO.replace("[profile", "[pro|file") + 'engine = "gpu"\n')
    editor = desktop.editor
    head = await editor.text_document_hover_async(types.HoverParams(**text.at))
    text.cursor = text.text.index("kind")
    key = await editor.text_document_hover_async(types.HoverParams(**text.at))
    assert head and "default" in str(head.contents) and key and "deterministic" in str(key.contents)
    text.cursor = text.text.rindex("gpu") + 1
    found = await editor.text_document_definition_async(types.DefinitionParams(**text.at))
    assert isinstance(found, types.Location) and text.slice(found.range) == "engines.gpu"


@pytest.mark.asyncio(loop_scope="session")
async def test_specs_see_the_profile_as_it_stands_unsaved(desktop: Desktop) -> None:
    spec = "edition 1\nparam n: int = 3\ndataset d {\n  each take in 1..n\n  emit { take = take }\n}\n"
    text = desktop.opened("a.synth", spec)
    assert await text.codes() == []
    settings = desktop.text("synth.toml").open('[profile.default.params]\nn = "many"\n')
    await desktop.editor.until_codes(settings.uri, "E0301")
    settings.write("[")
    await desktop.editor.until_codes(settings.uri, "E0701")
    settings.write("")
    await desktop.editor.until_codes(settings.uri)
    assert await text.codes() == []


def _asked_for(keys: tuple[str, ...]) -> set[str]:
    """What the reader says that a table takes, when it is shown a key that nobody knows."""
    path = ".".join(key.replace("*", "default") for key in keys)
    kind = 'kind = "sglang"\n' if keys[-1] == "start" else ""
    head = f"[engines.default]\n{kind}" if kind else ""
    try:
        read_config(Source("synth.toml", f"{head}[{path}]\nnobody_knows = 1\n"))
    except SynthError as error:
        notes = [note for one in error.diagnostics if one.code == "E0702" for note in one.notes]
        return set(notes[0].partition(": ")[2].split(", ")) if notes else set()
    return set()


@pytest.mark.parametrize("keys", [keys for keys, (_, settings) in TABLES.items() if settings and keys[0] != "engines"])
def test_every_setting_that_the_reader_asks_for_is_described_and_no_other(keys: tuple[str, ...]) -> None:
    settings: Mapping[str, object] = TABLES[keys][1]
    assert set(settings) == _asked_for(keys)


def test_every_table_that_the_reader_asks_for_is_described() -> None:
    with pytest.raises(SynthError) as wrong:
        read_config(Source("synth.toml", "nobody_knows = 1\n"))
    asked = wrong.value.diagnostics[0].notes[0].partition(": ")[2].split(", ")
    assert {keys[0] for keys in TABLES} == {*asked, "review"}  # which is asked for only where it stands


@pytest.mark.parametrize("kind", KINDS)
def test_the_settings_of_every_kind_of_engine_are_described(kind: str) -> None:
    assert of_engine(kind) and all(found.doc and found.form for found in of_engine(kind).values())
