"""Whatever is typed in whatever order, what the editor shows in the end is what the command line says of the text."""

from __future__ import annotations

import random

import pytest

from compiler.analysis import analyse
from compiler.lint import lint
from dsl.diagnostics import Severity
from runtime.sources.catalog import ProjectCatalog
from tests.lsp.editor import Desktop, Text, code
from tests.lsp.specs import QUESTIONS, SHARED

pytestmark = pytest.mark.asyncio(loop_scope="session")

DEBRIS = ("{", "}", '"""', " fact.", "\n\n", "each ", "\r\n", "😋", "(", "#", "gen x: str = ask(fact, word)", "Fact")
EDITS = 40


def _said(desktop: Desktop, texts: dict[str, str], path: str) -> list[tuple[str, int]]:
    """By `synth check` and `synth lint`."""
    found = analyse(path, ProjectCatalog(desktop.folder), upto="plan", texts=texts)
    wrong = [one for one in found.diagnostics if one.severity is Severity.ERROR]
    both = (*wrong, *lint(found))
    return sorted(
        (one.code, one.span.start if one.span else 0) for one in both if not one.span or one.span.path == path
    )


def _shown(text: Text) -> list[tuple[str, int]]:
    found = text.editor.found[text.uri].diagnostics
    return sorted((code(one), text.lines.offset(one.range.start)) for one in found)


def _type(text: Text, chance: random.Random) -> None:
    """A piece taken out, a piece put in, or one in the place of the other; sometimes the text as it was."""
    if chance.random() < 0.15:
        text.write(QUESTIONS if text.uri.endswith("questions.synth") else SHARED)
        return
    places = [at for at in range(len(text.text) + 1) if text.text[max(at - 1, 0) : at + 1] != "\r\n"]
    start = chance.choice(places)
    end = min((at for at in places if at >= start + chance.choice((0, 1, 5, 30))), default=start)
    text.replace(start, end, chance.choice(("", *DEBRIS)))


@pytest.mark.parametrize("seed", range(3))
async def test_after_any_session_the_editor_shows_what_the_command_line_says(desktop: Desktop, seed: int) -> None:
    desktop.questions()
    chance = random.Random(seed)
    texts = {name: desktop.opened(name) for name in ("questions.synth", "shared.synth")}
    for _ in range(EDITS):
        _type(texts[chance.choice(sorted(texts))], chance)
    for text in texts.values():
        text.replace(len(text.text), len(text.text), "\n")
    held = {name: text.text for name, text in texts.items()}
    for name, text in texts.items():
        await text.found()
        wanted = _said(desktop, held, name)
        await desktop.editor.until_codes(text.uri, *(found for found, _ in wanted))
        assert _shown(text) == wanted
    versions = [one.version for one in desktop.editor.published if one.uri == texts["shared.synth"].uri]
    assert versions == sorted(versions, key=lambda version: version or 0)
    assert desktop.editor.log_messages == []
