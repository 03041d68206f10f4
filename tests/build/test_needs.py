"""What steps ask of engines that these cannot do: told for all steps, at their places, before any call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dsl.diagnostics import Diagnostic, SynthError
from runtime.bridge import run
from runtime.build.build import Options
from runtime.build.foresee import foresee
from runtime.build.preview import preview
from runtime.build.session import Session
from runtime.config.project import Project
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Capabilities
from tests.acceptance.workshop import Workshop

SPEC = '''edition 1
record Page { id: str, text: str }
record Answer { text: str }
input pages: Page = jsonl("pages.jsonl") { key = id }
model careful { top_k = 5 }

prompt continued(page: Page) """
  @user
  Say: {{ page.text | truncate(tokens = 20) }}
  @open assistant
  So:
"""
prompt bare(page: Page) """
  @raw
  {{ page.text }}
"""

judge fine(page: Page) -> bool by critic """Is it fine? {{ page.text }}"""

dataset rows {
  each page from pages
  gen word: "a" | "b" with writer """One of a and b."""
  gen answer: Answer with writer """Answer about {{ page.text }}"""
  gen more: str = continued(page) with writer
  gen plain: str = bare(page) with writer
  gen slow: str with careful """Slowly: {{ page.text }}"""
  filter fine(page)
  emit { word = word, answer = answer.text }
}
'''
DRAWN = '''
model quick { temperature = 0.1 }

dataset rows {
  each page from pages
  draw author ~ [careful, quick]
  gen text: str with author """Write about {{ page.text }}"""
  emit { text = text }
}
'''
LEAST = Capabilities(raw=False, sampling=())


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path).write(SPEC, pages=[{"id": "a", "text": "A lamp."}])


def planned(shop: Workshop, engine: DeterministicEngine) -> None:
    project = Project.find(shop.root)
    with Session(project, project.config.profile(), engine) as session:
        run(foresee(shop.analysis(session, {}), session, Options("main"), None))


def previewed(shop: Workshop, engine: DeterministicEngine) -> None:
    project = Project.find(shop.root)
    with Session(project, project.config.profile(), engine) as session:
        run(preview(shop.analysis(session, {}), session, None, 1))


def built(shop: Workshop, engine: DeterministicEngine) -> None:
    shop.build(engine)


def refused(do: Callable[[Workshop, DeterministicEngine], None], shop: Workshop) -> tuple[Diagnostic, ...]:
    engine = DeterministicEngine(name="small", capabilities=LEAST)
    with pytest.raises(SynthError) as raised:
        do(shop, engine)
    assert engine.calls == 0
    return raised.value.diagnostics


@pytest.mark.parametrize("do", [planned, previewed, built])
def test_every_step_that_an_engine_cannot_do_is_told_before_any_call(
    shop: Workshop, do: Callable[[Workshop, DeterministicEngine], None]
) -> None:
    found = refused(do, shop)
    assert {diagnostic.code for diagnostic in found} == {"E0804"}
    assert [diagnostic.label for diagnostic in found] == [
        "gen answer asks role `writer`",
        "gen more asks role `writer`",
        "gen more asks role `writer`",
        "gen plain asks role `writer`",
        "gen slow asks role `careful`",
        "judge fine asks role `critic`",
    ]
    lines = [SPEC[: diagnostic.span.start].count("\n") for diagnostic in found if diagnostic.span]
    texts = [SPEC.splitlines()[line].strip() for line in lines]
    assert texts[0].startswith("gen answer")
    assert texts[-1].startswith("judge fine")


def test_what_a_choice_needs_is_left_to_validation(shop: Workshop) -> None:
    assert not any("word" in diagnostic.label for diagnostic in refused(built, shop))


def test_an_engine_that_can_is_asked(shop: Workshop) -> None:
    engine = DeterministicEngine()
    assert shop.build(engine).datasets[0].manifest.counts.attempted == 1
    assert engine.calls > 0


def test_a_drawn_role_needs_every_engine_that_it_may_be(tmp_path: Path) -> None:
    head, model, _ = SPEC.partition("model careful { top_k = 5 }\n")
    spec = f"{head}{model}{DRAWN}"
    found = refused(built, Workshop(tmp_path).write(spec, pages=[{"id": "a", "text": "A lamp."}]))
    assert [diagnostic.label for diagnostic in found] == ["gen text asks role `careful`"]
