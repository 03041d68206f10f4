"""What is wrong is told as one types: of the text as it is, at its place, and in the files that read it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from lsprotocol import types

from tests.lsp.editor import Desktop, code
from tests.lsp.specs import ONE

pytestmark = pytest.mark.asyncio(loop_scope="session")


def errors(found: Sequence[types.Diagnostic]) -> list[str]:
    return [code(one) for one in found if one.severity == types.DiagnosticSeverity.Error]


async def test_a_mistake_is_told_at_its_place_and_goes_when_it_is_mended(desktop: Desktop) -> None:
    text = desktop.text("a.synth").open(ONE.replace("{{ take }}", "{{ tale }}"))
    assert [(one.code, text.slice(one.range)) for one in await text.found()] == [("E0201", "tale")]
    start = text.text.index("tale")
    text.replace(start, start + 4, "take")
    assert errors(await text.found()) == []


async def test_an_unsaved_file_is_seen_by_those_that_read_it(desktop: Desktop) -> None:
    desktop.save("facts.synth", 'edition 1\n\nconst greeting = "hello"\n')
    imported = ONE.replace("edition 1\n", 'edition 1\nfrom "facts.synth" import greeting\n')
    reader = desktop.text("a.synth").open(imported.replace("{{ take }}", "{{ greeting }}"))
    assert errors(await reader.found()) == []
    facts = desktop.text("facts.synth").open('edition 1\n\nconst welcome = "hello"\n')
    await desktop.editor.until_codes(reader.uri, "E0204")
    facts.close()
    await desktop.editor.until_codes(reader.uri)


async def test_an_unsaved_configuration_is_told_its_own_mistakes(desktop: Desktop) -> None:
    text = desktop.text("synth.toml").open('[engines.gpu]\nkind = "sglan"\n[profile.default]\nengine = "gp"\n')
    assert [(code(one), text.slice(one.range)) for one in await text.found()] == [("E0705", "engine")]
    text.write('[engines.gpu]\nkind = "sglan"\n')
    assert [(code(one), text.slice(one.range)) for one in await text.found()] == [("E0801", "kind")]
