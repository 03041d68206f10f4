"""What is made `for` the elements of a list stands beside them, wherever the list comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.analysis import analyse
from runtime.build.sizes import sizes
from runtime.sources.catalog import ProjectCatalog
from tests.build.test_mocks import HEAD, failures

LISTS = {
    "one answer that is a list": 'gen xs: str[3] = ask("x") with writer',
    "a let": 'let xs = ["a", "b", "c"]',
    "a drawn list": 'draw xs ~ ["a", "b", "c"].pick(3)',
    "a constant": "",
}
SPEC = """
const {constant} = ["a", "b", "c"]
dataset d {{
  each page from pages
  {made}
  gen fine: bool = ask(x) with critic for x in xs
  gen better: str = ask(x) with writer for x in xs.where(fine)
  gen longer: bool = ask(b) with critic for b in better
  let kept = xs.where(fine)
  let best = better.where(longer)
  emit {{ kept = kept, best = best, old = kept.where(better == "c!") }}
}}
test "by place" of d {{
  {given}
  mock fine = [false, true, true]
  mock better = ["b!", "c!"]
  mock longer = [false, true]
  expect that kept == ["b", "c"] and best == ["c!"] and kept.where(better == "c!") == ["c"]
}}
"""


def spec(made: str) -> str:
    given = 'mock xs = ["a", "b", "c"]' if made.startswith("gen") else 'given xs = ["a", "b", "c"]'
    return SPEC.format(
        made=made, constant="others" if made else "xs", given="" if made.startswith("let") or not made else given
    )


@pytest.mark.parametrize("made", LISTS.values(), ids=LISTS)
def test_elements_of_any_list_find_what_was_made_for_them(made: str, tmp_path: Path) -> None:
    assert failures(tmp_path, spec(made)) == {"by place": ()}


def test_lists_that_were_joined_have_places_of_their_own(tmp_path: Path) -> None:
    joined = """
dataset d {
  each page from pages
  let xs = ["a", "b", "c"]
  let both = xs.where(it != "a") + ["d"]
  gen fine: bool = ask(x) with critic for x in both
  emit { kept = both.where(fine) }
}
test "by place" of d {
  mock fine = [false, true, true]
  expect that both.where(fine) == ["c", "d"]
}
"""
    assert failures(tmp_path, joined) == {"by place": ()}


def test_a_call_for_each_element_is_counted_where_the_length_is_known(tmp_path: Path) -> None:
    (tmp_path / "pages.jsonl").write_text('{"id": "a"}\n')
    (tmp_path / "spec.synth").write_text(HEAD + spec(LISTS["one answer that is a list"]))
    model = analyse("spec.synth", ProjectCatalog(tmp_path), upto="lower").model
    assert model.plan is not None
    found = {name: size.each for name, size in sizes(model.plan.datasets[0]).items()}
    assert found == {"xs": 1, "fine": 3, "better": 3, "longer": 3}
