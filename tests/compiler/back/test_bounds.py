"""How many elements a list of a record may have: what of its `where` the engine decodes under."""

from __future__ import annotations

import pytest

from tests.compiler.back.specs import analysed
from tests.compiler.back.test_program import namespace

SPEC = """edition 1
record Answer {
  parts: %s
}
dataset out {
  each i in 1..3
  gen answer: Answer with writer \"\"\"
    Number {{ i }}
  \"\"\"
  emit { n = answer.parts.count }
}
"""


def schema(parts: str) -> dict[str, object]:
    analysis = analysed(SPEC % parts)
    assert analysis.ok, analysis.errors
    found = namespace(analysis.model.programs["out"])["ANSWER"].source["properties"]["parts"]
    return {key: found[key] for key in ("minItems", "maxItems") if key in found}


@pytest.mark.parametrize(
    ("parts", "bounds"),
    [
        ("str[] where parts.count in 1..3", {"minItems": 1, "maxItems": 3}),
        ("str[] where parts.count() >= 2", {"minItems": 2}),
        ("str[] where len(parts) < 4", {"maxItems": 3}),
        ("str[4]", {"minItems": 4, "maxItems": 4}),
        ("str[]", {}),
    ],
)
def test_bounds_of_a_list_are_decoded_under(parts: str, bounds: dict[str, int]) -> None:
    assert schema(parts) == bounds


def test_elements_that_may_be_null_are_not_counted_so_their_number_is_only_checked() -> None:
    assert schema("(str?)[] where parts.count in 1..3") == {}
