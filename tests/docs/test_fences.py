"""No example stands in the documentation that neither a test tries nor the page says why."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

import dsl.diagnostics as diagnostics
from dsl.diagnostics import SynthError
from dsl.source import Source
from runtime.config.load import read_config
from runtime.engines.registry import setting_mistakes
from tests.docs.fences import ROOT, Fence, fences
from tests.docs.test_codes import PAGES

FENCES = tuple(fences())
ENGINE = '[engines.{name}]\nkind = "sglang"\nurl = "http://127.0.0.1:30002"\n'
"""Stands around a configuration that shows only who uses an engine."""
_USED = re.compile(r'\bengine = "(\w+)"')
MET_BY_A_RUN = frozenset(
    [
        *("E0803", "E0804", "E0806", "E0809", "E0810", "E0811", "E0812", "E0820", "E0822", "E0831", "E0832", "E0833"),
        *("E0836", "E1041", "E1042", "E1053", "E1088", "E1092", "E1093", "W0901", "W0904"),
    ]
)
"""Their configurations can be read: what is wrong is what is found there, or is not."""


def of(*languages: str) -> list[Fence]:
    return [fence for fence in FENCES if fence.language in languages]


def test_every_example_is_tried_by_a_test_or_says_why_it_is_not() -> None:
    assert [fence.id for fence in FENCES if not fence.tested and not fence.why] == []
    assert [fence.id for fence in FENCES if fence.tested and fence.why] == []


def test_few_examples_are_not_tried() -> None:
    assert len([fence for fence in FENCES if fence.why]) <= 30
    assert len([fence for fence in FENCES if fence.tested]) >= 190


@pytest.mark.parametrize("fence", of("toml"), ids=lambda fence: fence.id)
def test_a_configuration_is_read_and_its_engines_know_their_settings(fence: Fence) -> None:
    """An editor's own configuration is another program's: there it is TOML."""
    if fence.page.startswith("docs/editors/"):
        assert tomllib.loads(fence.text)
    else:
        elsewhere = set(_USED.findall(fence.text)) - tomllib.loads(fence.text).get("engines", {}).keys()
        assert mistakes("".join(ENGINE.format(name=name) for name in elsewhere) + fence.text) == []


@pytest.mark.parametrize("fence", of("json"), ids=lambda fence: fence.id)
def test_json_is_some(fence: Fence) -> None:
    try:
        json.loads(fence.text)
    except json.JSONDecodeError:
        assert all(json.loads(line) for line in fence.text.splitlines())


@pytest.mark.parametrize("fence", of("synth-part"), ids=lambda fence: fence.id)
def test_a_part_of_a_spec_stands_in_the_spec(fence: Fence) -> None:
    assert fence.page == "README.md"
    assert fence.text in (ROOT / "specs/python_qa.synth").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", [page.code for page in PAGES if page.code not in MET_BY_A_RUN])
def test_a_configuration_of_a_message_s_page_has_that_mistake_and_the_other_none(code: str) -> None:
    page = diagnostics.page(code)
    assert page is not None
    assert {code} >= {found for one in page.bad if one.language == "toml" for found in mistakes(one.text) or ["none"]}
    assert [mistakes(one.text) for one in page.good if one.language == "toml" and mistakes(one.text)] == []


def mistakes(text: str) -> list[str]:
    """The codes of what is wrong in a `synth.toml`."""
    try:
        config = read_config(Source("synth.toml", text))
    except SynthError as error:
        return sorted({found.code for found in error.diagnostics})
    return sorted(
        {found.code for one in config.engines.values() for _, found in setting_mistakes(one.kind, one.settings)}
    )
