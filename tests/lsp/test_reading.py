"""What one reads of a spec while one writes it: completion, hover, outline and colours, of the text as it stands."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
from lsprotocol import types

from compiler.queries.semantic import KINDS, MODIFIERS
from tests.lsp.editor import Desktop, Text
from tests.lsp.specs import ONE, QUESTIONS, SHARED

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _completed(text: Text, context: types.CompletionContext | None = None) -> list[types.CompletionItem]:
    params = types.CompletionParams(context=context, **text.at)
    found = await text.editor.text_document_completion_async(params)
    return list(found.items) if isinstance(found, types.CompletionList) else []


async def test_the_fields_of_a_record_from_another_file_complete_a_half_typed_line(desktop: Desktop) -> None:
    desktop.questions()
    text = desktop.opened("questions.synth", QUESTIONS.replace("filter words(question) > 0", "filter fact.|"))
    items = await _completed(text, types.CompletionContext(types.CompletionTriggerKind.TriggerCharacter, "."))
    assert {"id", "text"} <= {item.label for item in items}
    item = next(item for item in items if item.label == "text")
    assert item.kind == types.CompletionItemKind.Field
    assert text.edited([item.text_edit]).count("filter fact.text\n") == 1


async def test_the_roles_of_the_profile_complete_what_follows_with(desktop: Desktop) -> None:
    desktop.save("synth.toml", '[engines.fast]\nkind = "deterministic"\n[profile.default.roles]\nscribe = "fast"\n')
    text = desktop.opened("a.synth", ONE.replace("with writer", "with |"))
    found = {item.label: item for item in await _completed(text)}
    assert "scribe" in found and "fast" in (found["scribe"].detail or "")


async def test_a_blank_asks_for_nothing_where_no_name_must_follow(desktop: Desktop) -> None:
    text = desktop.opened("a.synth", ONE.replace("each take in", "each take |in"))
    assert not await _completed(text, types.CompletionContext(types.CompletionTriggerKind.TriggerCharacter, " "))


async def _hovered(text: Text) -> str:
    found = await text.editor.text_document_hover_async(types.HoverParams(**text.at))
    return found.contents.value if found and isinstance(found.contents, types.MarkupContent) else ""


async def test_hover_shows_the_type_and_doc_of_what_another_file_declares(desktop: Desktop) -> None:
    desktop.questions()
    text = desktop.opened("questions.synth", QUESTIONS.replace("facts: Fact", "facts: Fa|ct"))
    shown = await _hovered(text)
    assert "record Fact" in shown and "A text that is known to be true." in shown
    assert "shared.synth:4" in shown


async def test_hover_over_nothing_answers_nothing(desktop: Desktop) -> None:
    assert await _hovered(desktop.opened("a.synth", f"|\n{ONE}")) == ""


async def test_the_outline_is_a_tree_of_declarations_and_what_stands_in_them(desktop: Desktop) -> None:
    text = desktop.opened("a.synth", ONE)
    found = await desktop.editor.text_document_document_symbol_async(types.DocumentSymbolParams(text.identifier))
    assert [one.name for one in found or ()] == ["facts"]
    assert found is not None and isinstance(found[0], types.DocumentSymbol)
    assert [one.name for one in found[0].children or ()] == ["take", "line", "emit"]


def _words(text: Text, data: list[int]) -> list[tuple[str, str]]:
    """Each token's text and kind, decoded as an editor does."""
    found, line, column = [], 0, 0
    for at in range(0, len(data), 5):
        down, right, length, kind, _ = data[at : at + 5]
        line, column = line + down, right if down else column + right
        place = types.Range(types.Position(line, column), types.Position(line, column + length))
        found.append((text.slice(place), KINDS[kind]))
    return found


async def test_names_are_coloured_by_what_they_mean_behind_an_emoji_too(desktop: Desktop) -> None:
    text = desktop.opened("a.synth", ONE.replace("Say", "😋 Say"))
    found = await desktop.editor.text_document_semantic_tokens_full_async(types.SemanticTokensParams(text.identifier))
    assert found is not None
    words = _words(text, list(found.data))
    assert ("take", "variable") in words and words.count(("line", "variable")) == 2
    assert len([word for word, _ in words if word == "take"]) == 2


async def test_what_has_changed_of_the_colours_gives_the_colours_anew(desktop: Desktop) -> None:
    text = desktop.opened("shared.synth", SHARED)
    whole = types.SemanticTokensParams(text.identifier)
    before = await desktop.editor.text_document_semantic_tokens_full_async(whole)
    assert before is not None and before.result_id is not None
    start = text.text.index("prompt ask")
    text.replace(start, start, "const n = 3\n\n")
    delta = types.SemanticTokensDeltaParams(text.identifier, before.result_id)
    changed = await desktop.editor.text_document_semantic_tokens_full_delta_async(delta)
    assert isinstance(changed, types.SemanticTokensDelta)
    data = list(before.data)
    for edit in changed.edits:
        data[edit.start : edit.start + edit.delete_count] = edit.data or []
    after = await desktop.editor.text_document_semantic_tokens_full_async(whole)
    assert after is not None and data == list(after.data)


async def test_the_editor_is_told_the_words_that_colours_are_counted_in(desktop: Desktop) -> None:
    assert desktop.editor.server is not None
    provider = desktop.editor.server.capabilities.semantic_tokens_provider
    assert provider is not None
    assert tuple(provider.legend.token_types) == KINDS and tuple(provider.legend.token_modifiers) == MODIFIERS


async def test_hover_over_what_asks_a_model_shows_the_prompt_of_the_first_row(desktop: Desktop) -> None:
    desktop.questions()
    text = desktop.opened("questions.synth", QUESTIONS.replace("gen question", "gen ques|tion"))
    shown = await _hovered(text)
    assert "for the row `honey`" in shown and "  Text: Honey keeps for years. Begin with " in shown
    desktop.opened("shared.synth", SHARED.replace("Text: {{", "Passage: {{"))
    assert "  Passage: Honey keeps for years." in await _hovered(text)


async def test_the_prompt_over_a_dataset_that_was_built_shows_its_rows(desktop: Desktop) -> None:
    desktop.questions()
    more = 'input made: Made = dataset("questions")\nrecord Made {\n  question: str\n  fact: str\n}\n'
    gen = 'dataset more {\n  each one from made\n  gen an|swer: str with writer """Answer: {{ one.fact }}"""\n'
    spec = f"edition 1\n{more}{gen}  emit {{ answer = answer }}\n}}\n"
    await asyncio.to_thread(_build, desktop, "questions.synth")
    assert "  Answer: candle" in await _hovered(desktop.opened("more.synth", spec))


def _build(desktop: Desktop, spec: str) -> None:
    command = [sys.executable, "-c", "from runtime.cli import main; main()", "build", spec]
    subprocess.run(command, cwd=desktop.folder, check=True, capture_output=True)


async def test_a_source_that_would_run_code_is_not_read_for_a_prompt(desktop: Desktop) -> None:
    desktop.questions()
    desktop.save("facts.py", "open('ran', 'w')\ndef rows():\n    yield {'id': 'a', 'text': 'b'}\n")
    spec = QUESTIONS.replace('jsonl("facts.jsonl")', 'python("facts.py")').replace("gen question", "gen ques|tion")
    text = desktop.opened("questions.synth", spec)
    await text.found()
    shown = await _hovered(text)
    assert "gen question" in shown
    assert "A preview shows the prompt: `facts` is read by `python(…)`, which only a command does." in shown
    assert not list(desktop.folder.rglob("ran")) and not (desktop.folder / ".synth").exists()
